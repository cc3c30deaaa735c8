"""`times.json`: the contract other programs rely on, and the same times as on the page."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from coachapp import clock
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

PATH = "/book/power-hour/times.json"


def ask(walker, start, end, tz="America/New_York", slug="power-hour"):
    return walker.client.get(f"/book/{slug}/times.json?from={start}&to={end}&tz={tz}")


def week():
    today = clock.now().date()
    return today, today + timedelta(days=6)


def test_the_shape(walker):
    start, end = week()
    found = ask(walker, start, end)
    assert (found.status_code, found.mimetype) == (200, "application/json")
    body = found.get_json()
    assert {*body} == {"offering", "tz", "from", "to", "days"}
    assert (body["offering"], body["tz"]) == ("power-hour", "America/New_York")
    assert (body["from"], body["to"]) == (start.isoformat(), end.isoformat())
    dates = [each["date"] for each in body["days"]]
    assert dates == sorted(set(dates)) and dates
    for day in body["days"]:
        assert {*day} == {"date", "times"} and day["times"], "days without times are left out"
        starts = [each["start"] for each in day["times"]]
        assert starts == sorted(set(starts))
        for each in day["times"]:
            assert {*each} == {"start", "local"}
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00Z", each["start"])
            local = datetime.fromisoformat(each["start"]).astimezone(ZoneInfo("America/New_York"))
            assert (local.date().isoformat(), f"{local:%H:%M}") == (day["date"], each["local"])


def test_the_last_day_is_included(walker):
    start, end = week()
    for each in ask(walker, start, end).get_json()["days"]:
        alone = ask(walker, each["date"], each["date"]).get_json()["days"]
        assert alone == [each]


def test_only_free_times_and_the_same_as_on_the_page(walker, world):
    start, end = week()

    def listed():
        days = ask(walker, start, end, "UTC").get_json()["days"]
        return {each["start"] for day in days for each in day["times"]}

    def shown():
        page = ""
        for number in range(7):
            page += walker.get(f"/book/power-hour?day={start + timedelta(days=number)}&tz=UTC").get_data(True)
        starts = {int(each) for each in re.findall(r'name="slot" value="(\d+)"', page)}
        within = {datetime.fromtimestamp(each * 60, ZoneInfo("UTC")) for each in starts}
        return {f"{each:%Y-%m-%dT%H:%M:00Z}" for each in within if each.date() <= end}

    before = listed()
    assert before == shown()
    world.walker().hold(walker.morning()[2])
    assert len(listed()) < len(before)
    assert listed() == shown() < before


QUESTIONS = (
    ("from=2026-11-23&to=2026-11-23", 200),
    ("from=2026-11-23&to=2027-01-23&tz=UTC", 200),
    ("from=2026-11-23&to=2027-01-24&tz=UTC", 400),
    ("from=2026-11-23&to=2026-11-22&tz=UTC", 400),
    ("", 400),
    ("from=2026-11-23", 400),
    ("from=2026-02-30&to=2026-03-01", 400),
    ("from=23.11.2026&to=24.11.2026", 400),
    ("from=2026-1-1&to=2026-1-2", 400),
    ("from=%00&to=%00", 400),
    ("from=2026-11-23&to=2026-11-24&tz=Mars/Base", 400),
    ("from=2026-11-23&to=2026-11-24&tz=../../etc/passwd", 400),
    ("from=2026-11-23&to=2026-11-24&tz=%00", 400),
    ("from=2026-11-23&to=2026-11-24&tz=", 400),
    ("from=9999-12-01&to=9999-12-31&tz=UTC", 200),
    ("from=0001-01-01&to=0001-01-05&tz=Pacific/Kiritimati", 200),
    ("from=" + "9" * 5000 + "&to=2026-11-24", 400),
    ("from=٢٠٢٦-11-23&to=2026-11-24", 400),
)


def test_questions_good_and_bad(walker):
    for query, status in QUESTIONS:
        found = walker.client.get(f"{PATH}?{query}")
        assert found.status_code == status, query
        if status == 400:
            body = found.get_json()
            assert {*body} == {"error"} and len(body["error"]) > 10
            assert query[:40] not in body["error"] or not query


def test_unknown_offerings(walker):
    for slug in ("nothing", "Power-Hour", "power-hour%20", "%00", "x" * 3000):
        found = ask(walker, date(2026, 11, 23), date(2026, 11, 24), slug=slug)
        assert found.status_code == 404, slug


def test_a_package_has_no_times(walker):
    start, end = week()
    assert ask(walker, start, end, slug="steady-ground").get_json()["days"] == []

"""Full days and weeks, and hours kept in another zone, each by an example one can check by hand."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from coachapp.booking.limits import BadLimit, Counts, Limit
from coachapp.booking.slots import Busy, DayException, Opening, Rules, Stay, free_times, instant, open_between
from coachapp.zones import local_days

HOUR = 60
LONG_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
MADRID, TOKYO, HONOLULU = (ZoneInfo(name) for name in ("Europe/Madrid", "Asia/Tokyo", "Pacific/Honolulu"))
NINE_TO_ELEVEN = [Opening(day, 9 * HOUR, 11 * HOUR) for day in range(7)]


def appointment(text, host=MADRID, counts=Counts.BOOKED):
    start = int(datetime.fromisoformat(text).replace(tzinfo=host).timestamp()) // 60
    return Busy(start, start + 30, 0, 0, counts)


def starts(
    first, last, *, busy=(), limits=(), stays=(), hours=NINE_TO_ELEVEN, exceptions=(), host=MADRID, **more
):
    """Dates and hours in UTC of the free times of these days at home."""
    rules = Rules(60, 60, horizon_days=3660, limits=limits, **more)
    found = free_times(
        hours, exceptions, busy, rules, host, *local_days(first, last, host), LONG_BEFORE, stays
    )
    return [f"{instant(start):%d %H}" for start in found]


WEEK = (date(2026, 11, 16), date(2026, 11, 22))  # Monday to Sunday
EVERY_DAY = [f"{day} {hour}" for day in range(16, 23) for hour in ("08", "09")]


def without(*days):
    return [each for each in EVERY_DAY if int(each[:2]) not in days]


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_full_day_offers_nothing_and_its_neighbours_do():
    busy = [appointment("2026-11-18 15:00"), appointment("2026-11-18 17:00"), appointment("2026-11-19 15:00")]
    assert starts(*WEEK, busy=busy, limits=(Limit(2),)) == without(18)
    assert starts(*WEEK, busy=busy, limits=(Limit(3),)) == EVERY_DAY


def test_a_full_week_is_full_from_monday_to_sunday():
    busy = [appointment("2026-11-16 00:30"), appointment("2026-11-22 23:30")]
    next_monday = (date(2026, 11, 15), date(2026, 11, 23))
    assert starts(*WEEK, busy=busy, limits=(Limit(2, 7),)) == []
    assert starts(*next_monday, busy=busy, limits=(Limit(2, 7),)) == ["15 08", "15 09", "23 08", "23 09"]
    assert starts(*WEEK, busy=busy[:1], limits=(Limit(2, 7),)) == EVERY_DAY


def test_days_are_those_of_the_coachs_calendar():
    # 00:30 in Madrid on the 19th is still the 18th in UTC.
    assert starts(*WEEK, busy=[appointment("2026-11-19 00:30")], limits=(Limit(1),)) == without(19)


def test_only_appointments_count_and_for_an_offering_only_its_own():
    on = ["2026-11-18 15:00", "2026-11-18 16:00"]
    limits = {"all": Limit(2), "own": Limit(1, counted=Counts.SAME_OFFERING)}
    full = {
        kind: [
            name for name, limit in limits.items() if starts(*WEEK, busy=busy, limits=(limit,)) != EVERY_DAY
        ]
        for kind, busy in {kind: [appointment(text, counts=kind) for text in on] for kind in Counts}.items()
    }
    assert full == {
        Counts.OUTSIDE: [],
        Counts.BLOCKED: [],
        Counts.BOOKED: ["all"],
        Counts.SAME_OFFERING: ["all", "own"],
    }


def test_a_day_with_a_clock_change_is_one_day():
    hours = [Opening(day, 0, 4 * HOUR) for day in range(7)]
    days = (date(2026, 10, 25), date(2026, 10, 25))
    assert len(starts(*days, hours=hours)) == 5  # 02:00 comes twice
    busy = [appointment("2026-10-25 23:30")]
    assert starts(*days, hours=hours, busy=busy, limits=(Limit(1),)) == []


def test_a_clock_that_goes_back_over_midnight_gives_the_day_before_an_hour_more():
    # St John's, 1 November 2009: at 00:01 it is 23:01 again, so one minute of the 1st lies within the 31st.
    host, hours = ZoneInfo("America/St_Johns"), [Opening(day, 22 * HOUR, 25 * HOUR) for day in range(7)]
    busy = [appointment("2009-10-31 09:00", host)]
    rules = Rules(20, 1, horizon_days=3660, limits=(Limit(1),))
    window = local_days(date(2009, 10, 31), date(2009, 11, 1), host)
    found = free_times(hours, [], busy, rules, host, *window, datetime(2009, 10, 1, tzinfo=UTC))
    dates = {instant(start).astimezone(host).date() for start in found}
    assert dates == {date(2009, 11, 1)}
    assert f"{instant(found[0]).astimezone(host):%H:%M}" == "00:00", (
        "the first reading, before the clock goes back"
    )


@pytest.mark.parametrize("bad", [{"most": 0}, {"most": -1}, {"most": 1, "days": 2}])
def test_limits_that_cannot_be_are_refused(bad):
    with pytest.raises(BadLimit):
        Limit(**bad)


# ── stays ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_nine_means_nine_on_the_clock_there():
    stay = Stay(date(2026, 11, 18), date(2026, 11, 19), TOKYO)
    # 09:00 in Tokyo is 00:00 UTC; in Madrid it is 08:00 UTC.
    expected = [*without(18, 19), "18 00", "18 01", "19 00", "19 01"]
    assert starts(*WEEK, stays=[stay]) == sorted(expected)


def test_other_hours_of_a_date_are_read_by_the_clock_there_too():
    stay = Stay(date(2026, 11, 18), date(2026, 11, 18), TOKYO)
    exceptions = [DayException(date(2026, 11, 18), ((720, 780),))]
    assert starts(*WEEK, stays=[stay], exceptions=exceptions) == sorted([*without(18), "18 03"])


def test_across_the_date_line_the_weekday_is_that_of_the_date_there():
    wednesday = [Opening(2, 9 * HOUR, 10 * HOUR)]
    stay = Stay(date(2026, 11, 18), date(2026, 11, 18), HONOLULU)
    assert starts(*WEEK, hours=wednesday, stays=[stay], host=TOKYO) == ["18 19"]  # the 19th in Tokyo


def test_where_two_zones_overlap_at_the_seam_each_start_is_free_once():
    # Home in Tokyo on the 19th from 09:00 = 00:00 UTC; in Honolulu on the 18th until 17:00 = 03:00 UTC on the 19th.
    hours = [Opening(day, 9 * HOUR, 17 * HOUR) for day in range(7)]
    stay = Stay(date(2026, 11, 18), date(2026, 11, 18), HONOLULU)
    found = starts(date(2026, 11, 19), date(2026, 11, 19), hours=hours, stays=[stay], host=TOKYO)
    evening = [f"18 {hour}" for hour in range(19, 24)]
    assert found == [*evening, *(f"19 {hour:02}" for hour in range(8))]


def test_a_night_that_began_at_home_runs_to_its_end_at_home():
    nights = [Opening(day, 22 * HOUR, 26 * HOUR) for day in range(7)]
    stay = Stay(date(2026, 11, 18), date(2026, 11, 30), TOKYO)
    found = starts(date(2026, 11, 17), date(2026, 11, 18), hours=nights, stays=[stay])
    # Until 02:00 in Madrid on the 18th = 01:00 UTC; then 22:00 in Tokyo = 13:00 UTC.
    assert found == ["16 23", "17 00", "17 21", "17 22", "17 23", "18 00", "18 13", "18 14", "18 15", "18 16"]


def test_full_days_are_counted_at_home_even_while_away():
    stay = Stay(*WEEK, TOKYO)
    # 09:00 in Tokyo on the 18th is 01:00 in Madrid on the 18th.
    busy = [appointment("2026-11-18 20:00")]
    assert starts(*WEEK, stays=[stay], busy=busy, limits=(Limit(1),)) == [
        f"{day} {hour}" for day in range(16, 23) if day != 18 for hour in ("00", "01")
    ]


def test_open_hours_as_the_desk_shows_them():
    stay = Stay(date(2026, 11, 18), date(2026, 11, 18), TOKYO)
    window = local_days(date(2026, 11, 18), date(2026, 11, 19), MADRID)
    found = open_between(NINE_TO_ELEVEN, [], [stay], MADRID, *window)
    shown = [f"{opens:%d %H:%M}" for opens, closes in found if opens < window[1] and closes > window[0]]
    assert shown == ["18 00:00", "19 08:00"]

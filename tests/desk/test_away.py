"""Days in another zone: added and removed on the page with her hours, and what they do to the times people see."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coachapp import clock
from coachapp.booking.desk_operations import set_week
from coachapp.booking.own_hours import AwayBy
from coachapp.booking.queries import free_days, open_stretches, stays_from
from coachapp.booking.slots import Opening
from coachapp.booking.travelling import go_away
from coachapp.practice.operations import add_coach
from coachapp.practice.queries import offering
from coachapp.zones import local_days, zone
from tests.desk.people import HOUR, MADRID, book, in_days

TOKYO = ZoneInfo("Asia/Tokyo")


def stay(first, last, where="Asia/Tokyo", by="local"):
    return {"away-first": first, "away-last": last, "away-zone": where, "away-by": by}


def day_in(days):
    return in_days(days).astimezone(MADRID).date()


def stays(app, desk):
    with app.app_context():
        return [(row.first, row.last, row.zone, row.by) for row in stays_from(desk.made.coach_id, day_in(0))]


def nine_to_ten(app, desk):
    with app.app_context():
        set_week(desk.made.coach_id, [Opening(day, 540, 600) for day in range(7)])


def first_free(app, day, where):
    """The hour at which the first time begins on that day of a zone's calendar."""
    with app.app_context():
        days = free_days(offering(HOUR), *local_days(day, day, where), where, now=clock.now())
        return days[0].labels[0] if days else None


def test_hours_by_the_clock_there_or_at_home(app, desk, nora):
    nine_to_ten(app, desk)
    nora.get("/desk/hours")
    assert nora.post("/desk/hours/away", stay(day_in(10), day_in(12))).status_code == 303
    nora.follow()
    assert "Tokyo, hours by the clock there" in nora.text
    assert stays(app, desk) == [(day_in(10), day_in(12), "Asia/Tokyo", "local")]
    assert first_free(app, day_in(11), TOKYO) == "09:00"
    assert first_free(app, day_in(9), MADRID) == "09:00"
    nora.get("/desk/hours")
    assert nora.post("/desk/hours/away", stay(day_in(14), day_in(14), by="home")).status_code == 303
    nora.follow()
    assert "Tokyo, hours by the clock at home" in nora.text
    assert first_free(app, day_in(14), MADRID) == "09:00"


def test_the_week_on_the_desk_shows_the_same_hours(app, desk, nora):
    nine_to_ten(app, desk)
    day = day_in(10)
    with app.app_context():
        go_away(desk.made.coach_id, day, day, "Asia/Tokyo", AwayBy.LOCAL)
        found = open_stretches(desk.made.coach_id, *local_days(day, day, zone("UTC")))
        there = datetime(day.year, day.month, day.day, 9, tzinfo=TOKYO)
        assert (there, there + timedelta(hours=1)) in [(each.starts_at, each.ends_at) for each in found]
    assert nora.get("/desk/calendar").status_code == 200


def test_stays_that_overlap_are_refused_kindly_and_kept_as_typed(app, desk, nora):
    nora.get("/desk/hours")
    nora.post("/desk/hours/away", stay(day_in(10), day_in(12)))
    for first, last in ((12, 14), (8, 10), (11, 11), (9, 13)):
        nora.get("/desk/hours")
        assert (
            nora.post("/desk/hours/away", stay(day_in(first), day_in(last), "Asia/Seoul")).status_code == 422
        )
        assert "you are already elsewhere on one of these" in nora.text
        page = nora.page.get_data(as_text=True)
        assert '<option value="Asia/Seoul" selected>' in page and f'value="{day_in(last)}"' in page
    nora.get("/desk/hours")
    assert nora.post("/desk/hours/away", stay(day_in(13), day_in(14), "Asia/Seoul")).status_code == 303
    assert len(stays(app, desk)) == 2


def test_sessions_on_these_days_stay_and_are_told(app, desk, nora):
    book(app, desk.maya, in_days(11))
    nora.get("/desk/hours")
    nora.post("/desk/hours/away", stay(day_in(10), day_in(12)))
    nora.follow()
    assert "One session is booked on them and stays until you cancel it." in nora.text


def test_a_stay_is_taken_back_once_and_only_by_her_whose_it_is(app, desk, nora):
    nora.get("/desk/hours")
    nora.post("/desk/hours/away", stay(day_in(10), day_in(12)))
    with app.app_context():
        (mine,) = stays_from(desk.made.coach_id, day_in(0))
        other = add_coach(first_name="Ada", full_name="Ada Lind", zone="Europe/Oslo", email=None)
        go_away(other, day_in(10), day_in(12), "Asia/Seoul", AwayBy.HOME)
        (hers,) = stays_from(other, day_in(0))
    for number, status in ((hers.id, 404), (mine.id, 303), (mine.id, 404), (10**21, 404)):
        nora.get("/desk/hours")
        assert nora.post(f"/desk/hours/away/{number}/remove", {}).status_code == status
    assert stays(app, desk) == []
    with app.app_context():
        assert stays_from(other, day_in(0)) == [hers]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"away-first": ""}, "Enter a day, like 2026-11-18"),
        ({"away-last": ""}, "Enter a day, like 2026-11-18"),
        ({"away-last": date(2020, 1, 1)}, "on or after the first, within half a year"),
        ({"away-first": date(2200, 12, 31), "away-last": date(2201, 1, 1)}, "Enter a day, like 2026-11-18"),
        (
            {"away-first": date(2027, 1, 1), "away-last": date(2028, 1, 1)},
            "on or after the first, within half a year",
        ),
        ({"away-zone": ""}, "Choose a city"),
        ({"away-zone": "Mars/Base"}, "Choose a city from the list"),
        ({"away-zone": "../../etc/passwd"}, "Choose a city from the list"),
        ({"away-zone": "\0"}, "Choose a city"),
        ({"away-by": "moon"}, "Choose one of the two"),
        ({"away-by": ""}, "Choose one of the two"),
    ],
)
def test_what_cannot_be_is_told(app, desk, nora, change, words):
    nora.get("/desk/hours")
    typed = stay(day_in(10), day_in(12)) | change
    assert nora.post("/desk/hours/away", typed).status_code == 422
    assert words in nora.text
    assert stays(app, desk) == []

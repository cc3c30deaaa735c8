"""When the coach works: the usual week and the days that differ, without script."""

from datetime import timedelta

from coachapp.booking.queries import day_exceptions, week_hours
from coachapp.booking.slots import DayException, Opening
from tests.desk.people import MADRID, book, in_days


def test_the_week_is_saved_and_shown(app, desk, nora):
    typed = {"0-0-from": "09:00", "0-0-to": "13:00", "4-0-from": "22:00", "4-0-to": "01:00"}
    assert nora.fill("/desk/hours", typed).status_code == 303
    nora.follow()
    page = nora.page.get_data(as_text=True)
    assert 'name="0-0-from" value="09:00"' in page
    assert 'name="0-1-from" value=""' in page
    with app.app_context():
        assert week_hours(desk.made.coach_id) == [Opening(0, 540, 780), Opening(4, 1320, 1500)]
    assert nora.post("/desk/hours", typed | {"drop": "0-0"}).status_code == 303
    with app.app_context():
        assert week_hours(desk.made.coach_id) == [Opening(4, 1320, 1500)]


def test_hours_that_cannot_be_are_told_and_kept(app, desk, nora):
    assert nora.fill("/desk/hours", {"0-0-from": "09:00", "0-0-to": ""}).status_code == 422
    assert "Enter both times, or leave both empty" in nora.text
    assert 'name="0-0-from" value="09:00"' in nora.page.get_data(as_text=True)
    with app.app_context():
        assert week_hours(desk.made.coach_id) == []


def test_days_off_stand_together_and_can_be_removed(app, desk, nora):
    first = in_days(10).astimezone(MADRID).date()
    last = first + timedelta(days=2)
    book(app, desk.maya, in_days(11))
    nora.get("/desk/hours")
    assert (
        nora.post("/desk/hours/days", {"first": first, "last": last, "opens": "", "closes": ""}).status_code
        == 303
    )
    nora.follow()
    assert "One session is booked on them and stays until you cancel it." in nora.text
    assert nora.page.get_data(as_text=True).count('action="/desk/hours/days/remove"') == 1
    with app.app_context():
        assert day_exceptions(desk.made.coach_id, first) == [
            DayException(first + timedelta(days=number)) for number in range(3)
        ]
    assert nora.post("/desk/hours/days/remove", {"first": first, "last": last}).status_code == 303
    with app.app_context():
        assert day_exceptions(desk.made.coach_id, first) == []


def test_other_hours_on_one_day(app, desk, nora):
    day = in_days(10).astimezone(MADRID).date()
    nora.get("/desk/hours")
    assert (
        nora.post("/desk/hours/days", {"first": day, "opens": "12:00", "closes": "14:00"}).status_code == 303
    )
    with app.app_context():
        assert day_exceptions(desk.made.coach_id, day) == [DayException(day, ((720, 840),))]


def test_bad_days(nora):
    day = in_days(10).date()
    for typed in (
        {"first": ""},
        {"first": day, "last": day - timedelta(days=1)},
        {"first": day, "last": day + timedelta(days=400)},
        {"first": day, "opens": "12:00", "closes": ""},
    ):
        nora.get("/desk/hours")
        assert nora.post("/desk/hours/days", typed).status_code == 422
    nora.get("/desk/hours")
    assert nora.post("/desk/hours/days/remove", {"first": "x", "last": "y"}).status_code == 400

"""Groups at the desk: the service, its dates, who comes; and what the day and the week show of them."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking.around import say_late
from coachapp.booking.desk_operations import book_seat
from coachapp.booking.group_queries import coming_dates
from coachapp.booking.holding import hold_time
from coachapp.booking.models import Appointment
from coachapp.booking.queries import place
from coachapp.db import session
from coachapp.notifications.models import OutboxMessage
from coachapp.practice.queries import offering
from tests.desk.people import MADRID, at, book, in_days
from tests.groups import BASE, CIRCLE, NORAS, add_client, add_dates, add_group, evening, minutes, the_date

FORM = {
    "title": "Evening circle",
    "slug": CIRCLE,
    "text": "An hour and a half, in a small group.",
    "kind": "group",
    "sessions": "1",
    "seats": "8",
    "length": "90",
    "way": "video",
    "price": "20",
    "before": "15",
    "after": "15",
    "interval": "30",
    "notice": "24",
    "horizon": "60",
    "cutoff": "24",
    "position": "0",
    "listed": "y",
    "active": "y",
}


@pytest.fixture
def circle(app, desk):
    """A circle of three on two evenings."""
    add_group(app)
    return add_dates(app, evening(3), evening(4))


def seat(app, date_id, client_id):
    with app.app_context():
        return book_seat(offering(CIRCLE), date_id, client_id, "Europe/Lisbon", BASE, now=clock.now())


def coming(app):
    with app.app_context():
        return coming_dates(1, clock.now())


def typed(start, **more):
    local = start.astimezone(MADRID)
    return {"what": CIRCLE, "day": local.date(), "at": f"{local:%H:%M}", "every": "0", **more}


# ---- the service ----


def test_a_group_is_made_and_stays_one(app, desk, nora):
    assert nora.fill("/desk/offerings/new", FORM).status_code == 303, nora.text
    with app.app_context():
        made = offering(CIRCLE)
    assert (made.kind, made.seats, made.sessions, made.length_min) == ("group", 8, 1, 90)
    nora.follow()
    assert "90 minutes, a group of 8" in nora.text and "Dates : Evening circle" in nora.text
    assert nora.fill(f"/desk/offerings/{CIRCLE}", FORM | {"kind": "session"}).status_code == 422
    assert "A group stays one" in nora.text
    assert nora.fill(f"/desk/offerings/{CIRCLE}", FORM | {"seats": "12"}).status_code == 303
    hour = FORM | {"slug": "power-hour", "title": "Power hour"}
    assert nora.fill("/desk/offerings/power-hour", hour).status_code == 422


@pytest.mark.parametrize("seats", ["", "1", "41", "many", "-3", "9" * 30])
def test_how_many_can_come(app, desk, nora, seats):
    assert nora.fill("/desk/offerings/new", FORM | {"seats": seats}).status_code == 422
    assert "Enter how many people can come, from 2 to 40" in nora.text


def test_other_kinds_are_not_asked(app, desk, nora):
    sent = FORM | {"kind": "session", "slug": "another", "seats": "many"}
    assert nora.fill("/desk/offerings/new", sent).status_code == 303
    with app.app_context():
        assert offering("another").seats is None


# ---- dates ----


def test_one_date_and_one_every_week(app, desk, nora):
    nora.get("/desk/groups")
    assert "There is no group yet." in nora.text
    add_group(app)
    assert nora.fill("/desk/groups", typed(evening(3))).status_code == 303
    nora.follow()
    assert "The date is set." in nora.text and "0 of 3 places" in nora.text
    sent = typed(evening(4), every="1", times="4")
    assert nora.fill("/desk/groups", sent).status_code == 303
    found = [each.starts_at.astimezone(MADRID) for each in coming(app)]
    assert len(found) == 5
    assert {(each.hour, each.minute) for each in found} == {(20, 0)}, (
        "the same clock time, whatever the clocks do"
    )
    assert len({each.weekday() for each in found[1:]}) == 1


def test_all_of_them_or_none(app, desk, nora):
    add_group(app)
    taken = evening(3).astimezone(MADRID) + timedelta(days=14)
    book(app, desk.maya, at(taken.date(), 21))
    assert nora.fill("/desk/groups", typed(evening(3), every="1", times="4")).status_code == 409
    assert "A session, or blocked time, is there on" in nora.text and "No date was added" in nora.text
    assert coming(app) == []
    assert 'value="20:00"' in nora.page.get_data(as_text=True), "what was typed is kept"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"day": "", "at": ""}, "Enter a day"),
        ({"day": "2026-02-30", "at": "25:00"}, "Enter a day"),
        ({"day": "9999-12-31"}, "Enter a day"),
        ({"day": "2020-01-01"}, "Choose a time that is still to come"),
        ({"every": "1", "times": "27"}, "Enter how many times, from 2 to 26"),
        ({"every": "3"}, "Choose how often"),
        ({"what": "power-hour"}, "Choose which group"),
        ({"what": ""}, "Choose what it is"),
    ],
)
def test_what_is_no_date(app, desk, nora, sent, said):
    add_group(app)
    assert nora.fill("/desk/groups", typed(evening(3)) | sent).status_code == 422
    assert said in nora.text and coming(app) == []


# ---- who comes ----


def test_the_day_the_week_and_the_list_show_it_once(app, desk, nora, circle):
    for client_id in (desk.maya, desk.tom):
        seat(app, circle[0], client_id)
    with app.app_context():
        hold_time(offering(CIRCLE), minutes(evening(3)), "UTC", None, now=clock.now())
    day = evening(3).astimezone(MADRID).date()
    page = nora.get(f"/desk/day/{day}").get_data(as_text=True)
    assert page.count("3 of 3 places") == 1 and "Maya" not in nora.text
    assert "1 session" in nora.text and "Someone is booking" not in nora.text
    week = nora.get(f"/desk/calendar/{day}").get_data(as_text=True)
    assert nora.text.count("3 of 3 places") == 1 and week.count(f"/desk/groups/{circle[0]}") == 1
    nora.get("/desk/groups")
    assert "3 of 3 places" in nora.text and "0 of 3 places" in nora.text and "Full" in nora.text
    nora.get(f"/desk/groups/{circle[0]}")
    assert "Maya R." in nora.text and "Tom O." in nora.text
    assert "Someone is booking a place in this moment." in nora.text
    assert "Book a client into it" not in nora.text, "it is full"


def test_who_comes_late_stands_beside_it(app, desk, nora, circle):
    hers = seat(app, circle[0], desk.maya)
    with app.app_context():
        say_late(place(hers), 10, BASE, now=evening(3) - timedelta(minutes=5))
    nora.get(f"/desk/day/{evening(3).astimezone(MADRID).date()}")
    assert "Maya R.: 10 minutes late, said at 19:55." in nora.text
    nora.get(f"/desk/groups/{circle[0]}")
    assert "10 minutes late" in nora.text


def test_names_are_covered_here_too(app, desk, nora, circle):
    seat(app, circle[0], desk.maya)
    nora.get(f"/desk/groups/{circle[0]}")
    nora.post("/desk/cover", {"cover": "yes"})
    for path in ("", "/cancel"):
        nora.get(f"/desk/groups/{circle[0]}{path}")
        assert desk.maya_ref in nora.text and "Maya" not in nora.text


def test_a_client_is_booked_into_it_with_the_words_shown_before(app, desk, nora, circle):
    path = f"/desk/groups/{circle[0]}"
    nora.get(path)
    assert nora.post(f"{path}/add", {"who": desk.maya_ref}).status_code == 200
    assert "Lisbon time" in nora.text and "/b/…" in nora.text
    assert the_date(app, circle[0]).taken == frozenset(), "looking books nothing"
    assert nora.post(f"{path}/add/go", {"who": desk.maya_ref}).status_code == 303
    nora.follow()
    assert (
        "The place is booked." in nora.text and "1 of 3 places" in nora.text and "Not paid here" in nora.text
    )
    nora.get("/desk/book")
    assert "Evening circle" not in nora.text, "a group has no other times"


@pytest.mark.parametrize("who", ["", "C-0000", "rita"])
def test_nobody_unknown_is_booked_into_it(app, desk, nora, circle, who):
    who = desk.rita_ref if who == "rita" else who
    path = f"/desk/groups/{circle[0]}"
    nora.get(path)
    assert nora.post(f"{path}/add", {"who": who}).status_code == 422
    nora.get(path)
    assert nora.post(f"{path}/add/go", {"who": who}).status_code == 404
    assert the_date(app, circle[0]).taken == frozenset()


def test_nobody_sits_in_a_date_twice(app, desk, nora, circle):
    seat(app, circle[0], desk.maya)
    nora.get(f"/desk/groups/{circle[0]}")
    for step in ("add", "add/go"):
        assert nora.post(f"/desk/groups/{circle[0]}/{step}", {"who": desk.maya_ref}).status_code == 409
        nora.get("/desk/groups")
    assert the_date(app, circle[0]).taken == {1}


def test_a_full_date_takes_nobody_more(app, desk, nora, circle):
    nora.get(f"/desk/groups/{circle[0]}")
    for name in ("Ada", "Bea", "Cleo"):
        seat(app, circle[0], add_client(app, name))
    for step in ("add", "add/go"):
        assert nora.post(f"/desk/groups/{circle[0]}/{step}", {"who": desk.maya_ref}).status_code == 409
        nora.get("/desk/groups")
    assert the_date(app, circle[0]).taken == {1, 2, 3}


def test_one_place_is_cancelled_or_moved_to_another_date(app, desk, nora, circle):
    hers, his = seat(app, circle[0], desk.maya), seat(app, circle[0], desk.tom)
    nora.get(f"/desk/clients/{desk.maya_ref}/sessions/{hers}/move")
    nora.follow()
    assert "Dates with room" in nora.text
    path = f"/desk/groups/{circle[0]}/places/{hers}/move"
    assert nora.post(path, {}).status_code == 422 and "Choose one of the dates" in nora.text
    assert nora.post(path, {"date": str(circle[0])}).status_code == 422
    assert nora.post(path, {"date": str(circle[1])}).status_code == 303
    with app.app_context():
        assert (place(hers).starts_at, place(hers).seat_of) == (evening(4), circle[1])
    nora.fill(f"/desk/clients/{desk.tom_ref}/sessions/{his}/cancel", {})
    assert the_date(app, circle[0]).taken == frozenset()


def test_a_seat_goes_nowhere_by_the_page_for_single_times(app, desk, nora, circle):
    hers = seat(app, circle[0], desk.maya)
    nora.get("/desk/groups")
    for step in ("", "/go"):
        path = f"/desk/clients/{desk.maya_ref}/sessions/{hers}/move{step}"
        sent = {"day": in_days(6).date(), "at": "10:00"}
        assert nora.post(path, sent | {"csrf_token": nora.token}).status_code == 404
        nora.get("/desk/groups")


def test_a_date_is_moved_with_both_times_and_who_is_told_shown_before(app, desk, nora, circle):
    seat(app, circle[0], desk.maya)
    seat(app, circle[0], desk.tom)
    path, to = f"/desk/groups/{circle[0]}/move", typed(evening(5))
    assert nora.fill(path, to).status_code == 200
    assert "leaves to: Maya R." in nora.text and "in a way that is safe: Tom O." in nora.text
    assert the_date(app, circle[0]).starts_at == evening(3), "looking moves nothing"
    assert nora.post(f"{path}/go", to).status_code == 303
    nora.follow()
    assert "The date is moved." in nora.text
    assert the_date(app, circle[0]).starts_at == evening(5)
    for wrong, status in ((typed(evening(5)), 422), (typed(evening(4)), 409), ({"day": "", "at": ""}, 422)):
        for step in ("", "/go"):
            nora.get(path)
            assert nora.post(path + step, wrong).status_code == status


def test_a_date_is_taken_back_once(app, desk, nora, circle):
    seat(app, circle[0], desk.maya)
    path = f"/desk/groups/{circle[0]}/cancel"
    nora.get(path)
    assert "Nothing was paid here" in nora.text and "Maya R." in nora.text
    assert nora.post(path).status_code == 303
    nora.follow()
    assert "The date is cancelled." in nora.text
    assert nora.post(path).status_code == 409
    assert nora.get(path).status_code == 409 and nora.get(f"/desk/groups/{circle[0]}/move").status_code == 409
    nora.get(f"/desk/groups/{circle[0]}")
    assert "Cancelled" in nora.text
    with app.app_context():
        kinds = [row.kind for row in session().query(OutboxMessage)]
    assert kinds.count("cancelled") == 2, "one to her, one to the coach"


def test_only_her_own_dates(app, desk, nora, circle):
    nobody = NORAS
    for path in ("", "/move", "/cancel", f"/places/{nobody}/move"):
        assert nora.get(f"/desk/groups/{nobody}{path}").status_code == 404
    hers = seat(app, circle[0], desk.maya)
    assert nora.get(f"/desk/groups/{circle[1]}/places/{hers}/move").status_code == 404
    assert nora.get(f"/desk/groups/{circle[0]}/places/{nobody}/move").status_code == 404
    with app.app_context():
        session().query(Appointment).update({"coach_id": 2})
        session().commit()
    for path in ("", "/move", "/cancel"):
        assert nora.get(f"/desk/groups/{circle[0]}{path}").status_code == 404

"""One seat of a group is left and several want it at the same moment: one gets it, on both databases."""

from collections import Counter

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import desk_operations, group_dates, moving
from coachapp.booking.group_queries import group_date
from coachapp.booking.holding import hold_time
from coachapp.booking.models import Appointment
from coachapp.booking.queries import place
from coachapp.booking.rules import TimeTaken, TooLate
from coachapp.practice.queries import offering
from tests.concurrency.test_racing_settle import race
from tests.groups import BASE, CIRCLE, NORAS, add_client, add_dates, add_group, evening, minutes
from tests.road import open_practice

SEATS = 8


@pytest.fixture
def circle(app):
    """A group of eight on two evenings; their ids."""
    with app.app_context():
        open_practice()
    add_group(app, SEATS, 0)
    return add_dates(app, evening(3), evening(4))


def taken_seats(app, date_id):
    with app.app_context():
        found = sa.select(Appointment.seat).where(
            Appointment.seat_of == date_id, Appointment.state.in_(("held", "confirmed"))
        )
        return sorted(db.session().scalars(found))


def hold(start):
    return hold_time(offering(CIRCLE), minutes(start), "UTC", None, now=clock.now())


def kinds(results):
    return Counter("taken" if isinstance(each, TimeTaken) else type(each).__name__ for each in results)


@pytest.mark.parametrize("people", [2, 8])
def test_the_last_seat(app, circle, people):
    with app.app_context():
        for _ in range(SEATS - 1):
            hold(evening(3))
    results = race(app, [lambda: hold(evening(3))] * people)
    assert kinds(results) == {"str": 1, "taken": people - 1}
    assert taken_seats(app, circle[0]) == list(range(1, SEATS + 1))


def test_twelve_people_for_eight_seats(app, circle, proof):
    for date, start in list(zip(circle, (evening(3), evening(4)), strict=True))[: proof(1, 2)]:
        assert kinds(race(app, [lambda start=start: hold(start)] * 12)) == {"str": SEATS, "taken": 4}
        assert taken_seats(app, date) == list(range(1, SEATS + 1))


def test_a_move_and_a_hold_for_one_seat(app, circle):
    """Whoever comes second keeps what she had."""
    maya = add_client(app, "Maya")
    with app.app_context():
        hers = desk_operations.book_seat(offering(CIRCLE), circle[0], maya, "UTC", BASE, now=clock.now())
        for _ in range(SEATS - 1):
            hold(evening(4))

    def move():
        moving.move_by_client(
            place(hers), offering(CIRCLE), minutes(evening(4)), "UTC", BASE, now=clock.now()
        )
        return "moved"

    results = race(app, [move, lambda: hold(evening(4))])
    assert kinds(results) == {"str": 1, "taken": 1}
    assert taken_seats(app, circle[1]) == list(range(1, SEATS + 1))
    with app.app_context():
        assert place(hers).seat_of == (circle[1] if "moved" in results else circle[0])


def test_a_date_falls_while_people_sit_down(app, circle):
    """Nobody is left sitting in a date that was cancelled, and nobody waits for another for ever."""
    with app.app_context():
        date = group_date(circle[0])

    def cancel():
        return group_dates.cancel_date(date, BASE, by=NORAS, now=clock.now())

    results = race(app, [cancel, *[lambda: hold(evening(3))] * 4])
    assert set(kinds(results)) <= {"list", "str", "taken"} and kinds(results)["list"] == 1
    assert taken_seats(app, circle[0]) == []
    with app.app_context():
        assert not group_date(circle[0]).stands


def test_two_cancel_one_date_at_once(app, circle):
    with app.app_context():
        date = group_date(circle[0])
    add_client(app, "Maya", "maya@example.com")
    works = [lambda: group_dates.cancel_date(date, BASE, by=NORAS, now=clock.now())] * 2
    assert Counter(type(each) for each in race(app, works)) == {list: 1, TooLate: 1}

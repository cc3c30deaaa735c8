"""Two people, one last session of a package, the same moment: one uses it, on both databases.

She books in one window, somebody who has her words in another, and Nora lets it pay for a time at the desk.
"""

from uuid import UUID

import pytest

from coachapp import clock, db
from coachapp.booking.crediting import confirm_by_credit, use_for_booked
from coachapp.booking.holding import hold_time
from coachapp.booking.making import give_token
from coachapp.booking.models import Appointment, Place
from coachapp.booking.queries import place, place_by_road
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.payments import packages
from coachapp.payments.credit_queries import packages_of, spent_on
from coachapp.practice.queries import offering
from tests.concurrency.test_last_code import kinds, starts
from tests.concurrency.test_racing_settle import race
from tests.road import open_practice

NORA, BASE = UUID(int=1), "http://127.0.0.1"


@pytest.fixture
def practice(app):
    with app.app_context():
        open_practice()
    return app


def held(client_id, start, state="held"):
    """A time of hers: held on her road, or standing without having been paid."""
    found = place_by_road(hold_time(offering("power-hour"), start, "UTC", None, now=clock.now()))
    with db.transaction() as session:
        give_token(session.get_one(Place, found.id), client_id)
        session.get_one(Appointment, found.appointment_id).state = state
    return place(found.id)


def test_one_of_them_uses_it(practice, proof):
    for number in range(proof(3, 40)):
        with practice.app_context():
            maya = new_client(1, "UTC", now=clock.now(), name="Maya", state=State.ACTIVE)
            packages.give(maya, offering("power-hour"), 1, 12, "", by=NORA, now=clock.now())
            three = starts(3 * number + 3)[-3:]
            first, other = held(maya, three[0]), held(maya, three[1])
            standing = held(maya, three[2], "confirmed")
        results = race(
            practice,
            [
                lambda a=first: confirm_by_credit(a, BASE, now=clock.now()),
                lambda b=other: confirm_by_credit(b, BASE, now=clock.now()),
                lambda c=standing: use_for_booked(c, by=NORA, now=clock.now()),
            ],
        )
        assert kinds(results) == {"NoneType": 1, "NoCredit": 2}, results
        with practice.app_context():
            (mine,) = packages_of(maya)
            assert (mine.left, mine.used, mine.agrees) == (0, 1, True)
            (spent,) = spent_on([first.id, other.id, standing.id])
            states = {each.id: place(each.id).state for each in (first, other)}
            assert all((state == "confirmed") is (key == spent) for key, state in states.items())
            with db.transaction() as session:  # the next round finds nobody in its way
                for each in (first, other, standing):
                    session.get_one(Appointment, each.appointment_id).state = "released"

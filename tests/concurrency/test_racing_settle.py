"""Two who learn of the same payment at the same moment: one payment, one booking, one mail, twenty times over."""

import threading
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.holding import hold_time
from coachapp.booking.models import Appointment
from coachapp.booking.operations import Details, go_to_pay, save_details
from coachapp.booking.queries import place_by_road
from coachapp.money import Money
from coachapp.notifications.models import OutboxMessage
from coachapp.payments.models import Payment, Refund
from coachapp.payments.operations import settle
from coachapp.payments.rules import SessionFacts
from coachapp.payments.runtime import payables
from coachapp.practice.queries import offering
from coachapp.safe_contact.rules import Inbox
from tests.road import open_practice

pytestmark = pytest.mark.long


@pytest.fixture
def practice(app):
    with app.app_context():
        open_practice()
    return app


def on_the_way(app, start):
    """Someone who is on Stripe's page: her attempt, and what Stripe will say of it once it is paid."""
    with app.app_context():
        road = hold_time(offering("power-hour"), start, "UTC", None, now=clock.now())
        place = place_by_road(road)
        save_details(place, Details("Alex", Inbox.ONLY_ME, "alex@example.com", ""), now=clock.now())
        attempt = go_to_pay(place_by_road(road), "http://127.0.0.1/paid/", now=clock.now())
        facts = SessionFacts(
            f"cs_{start}", attempt.id.hex, "complete", "paid", Money(95_00, "EUR"), f"pi_{start}", None
        )
        return attempt, facts


def race(app, works):
    """Run these together, each in a context of its own; what they returned, errors included."""
    together, results, lock = threading.Barrier(len(works)), [], threading.Lock()

    def run(work):
        with app.app_context():
            together.wait()
            try:
                result = work()
            except Exception as error:
                result = error
            with lock:
                results.append(result)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def free_starts():
    """Noon in Madrid or close to it, from the day after tomorrow on."""
    day = int(clock.now().timestamp()) // 86400 + 2
    return [(day + number) * 1440 + 11 * 60 for number in range(50)]


def count(app, column):
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count(column)))


def test_two_settle_one_payment(practice, proof):
    rounds = proof(8, 50)
    for start in free_starts()[:rounds]:
        attempt, facts = on_the_way(practice, start)
        works = [lambda: settle(attempt.id, facts, payables(), now=clock.now())] * 2  # run at once
        assert race(practice, works) == [[], []]
    assert count(practice, Payment.id) == rounds
    assert count(practice, Refund.id) == 0
    with practice.app_context():
        kinds = sa.select(OutboxMessage.kind, OutboxMessage.client_id.is_not(None))
        assert Counter(map(tuple, db.session().execute(kinds))) == {
            ("booked", True): rounds,
            ("booked", False): rounds,
        }


def test_two_payers_of_one_time(practice, proof):
    """Both holds were let go by hand, both people pay: one is confirmed, the other gets her money back."""
    rounds = proof(8, 50)
    for start in free_starts()[:rounds]:
        payers = []
        for _ in range(2):
            attempt, facts = on_the_way(practice, start)
            payers.append((attempt, replace(facts, id=f"cs_{attempt.id}", intent_id=f"pi_{attempt.id}")))
            with practice.app_context(), db.transaction() as session:
                held = sa.update(Appointment).where(Appointment.state == "held")
                session.execute(held.values(state="released", hold_until=None))
        works = [
            lambda payer=payer: settle(payer[0].id, payer[1], payables(), now=clock.now()) for payer in payers
        ]
        results = race(practice, works)
        assert sorted(map(len, results)) == [0, 1], results
    with practice.app_context():
        states = sa.select(Appointment.state, sa.func.count()).group_by(Appointment.state)
        assert dict(map(tuple, db.session().execute(states))) == {"confirmed": rounds, "released": rounds}
    assert (count(practice, Payment.id), count(practice, Refund.id)) == (2 * rounds, rounds)

"""`settle`, called twice, at the same moment, and with sums that do not fit: one payment, one booking, one mail."""

import threading
from dataclasses import replace

import sqlalchemy as sa

from coachapp import clock, db
from coachapp.money import Money
from coachapp.payments import queries
from coachapp.payments.models import Attempt
from coachapp.payments.operations import settle
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.models import Offering

BOOKED = (["confirmed"], ["paid"], [95_00], [])


def attempt_id():
    return db.session().scalars(sa.select(Attempt.id)).one()


def paid_but_unheard(world):
    """Someone whose payment Stripe knows of and we do not."""
    walker = world.walker()
    walker.to_payment()
    world.stripe.lever(webhook_off=True)
    walker.pay()
    return walker


def test_twice_is_once(world):
    walker = paid_but_unheard(world)
    with world.app.app_context():
        facts = gateway().retrieve(walker.session_id)
        for _ in range(3):
            assert settle(attempt_id(), facts, payables(), now=clock.now()) == []
    assert world.ledger() == BOOKED
    assert world.outbox() == [("booked", "waiting")]


def test_at_the_same_moment_is_once(world):
    walker = paid_but_unheard(world)
    with world.app.app_context():
        facts, attempt = gateway().retrieve(walker.session_id), attempt_id()
    together, troubles = threading.Barrier(4), []

    def work():
        with world.app.app_context():
            together.wait()
            try:
                settle(attempt, facts, payables(), now=clock.now())
            except Exception as trouble:
                troubles.append(trouble)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert world.ledger() == BOOKED
    assert world.outbox() == [("booked", "waiting")]


def settled_with(world, **changed):
    walker = paid_but_unheard(world)
    with world.app.app_context():
        facts = replace(gateway().retrieve(walker.session_id), **changed)
        refunds = settle(attempt_id(), facts, payables(), now=clock.now())
        return walker, refunds, queries.attempt(attempt_id())


def test_another_sum_is_an_alarm_and_no_booking(world):
    walker, refunds, _ = settled_with(world, amount=Money(1, "EUR"))
    assert refunds == []
    assert world.ledger() == (["held"], ["alarm"], [], [])
    assert world.outbox() == []
    walker.come_back()
    assert "We are looking at this payment" in walker.text
    assert walker.page.status_code == 200


def test_another_currency_is_an_alarm_and_stays_one(world):
    walker, _, attempt = settled_with(world, amount=Money(95_00, "USD"))
    assert attempt.state == "alarm"
    with world.app.app_context():
        settle(attempt.id, gateway().retrieve(walker.session_id), payables(), now=clock.now())
    assert world.ledger() == (["held"], ["alarm"], [], [])


def test_another_reference_is_an_alarm(world):
    settled_with(world, reference="0" * 32)
    assert world.ledger() == (["held"], ["alarm"], [], [])


def test_the_price_is_the_one_that_was_agreed(world):
    """A price that the coach changes in between does not change what was asked for."""
    walker = world.walker()
    walker.go_to_code()
    world.change(Offering, price_minor=1)
    walker.press_pay()
    (session,) = world.stripe.sessions.values()
    assert session["amount_total"] == 95_00

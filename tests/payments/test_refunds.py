"""Money on its way back: for a time that was gone, for a cancelled one, from the dashboard, and when it fails."""

from dataclasses import replace
from datetime import timedelta

import pytest
import requests
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.models import Appointment
from coachapp.payments.models import Attempt, Order, Refund
from coachapp.payments.operations import finish, let_go, settle
from coachapp.payments.queries import orders_of, unfinished_attempt
from coachapp.payments.refunds import note_refund
from coachapp.payments.rules import RefundState
from coachapp.payments.runtime import gateway, payables
from coachapp.safe_contact.operations import things_changed
from tests.cast import CHARLIE, NORA
from tests.road import MINUTE, both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

TAKEN = (["confirmed", "released"], ["expired", "paid"], [95_00, 95_00], ["succeeded"])


def at_stripe(world):
    """(amount, status) of every refund Stripe knows."""
    return [
        (each["amount"], each["status"])
        for each in world.stripe.state()["objects"].values()
        if each["object"] == "refund"
    ]


def released_under_her_feet(walker):
    """By hand: the hold is gone although she can still pay."""
    walker.world.change(Appointment, state="released", hold_until=None)


def gone(world):
    """Someone is about to pay for a time that somebody else has booked meanwhile."""
    walker = world.walker()
    walker.to_payment()
    start = int(walker.place().starts_at.timestamp()) // 60
    released_under_her_feet(walker)
    other = world.walker(CHARLIE)
    other.hold(start)
    assert other.page.status_code == 303
    return walker


def test_paid_although_the_time_is_gone(world):
    walker = gone(world)
    walker.pay()
    assert world.ledger() == (["held", "released"], ["paid"], [95_00], ["succeeded"])
    assert at_stripe(world) == [(95_00, "succeeded")]
    walker.come_back()
    assert "Your payment is on its way back" in walker.text
    assert "We are sorry. The full amount goes back" in walker.text
    world.send_mail()
    (mail,) = world.mails_to(walker.person.email)
    assert mail.subject == "Your update"
    assert mail.text.startswith("A time could not be kept. What was paid goes back in full")
    told = world.mails_to(NORA.email)
    assert [each.subject for each in told] == ["Something needs your eyes"]


@pytest.mark.safety("D2")
def test_the_apology_passes_the_gate_too(world):
    walker = gone(world)
    world.mails_to(walker.person.email)
    with world.app.app_context():
        things_changed(walker_client(world), now=clock.now())
    walker.pay()
    world.send_mail()
    assert world.mails_to(walker.person.email) == []
    assert at_stripe(world) == [(95_00, "succeeded")]


def walker_client(world):
    return db.session().scalars(sa.select(Order.client_id)).first()


def test_released_but_still_free_is_confirmed_after_all(world):
    walker = world.walker()
    walker.to_payment()
    released_under_her_feet(walker)
    walker.pay()
    assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])
    assert world.outbox() == [("booked", "waiting")]


def test_released_and_somebody_stands_too_close(world):
    """The time itself is free, but half of the pause before it is not."""
    walker = world.walker()
    first, second = walker.morning()[:2]
    assert second - first == 30
    walker.to_payment(second)
    released_under_her_feet(walker)
    other = world.walker(CHARLIE)
    other.hold(first, "first-conversation")
    assert other.page.status_code == 303
    walker.pay()
    assert world.ledger()[2:] == ([95_00], ["succeeded"])


@both_databases
def test_letting_go_while_paying(world):
    """She pays between our question and our order to end it: what Stripe says counts, and the time is hers."""
    walker = world.walker()
    walker.to_payment()
    world.stripe.lever(webhook_off=True)
    with world.app.app_context():
        attempt = unfinished_attempt(walker.place().id)
        walker.pay()
        let_go(attempt, gateway(), payables(), now=clock.now())
    assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])


def test_a_payment_for_a_time_whose_words_were_taken_along_is_sent_back(world):
    """Her link ended here, she chose another time, and Stripe says later that the first one was paid after all."""
    walker = world.walker()
    walker.to_payment()
    world.stripe.lever(webhook_off=True)
    walker.pay()
    first = walker.session_id
    world.change(Attempt, state="expired")
    world.change(Appointment, state="released", hold_until=None)
    walker.hold(walker.morning()[4])
    assert walker.page.status_code == 303
    with world.app.app_context():
        attempt_id = db.session().scalars(sa.select(Attempt.id)).one()
        finish(
            settle(attempt_id, gateway().retrieve(first), payables(), now=clock.now()),
            gateway(),
            payables(),
            now=clock.now(),
        )
    assert at_stripe(world) == [(95_00, "succeeded")]
    assert world.ledger() == (["held", "released"], ["paid"], [95_00], ["succeeded"])


def cancelled(world):
    walker = world.paid()
    walker.fill(f"{walker.place_path}/cancel", {})
    assert walker.page.status_code == 303
    assert world.stripe.wait_idle()
    return walker


def test_asked_but_not_sent_is_sent_by_tick_with_the_same_key(world):
    walker = world.paid()
    path = walker.place_path
    world.stripe.lever(fail_next={"times": 1, "path": "/v1/refunds", "should_retry": False})
    walker.fill(f"{path}/cancel", {})
    assert walker.page.status_code == 303, "the cancellation stands whatever Stripe does"
    assert world.ledger()[3] == ["asked"]
    world.tick(MINUTE)
    assert world.ledger()[3] == ["asked"], "the first sender may still be at it"
    world.tick(3 * MINUTE)
    world.tick(6 * MINUTE)
    assert world.ledger()[3] == ["succeeded"]
    keys = [got.headers["idempotency-key"] for got in world.asked("POST", "/v1/refunds")]
    assert len(keys) == 2 and len(set(keys)) == 1
    assert at_stripe(world) == [(95_00, "succeeded")]


@both_databases
def test_an_answer_that_was_lost_refunds_once(world):
    walker = world.paid()
    path = walker.place_path
    world.stripe.lever(drop_connection={"times": 3, "path": "/v1/refunds", "stage": "after"})
    walker.fill(f"{path}/cancel", {})
    world.stripe.wait_idle()
    world.tick(3 * MINUTE)
    assert world.ledger()[3] == ["succeeded"]
    assert at_stripe(world) == [(95_00, "succeeded")]


def test_refused_for_good_is_failed_and_not_asked_for_ever(world):
    walker = world.paid()
    path = walker.place_path
    world.stripe.lever(fail_next={"times": 1, "path": "/v1/refunds", "status": 400, "should_retry": False})
    walker.fill(f"{path}/cancel", {})
    assert walker.page.status_code == 303
    world.tick(3 * MINUTE)
    assert world.ledger()[3] == ["failed"]
    assert len(world.asked("POST", "/v1/refunds")) == 1


def refunded_sum(world):
    with world.app.app_context():
        place = world.walker().place()
        return orders_of([place.id])[place.id].refunded.minor


def test_a_refund_that_fails_later_is_taken_back_in_our_books(world):
    cancelled(world)
    assert refunded_sum(world) == 95_00
    (refund_id,) = (stripe_id for (stripe_id,) in world.rows(Refund.stripe_id))
    world.stripe.fail_refund(refund_id)
    assert world.stripe.wait_idle()
    assert world.ledger()[3] == ["failed"]
    assert refunded_sum(world) == 0
    assert len(world.asked("POST", "/v1/refunds")) == 1, "not again to the same dead card"


def test_an_overtaken_answer_does_not_undo_a_failure(world):
    cancelled(world)
    (refund_id,) = (stripe_id for (stripe_id,) in world.rows(Refund.stripe_id))
    with world.app.app_context():
        early = gateway().retrieve_refund(refund_id)
        world.stripe.fail_refund(refund_id)
        assert world.stripe.wait_idle()
        note_refund(early, payables(), now=clock.now())
    assert world.ledger()[3] == ["failed"]


def test_an_overtaken_answer_does_not_undo_a_success(world):
    cancelled(world)
    (refund_id,) = (stripe_id for (stripe_id,) in world.rows(Refund.stripe_id))
    with world.app.app_context():
        early = replace(gateway().retrieve_refund(refund_id), state=RefundState.PENDING)
        note_refund(early, payables(), now=clock.now())
    assert world.ledger()[3] == ["succeeded"]


@both_databases
@pytest.mark.parametrize("metadata", [{}, {"metadata[refund]": "made by hand"}])
def test_a_refund_made_in_the_dashboard_is_taken_over_once(world, metadata):
    world.paid()
    (intent,) = (
        each for each in world.stripe.state()["objects"].values() if each["object"] == "payment_intent"
    )
    answer = requests.post(
        f"{world.stripe.api_base}/v1/refunds",
        {"payment_intent": intent["id"], "amount": 40_00, **metadata},
        headers={"Authorization": "Bearer sk_test_dashboard"},
        timeout=5,
    )
    assert answer.status_code == 200
    assert world.stripe.wait_idle()
    for event in world.stripe.events:
        world.stripe.resend(event["id"])
    assert world.stripe.wait_idle()
    assert [tuple(row) for row in world.rows(Refund.amount_minor, Refund.state, Refund.reason)] == [
        (40_00, "succeeded", "dashboard")
    ]
    assert refunded_sum(world) == 40_00


def test_after_a_part_went_back_a_cancellation_returns_the_rest(world):
    walker = world.paid()
    (intent,) = (
        each for each in world.stripe.state()["objects"].values() if each["object"] == "payment_intent"
    )
    requests.post(
        f"{world.stripe.api_base}/v1/refunds",
        {"payment_intent": intent["id"], "amount": 40_00},
        headers={"Authorization": "Bearer sk_test_dashboard"},
        timeout=5,
    )
    assert world.stripe.wait_idle()
    walker.fill(f"{walker.place_path}/cancel", {})
    assert sorted(at_stripe(world)) == [(40_00, "succeeded"), (55_00, "succeeded")]


def test_cancelled_too_late_returns_nothing(world):
    walker = world.paid()
    path = walker.place_path
    start = clock.now() + timedelta(hours=23)
    world.change(Appointment, starts_at=start, ends_at=start + timedelta(hours=1))
    walker.fill(f"{path}/cancel", {})
    assert world.ledger() == (["cancelled"], ["paid"], [95_00], [])
    assert at_stripe(world) == []

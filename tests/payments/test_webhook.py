"""Stripe at the door: early, twice, late, in the wrong order, forged, stale; the letter is never believed."""

import json
import time

import pytest
import sqlalchemy as sa
import stripe
from werkzeug.test import TestResponse

from coachapp.payments.models import StripeEvent
from tests.conftest import WEBHOOK_SECRET
from tests.road import MINUTE, both_databases, open_world
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

BOOKED = (["confirmed"], ["paid"], [95_00], [])
OPEN = (["held"], ["open"], [], [])


def event(**changes):
    return {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": "cs_unknown", "object": "checkout.session", "payment_status": "paid"}},
        **changes,
    }


def signature(body, secret=WEBHOOK_SECRET, age=0):
    stamp = int(time.time()) - age
    signed = stripe.WebhookSignature._compute_signature(f"{stamp}.{body.decode()}", secret)
    return f"t={stamp},v1={signed}"


def knock(world, body, header=None) -> TestResponse:
    body = json.dumps(body).encode() if isinstance(body, dict) else body
    header = signature(body) if header is None else header
    return world.app.test_client().post(
        "/webhooks/stripe", data=body, headers={"Stripe-Signature": header}, content_type="application/json"
    )


def paid_event(walker):
    """The true letter about a paid session, as Stripe writes it; kept back, so that the test may bring it."""
    walker.world.stripe.lever(webhook_off=True)
    walker.pay()
    return walker.world.stripe.events[-1]


@both_databases
def test_before_the_create_call_has_answered(world):
    world.stripe.lever(webhook_first=5)
    walker = world.walker()
    walker.to_payment()
    assert world.stripe.wait_idle()
    assert world.ledger() == BOOKED
    assert world.outbox() == [("booked", "waiting")]
    walker.come_back()
    assert "Done. Your time is booked" in walker.text


@both_databases
def test_twice_and_thrice(world):
    world.stripe.lever(webhook_duplicate=2)
    world.paid()
    assert world.ledger() == BOOKED
    assert world.events() == ["done"]
    assert world.outbox() == [("booked", "waiting")]


@both_databases
def test_late_after_the_page_has_confirmed(world):
    walker = world.walker()
    walker.to_payment()
    letter = paid_event(walker)
    walker.come_back()
    assert world.ledger() == BOOKED
    assert knock(world, letter).status_code == 200
    assert (world.ledger(), world.outbox()) == (BOOKED, [("booked", "waiting")])


@both_databases
def test_two_letters_about_one_session(world):
    walker = world.walker()
    walker.to_payment()
    letter = paid_event(walker)
    for number in range(2):
        assert knock(world, {**letter, "id": f"evt_{number}"}).status_code == 200
    assert (world.ledger(), world.outbox()) == (BOOKED, [("booked", "waiting")])


@both_databases
def test_out_of_order(world):
    """`expired` comes first, although the session was paid: what Stripe says when asked counts."""
    walker = world.walker()
    walker.to_payment()
    letter = paid_event(walker)
    assert knock(world, {**letter, "id": "evt_0", "type": "checkout.session.expired"}).status_code == 200
    assert knock(world, letter).status_code == 200
    assert world.ledger() == BOOKED


def test_a_letter_that_lies_changes_nothing(world):
    walker = world.walker()
    session_id = walker.to_payment()
    said = {"id": session_id, "payment_status": "paid", "status": "complete", "amount_total": 95_00}
    assert knock(world, event(data={"object": said})).status_code == 200
    assert world.ledger() == OPEN


def test_what_stripe_did_not_sign_just_now_is_refused(world):
    walker = world.walker()
    walker.to_payment()
    body = json.dumps(paid_event(walker)).encode()
    for header in ("", "nonsense", "t=1,v1=00", signature(body, "whsec_wrong"), signature(body, age=301)):
        assert knock(world, body, header).status_code == 400, header
    assert (world.ledger(), world.events()) == (OPEN, [])


def test_a_changed_letter_is_refused(world):
    body = json.dumps(event()).encode()
    assert knock(world, body.replace(b"evt_1", b"evt_2"), signature(body)).status_code == 400
    assert world.events() == []


def test_either_of_two_secrets_will_do(settings, stripe_standin, mail_catcher):
    secrets = ("whsec_new", WEBHOOK_SECRET)
    with open_world(settings, stripe_standin, mail_catcher, stripe_webhook_secrets=secrets) as world:
        for number, secret in enumerate(secrets):
            body = json.dumps(event(id=f"evt_{number}")).encode()
            assert knock(world, body, signature(body, secret)).status_code == 200
        body = json.dumps(event()).encode()
        assert knock(world, body, signature(body, "whsec_old")).status_code == 400


def test_without_a_secret_nothing_is_believed(settings, stripe_standin, mail_catcher):
    with open_world(settings, stripe_standin, mail_catcher, stripe_webhook_secrets=()) as world:
        body = json.dumps(event()).encode()
        assert knock(world, body, signature(body, "")).status_code == 400


def test_signed_but_not_a_letter_for_us(world):
    for body in (
        b"not json",
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"id": "evt_1"}',
        json.dumps(event(livemode=True)).encode(),
        json.dumps(event(data=[])).encode(),
        json.dumps(event(data={"object": "cs_1"})).encode(),
        json.dumps(event(id="e" * 121)).encode(),
    ):
        assert knock(world, body, signature(body)).status_code == 400, body
    assert knock(world, b"\xff\xfe\x00", "t=1,v1=00").status_code == 400
    assert world.events() == []


def test_a_huge_letter(world):
    body = b" " * (1024 * 1024 + 1)
    assert knock(world, body).status_code == 413
    assert world.events() == []


def test_letters_about_strangers_are_thanked_for_and_laid_aside(world):
    letters = (
        event(id="evt_1", type="customer.created", data={"object": {"id": "cus_1"}}),
        event(id="evt_2", type="balance.available", data={"object": {"object": "balance"}}),
        event(id="evt_3"),
        event(id="evt_4", type="refund.created", data={"object": {"id": "re_unknown"}}),
    )
    for letter in letters * 2:
        assert knock(world, letter).status_code == 200
    assert world.events() == ["done", "done", "given up", "given up"]
    assert world.ledger() == ([], [], [], [])


@pytest.mark.parametrize("trouble", ["fail_next", "drop_connection"])
def test_stored_first_and_worked_later(world, trouble):
    walker = world.walker()
    walker.to_payment()
    letter = paid_event(walker)
    how = {"times": 3, "path": "/v1/checkout/sessions/", "method": "GET"}
    more = {"should_retry": False} if trouble == "fail_next" else {}
    world.stripe.lever(**{trouble: {**how, **more}})
    assert knock(world, letter).status_code == 200
    assert (world.ledger(), world.events()) == (OPEN, ["received"])
    world.stripe.reset()
    world.stripe.lever(webhook_off=True)
    assert knock(world, letter).status_code == 200, "a letter that is known already"
    assert world.ledger() == OPEN
    assert world.tick(2 * MINUTE) == ()
    assert (world.ledger(), world.events()) == (BOOKED, ["done"])


@both_databases
def test_one_event_that_cannot_be_worked_does_not_stop_the_others(world):
    walker = world.walker()
    walker.to_payment()
    letter = paid_event(walker)
    refund = {"id": "re_1", "object": "refund"}
    with world.stripe._store.change() as books:
        books.objects["re_1"] = {**refund, "amount": None, "currency": None, "payment_intent": None}
        books.objects["re_1"].update(charge=None, metadata={}, status="succeeded")
    assert knock(world, event(type="refund.created", data={"object": refund})).status_code == 200
    world.stripe.lever(fail_next={"times": 1, "path": "/v1/checkout", "should_retry": False})
    assert knock(world, letter).status_code == 200
    assert world.events() == ["received", "received"]
    assert world.tick(2 * MINUTE) == ()
    assert (world.ledger(), world.events()) == (BOOKED, ["done", "received"])
    with world.app.app_context():
        waits = sa.select(StripeEvent.tries).where(StripeEvent.state == "received")
        assert world.rows(waits.subquery().c.tries)[0][0] >= 1


def test_no_session_and_no_cookie_is_needed_and_none_is_given(world):
    answer = knock(world, event())
    assert answer.status_code == 200
    assert not answer.headers.getlist("Set-Cookie")
    assert world.app.test_client().get("/webhooks/stripe").status_code == 405


def test_nothing_of_the_letter_is_kept(world):
    knock(world, event(data={"object": {"id": "cs_1", "customer_details": {"email": "canary@example.com"}}}))
    kept = world.rows(*sa.inspect(StripeEvent).columns)
    assert "canary" not in repr(kept)

"""Webhooks: signed, tried again, doubled, late, out of order, off; and the list of events."""

import time

import pytest
import requests
import stripe

from coachapp.demo.stripe_standin import sign

from .checkout import SECRETS, params


def paid_session(client, standin):
    session = client.v1.checkout.sessions.create(params())
    standin.pay(session.id)
    return session


def ids(client, receiver):
    return [client.construct_event(body, header, SECRETS[0]).id for body, header in receiver.got]


def test_the_signature_holds_for_each_secret_and_for_no_other(client, standin, receiver):
    paid_session(client, standin)
    assert standin.wait_idle()
    body, header = receiver.got[0]
    for secret in SECRETS:
        assert client.construct_event(body, header, secret).type == "checkout.session.completed"
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body, header, "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        client.construct_event(body + b" ", header, SECRETS[0])


def test_a_stale_signature_can_be_made_for_tests(client):
    body = b'{"object": "event"}'
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        client.construct_event(body, sign(body, ["whsec_x"], int(time.time()) - 301), "whsec_x")


def test_a_webhook_that_is_not_taken_comes_again(client, standin, receiver):
    receiver.answers = [500, 503]
    paid_session(client, standin)
    assert standin.wait_idle()
    assert len(receiver.got) == 3
    assert len(set(ids(client, receiver))) == 1
    (delivery,) = standin.deliveries.values()
    assert (delivery.state, [attempt["status"] for attempt in delivery.attempts]) == (
        "delivered",
        [500, 503, 200],
    )


def test_after_some_tries_it_is_given_up_and_listed(client, standin, receiver):
    receiver.answers = [500, 500, 500]
    paid_session(client, standin)
    assert standin.wait_idle()
    (lost,) = client.v1.events.list({"delivery_success": False}).data
    assert lost.pending_webhooks == 1
    standin.resend(lost.id)
    assert standin.wait_idle()
    assert client.v1.events.list({"delivery_success": False}).data == []
    assert client.v1.events.retrieve(lost.id).pending_webhooks == 0


def test_nobody_listening_is_a_failed_delivery(client, standin):
    standin.lever(webhook_url="http://127.0.0.1:9/webhooks/stripe")
    paid_session(client, standin)
    assert standin.wait_idle()
    (delivery,) = standin.deliveries.values()
    assert (delivery.state, delivery.attempts[0]["error"]) == ("failed", "ConnectionRefusedError")


def test_webhooks_off_leaves_events_to_be_listed(client, standin, receiver):
    standin.lever(webhook_off=True)
    session = paid_session(client, standin)
    assert standin.wait_idle()
    assert receiver.got == []
    (lost,) = client.v1.events.list({"delivery_success": False, "type": "checkout.session.completed"}).data
    assert lost.data.object.id == session.id


def test_a_doubled_webhook_has_one_id(client, standin, receiver):
    standin.lever(webhook_duplicate=2)
    paid_session(client, standin)
    assert standin.wait_idle()
    assert len(receiver.got) == 3
    assert len(set(ids(client, receiver))) == 1


def test_a_late_webhook(client, standin, receiver):
    standin.lever(webhook_delay=0.3)
    began = time.monotonic()
    paid_session(client, standin)
    assert receiver.got == []
    assert standin.wait_idle()
    assert len(receiver.got) == 1
    assert time.monotonic() - began >= 0.3


def test_out_of_order_sends_the_newest_first(client, standin, receiver):
    standin.lever(webhook_out_of_order=3)
    session = paid_session(client, standin)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert receiver.got == []
    client.v1.refunds.create({"payment_intent": intent})
    assert standin.wait_idle()
    assert receiver.kinds(client) == ["charge.refunded", "refund.created", "checkout.session.completed"]


def test_the_webhook_can_come_before_create_has_answered(client, standin, receiver):
    standin.lever(webhook_first=5)
    session = client.v1.checkout.sessions.create(params(), {"idempotency_key": "k"})
    assert receiver.kinds(client) == ["checkout.session.completed"]
    assert (session.status, session.payment_intent) == ("open", None)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_events_are_frozen_and_newest_first(client, standin):
    session = paid_session(client, standin)
    intent = client.v1.checkout.sessions.retrieve(session.id).payment_intent
    client.v1.refunds.create({"payment_intent": intent, "amount": 100}, {"idempotency_key": "refund:1"})
    client.v1.refunds.create({"payment_intent": intent, "amount": 200})
    events = client.v1.events.list().data
    assert [event.type for event in events] == [
        "charge.refunded",
        "refund.created",
        "charge.refunded",
        "refund.created",
        "checkout.session.completed",
    ]
    assert [events[0].data.object.amount_refunded, events[2].data.object.amount_refunded] == [300, 100]
    assert events[3].request.idempotency_key == "refund:1"


def test_the_list_of_events_has_cursors_and_filters(client, standin):
    for _ in range(4):
        paid_session(client, standin)
    newest_first = [event.id for event in client.v1.events.list().data]
    oldest = newest_first[-1]
    page = client.v1.events.list({"ending_before": oldest, "limit": 2})
    assert [event.id for event in page.data] == newest_first[1:3]
    assert page.has_more is True
    assert {event.id for event in page.auto_paging_iter()} == set(newest_first[:3])
    after = client.v1.events.list({"starting_after": newest_first[0], "limit": 100})
    assert [event.id for event in after.data] == newest_first[1:]
    assert client.v1.events.list({"type": "charge.*"}).data == []
    assert len(client.v1.events.list({"types": ["checkout.session.completed", "x"]}).data) == 4
    assert client.v1.events.list({"created": {"gt": int(time.time()) + 5}}).data == []
    for wrong in (
        {"ending_before": "evt_none"},
        {"colour": "x"},
        {"limit": 101},
        {"type": "a", "types": ["b"]},
        {"types": ["charge.*"]},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.events.list(wrong)
    standin.lever(clock_offset=30 * 24 * 3600 + 60)
    assert client.v1.events.list().data == [], "thirty days, and not a day more"


def test_levers_and_state_over_http(client, standin):
    moved = requests.post(
        f"{standin.api_base}/__levers", json={"webhook_off": True, "clock_offset": 60}, timeout=5
    )
    assert moved.json()["levers"]["webhook_off"] is True
    session = paid_session(client, standin)
    state = requests.get(f"{standin.api_base}/__state", timeout=5).json()
    assert state["sessions"][session.id]["status"] == "complete"
    assert state["requests"][0]["params"]["locale"] == "de"
    assert [delivery["state"] for delivery in state["deliveries"].values()] == ["pending"]
    assert requests.post(f"{standin.api_base}/__levers", json={"reset": True}, timeout=5).status_code == 200
    assert standin.levers.now.webhook_off is False
    for wrong in ({"colour": 1}, {"fail_next": {"colour": 1}}, {"fail_next": {"stage": "never"}}, [1]):
        assert requests.post(f"{standin.api_base}/__levers", json=wrong, timeout=5).status_code == 400
    as_form = requests.post(f"{standin.api_base}/__levers", data={"webhook_off": "1"}, timeout=5)
    assert as_form.status_code == 415

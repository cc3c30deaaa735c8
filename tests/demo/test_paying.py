"""Paying on the page over HTTP, refunds, and what Stripe then shows."""

import re

import pytest
import requests
import stripe

from .checkout import params, priced


def press(session, act):
    return requests.post(
        session.url.replace("localhost", "127.0.0.1"), data={"act": act}, allow_redirects=False, timeout=5
    )


@pytest.fixture
def session(client):
    return client.v1.checkout.sessions.create(
        params(success_url="http://127.0.0.1:8000/paid/tok?s={CHECKOUT_SESSION_ID}")
    )


@pytest.fixture
def paid(session, client, standin):
    standin.pay(session.id)
    return client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})


def test_the_page_says_what_it_is_and_what_is_paid(session, standin):
    answer = requests.get(session.url.replace("localhost", "127.0.0.1"), timeout=5)
    assert answer.status_code == 200
    assert "This is a pretend payment page. No money moves." in answer.text
    assert "Services" in answer.text
    assert "€90<" in answer.text
    assert "<script" not in answer.text and "style=" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-" not in policy
    assert "form-action 'self' http://127.0.0.1:8000;" in policy
    style = requests.get(f"{standin.api_base}/pay.css", timeout=5)
    assert style.headers["Content-Type"].startswith("text/css")


def test_words_from_the_app_are_escaped_on_the_page(client):
    line = priced(9000)
    line[0]["price_data"]["product_data"]["name"] = "<script>x</script>"
    session = client.v1.checkout.sessions.create(params(line_items=line))
    answer = requests.get(session.url.replace("localhost", "127.0.0.1"), timeout=5)
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_pay_completes_the_session_and_leads_back(session, client, standin, receiver):
    answer = press(session, "pay")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://127.0.0.1:8000/paid/tok?s={session.id}"
    path = ["payment_intent.latest_charge.balance_transaction", "line_items"]
    now = client.v1.checkout.sessions.retrieve(session.id, {"expand": path})
    assert (now.status, now.payment_status, now.url) == ("complete", "paid", None)
    intent = now.payment_intent
    assert (intent.status, intent.amount_received, intent.metadata["attempt"]) == ("succeeded", 9000, "att-1")
    charge = intent.latest_charge
    assert charge.calculated_statement_descriptor == "QUIET HARB* SERVICES"
    assert charge.balance_transaction.net == 9000 - charge.balance_transaction.fee
    assert standin.wait_idle()
    (body, header) = receiver.got[0]
    event = client.construct_event(body, header, "whsec_second")
    assert (event.type, event.api_version, event.livemode) == (
        "checkout.session.completed",
        "2026-10-28.endive",
        False,
    )
    assert (event.data.object.id, event.data.object.payment_intent) == (session.id, intent.id)


def test_paying_twice_pays_once(session, standin, client):
    assert press(session, "pay").status_code == 303
    second = press(session, "pay")
    assert second.status_code == 200
    assert "This payment is done" in second.text
    assert len(client.v1.events.list().data) == 1


def test_a_declined_card_charges_nothing_and_can_be_tried_again(session, client, standin):
    answer = press(session, "decline")
    assert answer.status_code == 303
    shown = requests.get(standin.api_base + answer.headers["Location"], timeout=5)
    assert "The card was declined. Nothing was charged. You can try again." in shown.text
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    assert standin.pay(session.id).startswith("http://127.0.0.1:8000/paid/tok")


def test_go_back_keeps_the_session_open(session, client, standin):
    assert standin.go_back(session.id) == "http://127.0.0.1:8000/paid/tok"
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_an_ended_session_cannot_be_paid(session, client, standin):
    client.v1.checkout.sessions.expire(session.id)
    answer = press(session, "pay")
    assert answer.status_code == 410
    assert "Nothing was charged." in answer.text
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_odd_requests_get_a_calm_page(session, standin):
    assert press(session, "dance").status_code == 400
    assert requests.get(f"{standin.api_base}/pay/cs_test_none", timeout=5).status_code == 404
    assert requests.get(f"{standin.api_base}/", timeout=5).status_code == 404


def test_a_stranger_name_for_this_machine_is_refused(standin):
    answer = requests.get(f"{standin.api_base}/__state", headers={"Host": "evil.example"}, timeout=5)
    assert answer.status_code == 403


def test_a_total_of_nothing_needs_no_payment(client, standin):
    session = client.v1.checkout.sessions.create(params(line_items=priced(0)))
    standin.pay(session.id)
    now = client.v1.checkout.sessions.retrieve(session.id)
    assert (now.status, now.payment_status, now.payment_intent) == ("complete", "no_payment_required", None)


def test_amounts_without_and_with_three_decimals(client):
    for amount, currency, shown in [
        (500, "jpy", "500 JPY"),
        (1050, "kwd", "1.050 KWD"),
        (123450, "eur", "€1,234.50"),
    ]:
        session = client.v1.checkout.sessions.create(params(line_items=priced(amount, currency)))
        answer = requests.get(session.url.replace("localhost", "127.0.0.1"), timeout=5)
        assert re.search(rf"Pay {re.escape(shown)}<", answer.text)


def test_refunds_in_two_parts_then_no_more(paid, client, standin, receiver):
    intent = paid.payment_intent
    key = {"idempotency_key": "refund:r1"}
    first = client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 4000, "metadata": {"refund": "r1"}}, key
    )
    assert (first.status, first.amount, first.metadata["refund"]) == ("succeeded", 4000, "r1")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 5001})
    assert refused.value.param == "amount"
    rest = client.v1.refunds.create({"charge": intent.latest_charge.id})
    assert rest.amount == 5000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert refused.value.code == "charge_already_refunded"
    charge = client.v1.charges.retrieve(intent.latest_charge.id, {"expand": ["refunds"]})
    assert (charge.refunded, charge.amount_refunded) == (True, 9000)
    assert {refund.id for refund in charge.refunds.data} == {first.id, rest.id}
    assert standin.wait_idle()
    assert sorted(receiver.kinds(client)) == [
        "charge.refunded",
        "charge.refunded",
        "checkout.session.completed",
        "refund.created",
        "refund.created",
    ]


def test_refunds_are_listed_by_their_payment_newest_first(paid, client):
    wanted = {"payment_intent": paid.payment_intent.id}
    made = [client.v1.refunds.create({**wanted, "amount": amount}).id for amount in (10_00, 20_00)]
    assert [each.id for each in client.v1.refunds.list(wanted).data] == made[::-1]
    first = client.v1.refunds.list({**wanted, "limit": 1})
    assert [each.id for each in first.data] == made[1:] and first.has_more
    assert client.v1.refunds.list({"payment_intent": "pi_other"}).data == []


def test_the_same_refund_key_refunds_once(paid, client):
    wanted = {"payment_intent": paid.payment_intent.id, "amount": 4000}
    ids = {client.v1.refunds.create(wanted, {"idempotency_key": "refund:r1"}).id for _ in range(3)}
    assert len(ids) == 1
    assert client.v1.charges.retrieve(paid.payment_intent.latest_charge.id).amount_refunded == 4000


@pytest.mark.parametrize(
    ("changes", "param"),
    [({"amount": 0}, "amount"), ({"reason": "bored"}, "reason"), ({"colour": "x"}, "colour")],
)
def test_a_wrong_refund_parameter_is_refused_by_name(paid, client, changes, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"payment_intent": paid.payment_intent.id, **changes})
    assert refused.value.param == param


def test_a_refund_needs_a_payment(client):
    for wanted in ({}, {"payment_intent": "pi_none"}, {"charge": "ch_none"}):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.refunds.create(wanted)


def test_a_refund_can_fail_later(paid, client, standin, receiver):
    standin.lever(refund_fails={"times": 1, "after": 0.05})
    refund = client.v1.refunds.create({"payment_intent": paid.payment_intent.id})
    assert refund.status == "succeeded"
    assert standin.wait_idle()
    assert receiver.kinds(client).count("refund.failed") == 1
    failed = client.v1.refunds.retrieve(refund.id, {"expand": ["charge"]})
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (failed.charge.refunded, failed.charge.amount_refunded) == (False, 0)


def test_payment_intents_are_shown(paid, client):
    intent = client.v1.payment_intents.retrieve(paid.payment_intent.id)
    assert (intent.status, intent.latest_charge) == ("succeeded", paid.payment_intent.latest_charge.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such charge"):
        client.v1.charges.retrieve(intent.id)


def test_a_disputed_charge_cannot_be_refunded(paid, client, standin, receiver):
    charge = paid.payment_intent.latest_charge.id
    dispute = standin.dispute(charge)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create({"charge": charge})
    assert refused.value.code == "charge_disputed"
    standin.close_dispute(dispute, "won")
    assert standin.wait_idle()
    events = [event for event in standin.events if event["type"].startswith("charge.dispute")]
    assert [(event["type"], event["data"]["object"]["status"]) for event in events] == [
        ("charge.dispute.created", "needs_response"),
        ("charge.dispute.closed", "won"),
    ]
    assert len(receiver.got) == 3
    assert standin.dispute("ch_none") is None

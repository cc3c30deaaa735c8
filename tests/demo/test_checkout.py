"""Sessions through the real library: made, refused, replayed, expanded, ended."""

import time
from typing import Any

import pytest
import stripe

from coachapp.demo.stripe_standin import LiveKeyRefused, StripeStandIn, refuse_live_key

from .checkout import library, params, priced


def test_a_new_session_is_open_and_has_no_payment_yet(client, standin):
    session = client.v1.checkout.sessions.create(params(), {"idempotency_key": "checkout:att-1:1"})
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.client_reference_id) == (9000, "eur", "att-1")
    assert session.livemode is False
    assert session.url == f"{standin.pay_base}/pay/{session.id}"
    assert session.metadata["attempt"] == "att-1"
    assert session.last_response.headers["Request-Id"].startswith("req_")


def test_what_was_sent_can_be_read_back(client, standin):
    client.v1.checkout.sessions.create(params(), {"idempotency_key": "k"})
    (got,) = standin.requests
    assert (got.method, got.path, got.status) == ("POST", "/v1/checkout/sessions", 200)
    assert got.params["line_items"]["0"]["price_data"]["product_data"] == {"name": "Services"}
    assert got.params["adaptive_pricing"] == {"enabled": "false"}
    assert got.headers["idempotency-key"] == "k"
    assert got.headers["stripe-version"] == "2026-10-28.endive"
    assert "rk_test_123" not in str(got)


def test_same_key_gives_back_the_first_session(client, standin):
    wanted = params()
    first = client.v1.checkout.sessions.create(wanted, {"idempotency_key": "k"})
    again = client.v1.checkout.sessions.create(wanted, {"idempotency_key": "k"})
    assert again.to_dict() == first.to_dict()
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(standin.sessions) == 1
    assert [got.replayed for got in standin.requests] == [False, True]


def test_same_key_with_other_parameters_is_refused(client):
    client.v1.checkout.sessions.create(params(), {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.create(params(locale="fr"), {"idempotency_key": "k"})


def test_a_refused_request_is_not_kept(client):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(params(locale="xx"), {"idempotency_key": "k"})
    assert client.v1.checkout.sessions.create(params(), {"idempotency_key": "k"}).status == "open"


def test_a_kept_result_is_forgotten_after_a_day(client, standin):
    wanted = params(expires_at=None)
    first = client.v1.checkout.sessions.create(wanted, {"idempotency_key": "k"})
    standin.lever(clock_offset=24 * 60 * 60 + 5)
    assert client.v1.checkout.sessions.create(wanted, {"idempotency_key": "k"}).id != first.id


SUFFIX = "payment_intent_data[statement_descriptor_suffix]"
AMOUNT = "line_items[0][price_data][unit_amount]"


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"colour": "green"}, "colour", "parameter_unknown"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "parameter_unknown"),
        (
            {"line_items": priced(9000, colour="x")},
            "line_items[0][price_data][colour]",
            "parameter_unknown",
        ),
        ({"mode": None}, "mode", "parameter_missing"),
        ({"success_url": None}, "success_url", "parameter_missing"),
        ({"success_url": "/paid/tok"}, "success_url", "url_invalid"),
        ({"success_url": ""}, "success_url", "parameter_invalid_empty"),
        ({"mode": "subscription"}, "mode", None),
        ({"ui_mode": "hosted"}, "ui_mode", None),
        ({"submit_type": "reserve"}, "submit_type", None),
        ({"allowed_payment_method_types": ["sepa_debit"]}, "allowed_payment_method_types[0]", None),
        ({"adaptive_pricing": {"enabled": "maybe"}}, "adaptive_pricing[enabled]", None),
        ({"customer_email": "a@example.com"}, "customer_email", None),
        (
            {"payment_intent_data": {"receipt_email": "a@example.com"}},
            "payment_intent_data[receipt_email]",
            None,
        ),
        ({"client_reference_id": "x" * 201}, "client_reference_id", "parameter_invalid_string_length"),
        ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]", None),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata", None),
        ({"line_items": priced(49)}, AMOUNT, "amount_too_small"),
        ({"line_items": priced(29, "gbp")}, AMOUNT, "amount_too_small"),
        ({"line_items": priced(100_000_000)}, AMOUNT, "amount_too_large"),
        ({"line_items": priced(1005, "kwd")}, AMOUNT, None),
        ({"line_items": priced(-1)}, AMOUNT, "parameter_invalid_integer"),
        ({"line_items": priced("9.50")}, AMOUNT, "parameter_invalid_integer"),
        ({"line_items": priced(9000, "e1r")}, "line_items[0][price_data][currency]", None),
        (
            {"line_items": priced(9000) + priced(9000, "usd")},
            "line_items[1][price_data][currency]",
            None,
        ),
        (
            {"payment_intent_data": {"statement_descriptor": "QH"}},
            "payment_intent_data[statement_descriptor]",
            None,
        ),
        ({"payment_intent_data": {"statement_descriptor_suffix": "12345"}}, SUFFIX, None),
        ({"payment_intent_data": {"statement_descriptor_suffix": "A*B"}}, SUFFIX, None),
        ({"payment_intent_data": {"statement_descriptor_suffix": "ΩMEGA"}}, SUFFIX, None),
        ({"payment_intent_data": {"statement_descriptor_suffix": "ELEVEN CHAR"}}, SUFFIX, None),
        ({"expires_at": int(time.time()) + 29 * 60}, "expires_at", None),
        ({"expires_at": int(time.time()) + 25 * 60 * 60}, "expires_at", None),
        ({"expand": ["colour"]}, "expand[0]", None),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    client: stripe.StripeClient, changes: dict[str, Any], param: str, code: str | None
):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(params(**changes))
    assert refused.value.http_status == 400
    assert (refused.value.param, refused.value.code) == (param, code)


def test_without_an_end_a_session_lives_a_day(client):
    session = client.v1.checkout.sessions.create(params(expires_at=None))
    assert session.expires_at - session.created == 24 * 60 * 60


def test_line_items_are_shown_only_when_asked_for(client):
    session = client.v1.checkout.sessions.create(params())
    assert "line_items" not in session
    full = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    (line,) = full.line_items.data
    assert (line.description, line.amount_total, line.price.tax_behavior) == ("Services", 9000, "inclusive")


def test_an_open_session_can_be_ended_once(client, standin, receiver):
    session = client.v1.checkout.sessions.create(params())
    assert client.v1.checkout.sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        client.v1.checkout.sessions.expire(session.id)
    assert standin.wait_idle()
    assert receiver.kinds(client) == ["checkout.session.expired"]


def test_a_paid_session_cannot_be_ended(client, standin):
    session = client.v1.checkout.sessions.create(params())
    standin.pay(session.id)
    with pytest.raises(stripe.InvalidRequestError, match="status of complete"):
        client.v1.checkout.sessions.expire(session.id)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"


def test_a_session_ends_by_the_clock(client, standin, receiver):
    session = client.v1.checkout.sessions.create(params())
    standin.lever(clock_offset=35 * 60 + 5)
    assert standin.wait_idle()
    assert receiver.kinds(client) == ["checkout.session.expired"]
    ended = client.v1.checkout.sessions.retrieve(session.id)
    assert (ended.status, ended.payment_status, ended.url) == ("expired", "unpaid", None)


def test_an_unknown_session_is_missing(client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.retrieve("cs_test_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_an_address_not_played_is_named(client):
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.v1.customers.retrieve("cus_1")


@pytest.mark.parametrize("key", ["sk_live_123", "rk_live_123", "pk_test_123"])
def test_only_test_keys_are_let_in(standin, key):
    for client in library(standin.api_base, key):
        with pytest.raises(stripe.AuthenticationError) as refused:
            client.v1.checkout.sessions.create(params())
        assert key not in str(refused.value)
    assert not standin.sessions


@pytest.mark.parametrize("key", ["sk_live_123", "rk_live_123", " sk_live_123\n"])
def test_it_does_not_start_beside_a_live_key(key):
    with pytest.raises(LiveKeyRefused) as refused:
        StripeStandIn(beside_key=key)
    assert key.strip() not in str(refused.value)


def test_test_keys_and_none_are_welcome_beside_it():
    refuse_live_key(None)
    refuse_live_key("rk_test_123")


def test_webhooks_go_to_this_machine_only():
    with pytest.raises(ValueError, match="on this machine"):
        StripeStandIn("http://example.com/webhooks/stripe")

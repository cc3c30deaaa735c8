"""What leaves for Stripe: a list of parameters and values that may, and nothing else."""

import json
import re

import pytest

from coachapp.payments.models import Attempt, Refund
from tests.cast import Person
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

CANARY = Person("Zephyrine Canary", "zephyrine", "-", "Asia/Kathmandu", "zephyrine.canary@example.com")
HOPE = "the canary sings of my mother"


@pytest.fixture
def everything(world):
    """Someone with telling words books, pays and cancels; every request that Stripe got."""
    walker = world.walker(CANARY)
    walker.to_payment(hope=HOPE)
    world.stripe.lever(webhook_off=True)
    walker.pay()
    walker.come_back()
    walker.fill(f"{walker.place_path}/cancel", {})
    assert world.ledger()[3] == ["succeeded"]
    return world, walker


@pytest.mark.safety("T12")
def test_the_session_to_the_letter(everything):
    world, _ = everything
    (create,) = world.asked("POST", "/v1/checkout/sessions")
    ((attempt_id, order_id, expires_at),) = world.rows(Attempt.id, Attempt.order_id, Attempt.expires_at)
    back = create.params["success_url"]
    assert re.fullmatch(rf"{re.escape(world.url)}/paid/[\w-]{{24}}", back)
    assert create.params == {
        "mode": "payment",
        "submit_type": "book",
        "locale": "en-GB",
        "client_reference_id": attempt_id.hex,
        "metadata": {"attempt": attempt_id.hex},
        "expires_at": str(int(expires_at.timestamp())),
        "line_items": {
            "0": {
                "quantity": "1",
                "price_data": {
                    "currency": "eur",
                    "unit_amount": "9500",
                    "tax_behavior": "inclusive",
                    "product_data": {"name": "Services"},
                },
            }
        },
        "payment_intent_data": {
            "metadata": {"attempt": attempt_id.hex},
            "statement_descriptor_suffix": "SERVICES",
        },
        "allowed_payment_method_types": {"0": "card"},
        "wallet_options": {"link": {"display": "never"}},
        "adaptive_pricing": {"enabled": "false"},
        "customer_creation": "if_required",
        "success_url": back,
        "cancel_url": back,
    }
    assert create.headers["idempotency-key"] == f"checkout:{order_id.hex}:1"


@pytest.mark.safety("T12")
def test_the_refund_to_the_letter(everything):
    world, _ = everything
    (refund,) = world.asked("POST", "/v1/refunds")
    ((refund_id,),) = world.rows(Refund.id)
    assert set(refund.params) == {"payment_intent", "amount", "metadata"}
    assert refund.params["amount"] == "9500"
    assert refund.params["metadata"] == {"refund": refund_id.hex}
    assert refund.headers["idempotency-key"] == f"refund:{refund_id.hex}"


@pytest.mark.safety("T12")
def test_nothing_personal_in_any_request(everything):
    world, walker = everything
    place = walker.place()
    told = [
        CANARY.name,
        "Zephyrine",
        "canary",
        HOPE,
        "mother",
        CANARY.zone,
        "Kathmandu",
        "Power hour",
        "power-hour",
    ]
    told += [
        "Nora",
        "Quiet Harbour",
        place.id.hex,
        str(place.id),
        place.client_id.hex,
        f"{place.starts_at:%Y-%m-%d}",
    ]
    for got in world.stripe.requests:
        said = json.dumps([got.path, got.params, dict(got.headers)])
        for word in told:
            assert word.lower() not in said.lower(), (word, got.path)


@pytest.mark.safety("T12")
def test_no_telemetry(everything):
    world, _ = everything
    assert len(world.stripe.requests) >= 3
    for got in world.stripe.requests:
        assert "x-stripe-client-telemetry" not in got.headers
        assert "cookie" not in got.headers and "referer" not in got.headers

"""Parameters of a session as the product sends them, and the library set up as the product does."""

import copy
import time
from collections.abc import Iterator
from typing import Any

import stripe

SECRETS = ("whsec_first", "whsec_second")

EUR_90: dict[str, Any] = {
    "mode": "payment",
    "submit_type": "book",
    "locale": "de",
    "client_reference_id": "att-1",
    "metadata": {"attempt": "att-1"},
    "line_items": [
        {
            "quantity": 1,
            "price_data": {
                "currency": "eur",
                "unit_amount": 9000,
                "tax_behavior": "inclusive",
                "product_data": {"name": "Services"},
            },
        }
    ],
    "payment_intent_data": {"metadata": {"attempt": "att-1"}, "statement_descriptor_suffix": "SERVICES"},
    "allowed_payment_method_types": ["card"],
    "wallet_options": {"link": {"display": "never"}},
    "adaptive_pricing": {"enabled": False},
    "customer_creation": "if_required",
    "success_url": "http://127.0.0.1:8000/paid/tok",
    "cancel_url": "http://127.0.0.1:8000/paid/tok",
}


def params(**changes: Any) -> dict[str, Any]:
    """The usual parameters, ending in 35 minutes, with top-level changes; None takes one out."""
    made = {**copy.deepcopy(EUR_90), "expires_at": int(time.time()) + 35 * 60, **changes}
    return {name: value for name, value in made.items() if value is not None}


def priced(amount: int, currency: str = "eur", **more: Any) -> list[dict[str, Any]]:
    """One line at this price in minor units."""
    data = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Services"}, **more}
    return [{"quantity": 1, "price_data": data}]


def library(base: str, key: str = "rk_test_123") -> Iterator[stripe.StripeClient]:
    """The client exactly as the product makes it."""
    stripe.enable_telemetry = False
    line = stripe.RequestsClient(timeout=(3.05, 5))
    yield stripe.StripeClient(key, base_addresses={"api": base}, max_network_retries=2, http_client=line)
    line.close()

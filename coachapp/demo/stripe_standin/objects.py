"""Shapes of sessions, their lines and events in API version 2026-10-28.endive, as a card payment shows them."""

import secrets
from typing import Any

from coachapp.demo.stripe_standin.answers import Obj
from coachapp.demo.stripe_standin.checkout_params import total

API_VERSION = "2026-10-28.endive"


def new_id(prefix: str) -> str:
    """A fresh id such as `pi_3f…`."""
    return f"{prefix}_{secrets.token_hex(12)}"


def line_items(params: dict[str, Any], now: int) -> list[Obj]:
    """One `item` for each line of the session's parameters."""
    return [_line(line, params["currency"], now) for line in params["line_items"]]


def _line(line: dict[str, Any], currency: str, now: int) -> Obj:
    price = line["price_data"]
    amount = price["unit_amount"] * line["quantity"]
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": price["product_data"]["name"],
        "metadata": line.get("metadata", {}),
        "price": _price(price, currency, now),
        "quantity": line["quantity"],
    }


def _price(price: dict[str, Any], currency: str, now: int) -> Obj:
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("prod"),
        "recurring": None,
        "tax_behavior": price.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": price["unit_amount"],
        "unit_amount_decimal": str(price["unit_amount"]),
    }


# What every session of this stand-in has in common: the features it does not play, at rest.
_SESSION_AT_REST: Obj = {
    "after_expiration": None,
    "allow_promotion_codes": None,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency_conversion": None,
    "custom_fields": [],
    "customer": None,
    "customer_account": None,
    "customer_details": None,
    "customer_email": None,
    "discounts": [],
    "invoice": None,
    "invoice_creation": None,
    "payment_intent": None,
    "payment_link": None,
    "payment_method_collection": "if_required",
    "payment_method_configuration_details": None,
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "payment_method_types": ["card"],
    "permissions": None,
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "saved_payment_method_options": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "subscription": None,
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
}


def checkout_session(params: dict[str, Any], session_id: str, url: str, now: int) -> Obj:
    """An open session as `sessions.create` answers it. Amounts in minor units, times in epoch seconds."""
    texts = dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"))
    return {
        "id": session_id,
        "object": "checkout.session",
        **_SESSION_AT_REST,
        "adaptive_pricing": params.get("adaptive_pricing", {"enabled": True}),
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "amount_subtotal": total(params),
        "amount_total": total(params),
        "billing_address_collection": params.get("billing_address_collection"),
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": now,
        "currency": params["currency"],
        "custom_text": {**texts, **params.get("custom_text", {})},
        "customer_creation": params.get("customer_creation", "if_required"),
        "excluded_payment_method_types": params.get("excluded_payment_method_types"),
        "expires_at": params["expires_at"],
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": params.get("metadata", {}),
        "mode": "payment",
        "origin_context": params.get("origin_context"),
        "payment_status": "unpaid" if total(params) else "no_payment_required",
        "status": "open",
        "submit_type": params.get("submit_type"),
        "success_url": params["success_url"],
        "ui_mode": "hosted_page",
        "url": url,
        "wallet_options": params.get("wallet_options"),
    }


def customer_details() -> Obj:
    """Details of a payer of whom nothing is known: the pretend page asks for nothing."""
    nothing = dict.fromkeys(
        ("address", "business_name", "email", "individual_name", "name", "phone"),
    )
    return {**nothing, "tax_exempt": "none", "tax_ids": []}


def event(kind: str, subject: Obj, request_id: str | None, key: str | None, now: int) -> Obj:
    """An event about `subject`, to be frozen by the caller; `pending_webhooks` is filled in when it is read."""
    return {
        "id": new_id("evt"),
        "object": "event",
        "account": None,
        "api_version": API_VERSION,
        "created": now,
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": request_id, "idempotency_key": key},
        "type": kind,
    }

"""Which parameters a Checkout Session may be made with, and the rules between them."""

import re
from typing import Any

from coachapp.demo.stripe_standin.answers import Refusal
from coachapp.demo.stripe_standin.fields import (
    Field,
    Flag,
    Group,
    ListOf,
    Metadata,
    OneOf,
    Refused,
    Text,
    Url,
    Whole,
)

HALF_AN_HOUR = 30 * 60
A_DAY = 24 * 60 * 60
STATEMENT_MOST = 22
LARGEST_AMOUNT = 99_999_999
THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})

# The least that can be charged, in minor units; a currency not named here is treated like the euro.
LEAST_AMOUNT = {
    "eur": 50, "usd": 50, "gbp": 30, "chf": 50, "aud": 50, "cad": 50, "nzd": 50, "sgd": 50, "brl": 50, "inr": 50,
    "jpy": 50, "dkk": 250, "nok": 300, "sek": 300, "pln": 200, "ron": 200, "czk": 1500, "huf": 17500,
    "hkd": 400, "mxn": 1000, "aed": 200, "thb": 1000,
}  # fmt: skip

LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk",
    "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)  # fmt: skip

# Real parameters of this version that the product never sends: sending one by mistake shows at once.
NOT_PLAYED = (
    "after_expiration", "branding_settings", "consent_collection", "custom_fields", "customer", "customer_account",
    "customer_email", "customer_update", "discounts", "integration_identifier", "managed_payments",
    "name_collection", "optional_items", "payment_method_collection", "payment_method_configuration",
    "payment_method_data", "payment_method_options", "permissions", "redirect_on_completion", "return_url",
    "saved_payment_method_options", "setup_intent_data", "shipping_address_collection", "shipping_options",
    "subscription_data", "tax_id_collection",
)  # fmt: skip
INTENT_NOT_PLAYED = (
    "application_fee_amount", "capture_method", "on_behalf_of", "receipt_email", "setup_future_usage", "shipping",
    "transfer_data", "transfer_group",
)  # fmt: skip


def not_played(names: tuple[str, ...]) -> dict[str, Field]:
    """Fields that are refused because the stand-in does not play them."""
    return {name: Refused(f"This stand-in does not play '{name}'.") for name in names}


PRODUCT = Group({"name": Text(250), "description": Text(), "metadata": Metadata()}, needed=("name",))
PRICE = Group(
    {
        "currency": Text(3),
        "unit_amount": Whole(),
        "tax_behavior": OneOf(("exclusive", "inclusive", "unspecified")),
        "product_data": PRODUCT,
        **not_played(("product", "recurring", "unit_amount_decimal")),
    },
    needed=("currency", "unit_amount", "product_data"),
)
LINE = Group(
    {
        "price_data": PRICE,
        "quantity": Whole(1, 999_999),
        "metadata": Metadata(),
        **not_played(("price", "adjustable_quantity", "tax_rates")),
    },
    needed=("price_data", "quantity"),
)
INTENT_DATA = Group(
    {
        "metadata": Metadata(),
        "description": Text(1000),
        "statement_descriptor_suffix": Text(STATEMENT_MOST),
        "statement_descriptor": Refused(
            "The `statement_descriptor` parameter is not supported for card charges. Use"
            " `statement_descriptor_suffix` instead."
        ),
        **not_played(INTENT_NOT_PLAYED),
    }
)
_MESSAGE = Group({"message": Text(1200)}, needed=("message",))
SESSION = Group(
    {
        "mode": OneOf(("payment",)),
        "submit_type": OneOf(("auto", "book", "donate", "pay")),
        "locale": OneOf(LOCALES),
        "client_reference_id": Text(200),
        "metadata": Metadata(),
        "currency": Text(3),
        "expires_at": Whole(),
        "line_items": ListOf(LINE, least=1, most=100),
        "payment_intent_data": INTENT_DATA,
        "payment_method_types": Refused(
            "Received unknown parameter: payment_method_types. Did you mean allowed_payment_method_types?",
            code="parameter_unknown",
        ),
        "allowed_payment_method_types": ListOf(OneOf(("card",)), least=1),
        "excluded_payment_method_types": ListOf(Text(50)),
        "wallet_options": Group({"link": Group({"display": OneOf(("auto", "never"))})}),
        "adaptive_pricing": Group({"enabled": Flag()}),
        "allow_promotion_codes": Flag(only=False),
        "automatic_tax": Group({"enabled": Flag(only=False)}, needed=("enabled",)),
        "billing_address_collection": OneOf(("auto", "required")),
        "customer_creation": OneOf(("if_required",)),
        "custom_text": Group(
            dict.fromkeys(
                ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance"), _MESSAGE
            )
        ),
        "invoice_creation": Group({"enabled": Flag(only=False)}, needed=("enabled",)),
        "origin_context": OneOf(("mobile_app", "web")),
        "phone_number_collection": Group({"enabled": Flag(only=False)}, needed=("enabled",)),
        "ui_mode": OneOf(("hosted_page",)),
        "success_url": Url(),
        "cancel_url": Url(),
        "expand": ListOf(Text(200), most=20),
        **not_played(NOT_PLAYED),
    },
    needed=("mode", "line_items", "success_url"),
)


def read_session(raw: dict[str, Any], now: int, statement_prefix: str) -> dict[str, Any]:
    """The parameters as Python values, `expires_at` and `currency` filled in;
    raises Refusal naming the first wrong one.

    `now` is in epoch seconds; amounts are in minor units of the currency.
    """
    params = SESSION.read(raw)
    params["currency"] = _one_currency(params)
    _check_amount(params)
    params["expires_at"] = _check_end(params.get("expires_at"), now)
    suffix = params.get("payment_intent_data", {}).get("statement_descriptor_suffix")
    if suffix is not None:
        _check_suffix(suffix, statement_prefix)
    return params


def total(params: dict[str, Any]) -> int:
    """Sum of all lines in minor units."""
    lines: list[dict[str, Any]] = params["line_items"]
    return sum(int(line["price_data"]["unit_amount"]) * int(line["quantity"]) for line in lines)


def _one_currency(params: dict[str, Any]) -> str:
    first: str = params.get("currency") or params["line_items"][0]["price_data"]["currency"]
    for number, line in enumerate(params["line_items"]):
        currency: str = line["price_data"]["currency"]
        where = f"line_items[{number}][price_data][currency]"
        if not re.fullmatch(r"[A-Za-z]{3}", currency):
            raise Refusal(f"Invalid currency: {currency}.", param=where)
        if currency.lower() != first.lower():
            raise Refusal("All line items must have the same currency.", param=where)
    return first.lower()


def _check_amount(params: dict[str, Any]) -> None:
    currency, amount = params["currency"], total(params)
    least = LEAST_AMOUNT.get(currency, 50)
    if 0 < amount < least:
        message = f"The Checkout Session's total amount due must add up to at least {least} ({currency}, minor units)"
        raise Refusal(message, param="line_items[0][price_data][unit_amount]", code="amount_too_small")
    if amount > LARGEST_AMOUNT:
        message = f"The Checkout Session's total amount must be no more than {LARGEST_AMOUNT}"
        raise Refusal(message, param="line_items[0][price_data][unit_amount]", code="amount_too_large")
    if currency in THREE_DECIMALS and amount % 10:
        message = f"Amounts in {currency} must end in 0."
        raise Refusal(message, param="line_items[0][price_data][unit_amount]")


def _check_end(expires_at: int | None, now: int) -> int:
    if expires_at is None:
        return now + A_DAY
    if expires_at < now + HALF_AN_HOUR:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise Refusal(message, param="expires_at")
    if expires_at > now + A_DAY:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise Refusal(message, param="expires_at")
    return expires_at


def _check_suffix(suffix: str, prefix: str) -> None:
    where = "payment_intent_data[statement_descriptor_suffix]"
    if re.search(r"[<>\\'\"*]", suffix) or not suffix.isascii():
        message = "The statement descriptor suffix must be Latin and contain none of < > \\ ' \" *"
        raise Refusal(message, param=where)
    if not re.search(r"[A-Za-z]", suffix):
        raise Refusal("The statement descriptor suffix must contain at least one letter.", param=where)
    if len(f"{prefix}* {suffix}") > STATEMENT_MOST:
        message = (
            f"The statement descriptor prefix and suffix together take at most {STATEMENT_MOST} characters."
        )
        raise Refusal(message, param=where)

"""Shapes of what a payment leaves: intent, charge, balance transaction, refund, dispute."""

import secrets
from typing import Any

from coachapp.demo.stripe_standin.answers import Obj
from coachapp.demo.stripe_standin.objects import new_id

FEE_FLAT = 25
FEE_PER_THOUSAND = 15

# Properties that are there and empty in every answer of the stand-in.
_INTENT_EMPTY = (
    "application", "application_fee_amount", "automatic_payment_methods", "canceled_at",
    "cancellation_reason", "customer", "customer_account", "last_payment_error", "next_action",
    "on_behalf_of", "processing", "receipt_email", "review", "setup_future_usage", "shipping", "source",
    "statement_descriptor", "transfer_data", "transfer_group",
)  # fmt: skip
_CHARGE_EMPTY = (
    "application", "application_fee", "application_fee_amount", "customer", "description",
    "failure_balance_transaction", "failure_code", "failure_message", "on_behalf_of", "receipt_email",
    "receipt_number", "receipt_url", "review", "shipping", "source", "source_transfer",
    "statement_descriptor", "transfer_data", "transfer_group",
)  # fmt: skip


def payment_intent(session: Obj, data: dict[str, Any], charge_id: str, now: int) -> Obj:
    """A succeeded payment of a session; `data` is the session's `payment_intent_data`."""
    amount = session["amount_total"]
    identity = new_id("pi")
    return {
        "id": identity,
        "object": "payment_intent",
        **dict.fromkeys(_INTENT_EMPTY),
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": amount,
        "capture_method": "automatic_async",
        "client_secret": f"{identity}_secret_{secrets.token_hex(8)}",
        "confirmation_method": "automatic",
        "created": now,
        "currency": session["currency"],
        "description": data.get("description"),
        "latest_charge": charge_id,
        "livemode": False,
        "metadata": data.get("metadata", {}),
        "payment_method": new_id("pm"),
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "succeeded",
    }


def charge(intent: Obj, statement_prefix: str, now: int) -> Obj:
    """The paid card charge behind a payment intent."""
    suffix = intent["statement_descriptor_suffix"]
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    card = {
        "brand": "visa",
        "country": "IE",
        "exp_month": 12,
        "exp_year": 2034,
        "funding": "debit",
        "last4": "4242",
    }
    return {
        "id": intent["latest_charge"],
        "object": "charge",
        **dict.fromkeys(_CHARGE_EMPTY),
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "balance_transaction": None,
        "billing_details": {"address": address, "email": None, "name": None, "phone": None, "tax_id": None},
        "calculated_statement_descriptor": f"{statement_prefix}* {suffix}" if suffix else statement_prefix,
        "captured": True,
        "created": now,
        "currency": intent["currency"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": intent["metadata"],
        "outcome": {"network_status": "approved_by_network", "risk_level": "normal", "type": "authorized"},
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": {"card": card, "type": "card"},
        "refunded": False,
        "statement_descriptor_suffix": suffix,
        "status": "succeeded",
    }


def balance_transaction(source: Obj, amount: int, kind: str, now: int) -> Obj:
    """What a charge (`kind` "charge", amount positive) or refund ("refund", negative) does to the balance."""
    fee = FEE_FLAT + amount * FEE_PER_THOUSAND // 1000 if amount > 0 else 0
    part = {"amount": fee, "application": None, "currency": source["currency"], "type": "stripe_fee"}
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + 2 * 24 * 60 * 60,
        "balance_type": "payments",
        "created": now,
        "currency": source["currency"],
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [{**part, "description": "Stripe processing fees"}] if fee else [],
        "net": amount - fee,
        "reporting_category": kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def refund(charged: Obj, amount: int, params: dict[str, Any], now: int) -> Obj:
    """A refund of `amount` minor units that has gone through, for now."""
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charged["id"],
        "created": now,
        "currency": charged["currency"],
        "destination_details": {"card": {"reference_status": "pending", "type": "refund"}, "type": "card"},
        "metadata": params.get("metadata", {}),
        "payment_intent": charged["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def dispute(charged: Obj, amount: int, now: int) -> Obj:
    """A payer's bank asking for so much of a charge back, waiting for an answer."""
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charged["id"],
        "created": now,
        "currency": charged["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": now + 9 * 24 * 60 * 60,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charged["payment_intent"],
        "reason": "general",
        "status": "needs_response",
    }

"""The one place that speaks to Stripe. Only an opaque id, a neutral line and an amount ever leave (stripe 16)."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import stripe
from stripe.params.checkout import SessionCreateParams

from coachapp import db
from coachapp.config import Config
from coachapp.money import Money
from coachapp.payments.rules import (
    NEUTRAL_LINE,
    AttemptRow,
    BadSignature,
    DisputeFacts,
    GatewayAway,
    GatewayRefused,
    Knock,
    RefundFacts,
    RefundState,
    SessionFacts,
    Verdict,
)
from coachapp.practice.rules import STATEMENT_SUFFIX

stripe.enable_telemetry = False
TIMEOUT = (3.05, 20)
RETRIES = 2
# Stripe's words for a dispute that is over; `warning_closed` is a question that never became one.
_DECIDED = {
    "won": Verdict.WON,
    "lost": Verdict.LOST,
    "warning_closed": Verdict.WITHDRAWN,
    "prevented": Verdict.WITHDRAWN,
}
NEWS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.closed",
)
"""The events that we act on; Stripe lists twenty kinds at most."""
_FEE = "payment_intent.latest_charge.balance_transaction"

P = ParamSpec("P")
T = TypeVar("T")


def _speaking(call: Callable[P, T]) -> Callable[P, T]:
    """Name Stripe's errors in our words, and refuse to hold a transaction open across the network."""

    @wraps(call)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> T:
        if db.in_transaction():
            raise RuntimeError("no call to Stripe inside a transaction")
        db.end_reading()
        try:
            return call(*args, **kwargs)
        except (stripe.InvalidRequestError, stripe.IdempotencyError, stripe.CardError) as error:
            raise GatewayRefused(error.code or type(error).__name__) from error
        except stripe.StripeError as error:
            raise GatewayAway(type(error).__name__) from error

    return spoken


class StripeGateway:
    """Stripe through its own library, or the stand-in when STRIPE_API_BASE names one."""

    def __init__(self, config: Config) -> None:
        self._secrets = config.stripe_webhook_secrets
        self._live = config.stripe_live
        self._client = stripe.StripeClient(
            config.stripe_api_key or "sk_test_not_set",
            base_addresses={"api": config.stripe_api_base} if config.stripe_api_base else {},
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    @_speaking
    def create_checkout(self, attempt: AttemptRow) -> SessionFacts:
        """Open a session for an attempt; repeating it with the same attempt gives the same session."""
        session = self._client.v1.checkout.sessions.create(
            _parameters(attempt), {"idempotency_key": attempt.idempotency_key}
        )
        return _session_facts(session)

    @_speaking
    def retrieve(self, session_id: str) -> SessionFacts:
        return _session_facts(self._client.v1.checkout.sessions.retrieve(session_id))

    @_speaking
    def expire(self, session_id: str) -> SessionFacts:
        """End a session so that it can no longer be paid. GatewayRefused when it is already complete or expired."""
        return _session_facts(self._client.v1.checkout.sessions.expire(session_id))

    @_speaking
    def refund(self, refund_id: UUID, intent_id: str, amount: Money) -> RefundFacts:
        """Send money back; repeating it with the same refund id changes nothing."""
        reference = refund_id.hex
        refund = self._client.v1.refunds.create(
            {"payment_intent": intent_id, "amount": amount.minor, "metadata": {"refund": reference}},
            {"idempotency_key": f"refund:{reference}"},
        )
        return _refund_facts(refund)

    @_speaking
    def find_refund(self, refund_id: UUID, intent_id: str) -> RefundFacts | None:
        """The refund of ours that Stripe has under this id among those of a payment; None if it never made one."""
        made = self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
        facts = (_refund_facts(refund) for refund in made.data)
        return next((each for each in facts if each.reference == refund_id.hex), None)

    @_speaking
    def retrieve_refund(self, stripe_id: str) -> RefundFacts:
        return _refund_facts(self._client.v1.refunds.retrieve(stripe_id))

    @_speaking
    def fee(self, session_id: str) -> Money | None:
        """What Stripe keeps of the payment of a session; None while it does not say."""
        found = self._client.v1.checkout.sessions.retrieve(session_id, {"expand": [_FEE]})
        return _fee_of(found.payment_intent)

    @_speaking
    def dispute(self, dispute_id: str) -> DisputeFacts:
        """The payment a dispute is about, and how it was decided."""
        found = self._client.v1.disputes.retrieve(dispute_id)
        intent = found.payment_intent
        return DisputeFacts(
            found.id,
            intent if isinstance(intent, str) or intent is None else intent.id,
            Money(found.amount, found.currency.upper()),
            datetime.fromtimestamp(found.created, UTC),
            _DECIDED.get(found.status),
        )

    @_speaking
    def news(self, since: datetime) -> list[Knock]:
        """Every event since a moment that we act on, the oldest first; Stripe keeps them for thirty days."""
        found = self._client.v1.events.list(
            {"created": {"gte": int(since.timestamp())}, "types": list(NEWS), "limit": 100}
        )
        return [self._knock(event.to_dict()) for event in found.auto_paging_iter()][::-1]

    def read_event(self, body: bytes, signature: str) -> Knock:
        """Who knocks: verified with any of the configured secrets. BadSignature for everything else."""
        for secret in self._secrets:
            try:
                stripe.WebhookSignature.verify_header(body.decode(), signature, secret, 300)
            except (ValueError, stripe.SignatureVerificationError):
                continue
            try:
                return self._knock(json.loads(body))
            except ValueError as error:
                raise BadSignature from error
        raise BadSignature

    def _knock(self, event: Any) -> Knock:
        try:
            knock = Knock(
                str(event["id"]),
                str(event["type"]),
                str(event["data"]["object"].get("id", "")),  # a balance, say, has none
                bool(event["livemode"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise BadSignature from error
        if (
            knock.live != self._live
            or max(map(len, (knock.id, knock.object_id))) > 120
            or len(knock.type) > 60
        ):
            raise BadSignature
        return knock


def _parameters(attempt: AttemptRow) -> SessionCreateParams:
    """The same bytes at every try: everything comes from the attempt's own row."""
    reference = attempt.id.hex
    return {
        "mode": "payment",
        "submit_type": "book",
        "locale": "en-GB",
        "client_reference_id": reference,
        "metadata": {"attempt": reference},
        "expires_at": int(attempt.expires_at.timestamp()),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": attempt.amount.currency.lower(),
                    "unit_amount": attempt.amount.minor,
                    "tax_behavior": "inclusive",
                    "product_data": {"name": NEUTRAL_LINE},
                },
            }
        ],
        "payment_intent_data": {
            "metadata": {"attempt": reference},
            "statement_descriptor_suffix": STATEMENT_SUFFIX,
        },
        "allowed_payment_method_types": ["card"],
        "wallet_options": {"link": {"display": "never"}},
        "adaptive_pricing": {"enabled": False},
        "customer_creation": "if_required",
        "success_url": attempt.return_url,
        "cancel_url": attempt.return_url,
    }


def _session_facts(session: stripe.checkout.Session) -> SessionFacts:
    intent = session.payment_intent
    return SessionFacts(
        id=session.id,
        reference=session.client_reference_id or "",
        status=session.status or "",
        payment_status=session.payment_status,
        amount=Money(session.amount_total or 0, (session.currency or "eur").upper()),
        intent_id=intent if isinstance(intent, str) or intent is None else intent.id,
        url=session.url,
    )


def _fee_of(intent: stripe.PaymentIntent | str | None) -> Money | None:
    charge = intent.latest_charge if isinstance(intent, stripe.PaymentIntent) else None
    entry = charge.balance_transaction if isinstance(charge, stripe.Charge) else None
    return Money(entry.fee, entry.currency.upper()) if isinstance(entry, stripe.BalanceTransaction) else None


def _refund_facts(refund: stripe.Refund) -> RefundFacts:
    intent, metadata = refund.payment_intent, refund.metadata
    known = {state.value for state in RefundState}
    return RefundFacts(
        id=refund.id,
        reference=metadata["refund"] if metadata and "refund" in metadata else None,
        intent_id=intent if isinstance(intent, str) or intent is None else intent.id,
        state=RefundState(refund.status) if refund.status in known else RefundState.PENDING,
        amount=Money(refund.amount, refund.currency.upper()),
    )

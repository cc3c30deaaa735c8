"""Payments as a pure, total state machine: what Stripe says of a session, and what that means for an attempt."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Protocol
from uuid import UUID

from coachapp.money import Money

LINK_LASTS = timedelta(minutes=35)
NEUTRAL_LINE = "Services"
ASK_AGAIN = timedelta(seconds=10)


class AttemptState(StrEnum):
    """created: our row is committed, Stripe may not know yet. open: can be paid. The rest are ends;
    `alarm` is money that does not fit what was asked for and waits for the coach."""

    CREATED = "created"
    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"
    ALARM = "alarm"


class Method(StrEnum):
    """How money came, or went back."""

    CARD = "card"
    TRANSFER = "transfer"
    CASH = "cash"
    VOUCHER = "voucher"
    OTHER = "other"


BY_HAND = (Method.TRANSFER, Method.CASH, Method.OTHER)
"""What the coach says of it is all we know."""


UNFINISHED = (AttemptState.CREATED, AttemptState.OPEN)


class RefundState(StrEnum):
    """asked: our row is committed. pending: Stripe has it. failed may come even after succeeded.

    to give: it came by hand, so the coach gives it back by hand; succeeded once she says she has.
    """

    ASKED = "asked"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "canceled"
    TO_GIVE = "to give"


NEVER_WENT = (RefundState.FAILED, RefundState.CANCELLED)
"""Ends in which the money stayed here."""


class OrderState(StrEnum):
    """Derived from payments, refunds and disputes, never stored. lost: a bank took it back, and nothing is left."""

    DUE = "due"
    PAID = "paid"
    PART_REFUNDED = "part refunded"
    REFUNDED = "refunded"
    PART_LOST = "part lost"
    LOST = "lost"


class Verdict(StrEnum):
    """How a dispute was decided. withdrawn: it never came to one, or was taken back before it did."""

    WON = "won"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


class Asking(StrEnum):
    """How a request to pay stands, from its order and the clock."""

    OPEN = "open"
    PAID = "paid"
    ENDED = "ended"
    TAKEN_BACK = "taken back"


class OnPaid(Enum):
    """What the payable does with money that came."""

    CONFIRM = "confirm"
    REFUND_AND_APOLOGISE = "refund"


class Step(Enum):
    """What `settle` does about an attempt."""

    NOTHING = "nothing"
    OPEN = "open"
    PAY = "pay"
    EXPIRE = "expire"
    ALARM = "alarm"


class PaymentError(Exception):
    """Root of this room's errors."""


class GatewayAway(PaymentError):
    """Stripe could not be asked, or answered that it cannot now: the outcome is unknown."""


class GatewayRefused(PaymentError):
    """Stripe refused the request for good."""


class BadSignature(PaymentError):
    """A webhook that Stripe did not sign, or too long ago."""


class AlreadyPaid(PaymentError):
    """Nothing is due on this order (any more)."""


class NotUndoable(PaymentError):
    """This payment did not come by hand, or is on its way back."""


class NoSuchRequest(PaymentError):
    """No request to pay has this link, or these words."""


class NotOpen(PaymentError):
    """This request to pay was paid, has ended, or was taken back."""


class UnknownPayment(PaymentError):
    """News about a payment that we have not heard of yet, or that is none of ours."""


class NoSuchAttempt(PaymentError):
    """No attempt has this token."""


@dataclass(frozen=True)
class SessionFacts:
    """A Checkout session as Stripe describes it now."""

    id: str
    reference: str
    status: str
    payment_status: str
    amount: Money
    intent_id: str | None
    url: str | None


@dataclass(frozen=True)
class RefundFacts:
    """A refund as Stripe describes it now; `reference` is our refund's id if we asked for it."""

    id: str
    reference: str | None
    intent_id: str | None
    state: RefundState
    amount: Money


@dataclass(frozen=True)
class DisputeFacts:
    """A dispute as Stripe describes it now: about which payment, and how much; `verdict` is None while it is open."""

    id: str
    intent_id: str | None
    amount: Money
    opened_at: datetime
    verdict: Verdict | None


@dataclass(frozen=True)
class Knock:
    """A webhook's envelope: which event, and about what. Its contents are not believed."""

    id: str
    type: str
    object_id: str
    live: bool


@dataclass(frozen=True)
class AttemptRow:
    """One try to pay. `checkout_url` is where to pay, once known."""

    id: UUID
    order_id: UUID
    client_id: UUID
    number: int
    amount: Money
    expires_at: datetime
    return_url: str
    session_id: str | None
    checkout_url: str | None
    state: AttemptState
    payable_kind: str
    payable_id: UUID

    @property
    def idempotency_key(self) -> str:
        return f"checkout:{self.order_id.hex}:{self.number}"


@dataclass(frozen=True)
class Payable:
    """What can be paid for, as payments knows it: functions called inside payments' transaction with
    (payable id, now). They tell what to do next; the network comes after the commit."""

    on_paid: Callable[[UUID, datetime], OnPaid]
    on_expired: Callable[[UUID, datetime, bool], None]
    on_refunded: Callable[[UUID, datetime], None]
    on_disputed: Callable[[UUID, datetime], None]
    on_dispute_over: Callable[[UUID, datetime, bool], None] = lambda payable_id, now, won: None
    may_be_paid: Callable[[UUID, datetime], bool] = lambda payable_id, now: True


Payables = dict[str, Payable]


class Gateway(Protocol):
    """The road to Stripe; every method may raise GatewayAway or GatewayRefused, none runs in a transaction."""

    def create_checkout(self, attempt: AttemptRow) -> SessionFacts: ...
    def retrieve(self, session_id: str) -> SessionFacts: ...
    def expire(self, session_id: str) -> SessionFacts: ...
    def refund(self, refund_id: UUID, intent_id: str, amount: Money) -> RefundFacts: ...
    def find_refund(self, refund_id: UUID, intent_id: str) -> RefundFacts | None: ...
    def retrieve_refund(self, stripe_id: str) -> RefundFacts: ...
    def fee(self, session_id: str) -> Money | None: ...
    def dispute(self, dispute_id: str) -> DisputeFacts: ...
    def news(self, since: datetime) -> list[Knock]: ...
    def read_event(self, body: bytes, signature: str) -> Knock: ...


def decide(state: AttemptState, facts: SessionFacts, amount: Money, reference: str) -> Step:
    """What a session's facts mean for an attempt in `state` that asked for `amount` under `reference`. Total."""
    if state in (AttemptState.PAID, AttemptState.ALARM):
        return Step.NOTHING
    if facts.status == "complete":
        if facts.payment_status == "unpaid":
            return Step.NOTHING
        fits = facts.amount == amount and facts.reference == reference and facts.intent_id
        return Step.PAY if fits else Step.ALARM
    if state not in UNFINISHED:
        return Step.NOTHING
    if facts.status == "expired":
        return Step.EXPIRE
    return Step.OPEN if state is AttemptState.CREATED else Step.NOTHING


def order_state(amount: int, paid: int, refunded: int, lost: int = 0) -> OrderState:
    """An order's state from its sums in minor units; `lost` is what banks took back for good."""
    if paid < amount or not paid:
        return OrderState.DUE
    if lost:
        return OrderState.LOST if refunded + lost >= paid else OrderState.PART_LOST
    if refunded >= paid:
        return OrderState.REFUNDED
    return OrderState.PART_REFUNDED if refunded else OrderState.PAID


def asking_state(is_due: bool, due_at: datetime, ended_at: datetime | None, now: datetime) -> Asking:
    """How a request stands; what was paid stays so, whatever came after."""
    if not is_due:
        return Asking.PAID
    if ended_at is not None:
        return Asking.TAKEN_BACK
    return Asking.OPEN if now < due_at else Asking.ENDED

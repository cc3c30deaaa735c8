"""The ledger: every cent and every session has a row. How something stands is derived from these, never stored."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class Order(Base):
    """What a client owes for one payable (an appointment's place). `ref` is all that Stripe sees of it."""

    __tablename__ = "purchase_order"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    ref: Mapped[str] = mapped_column(String(20), unique=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    payable_kind: Mapped[str] = mapped_column(String(20))
    payable_id: Mapped[UUID] = mapped_column(index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Attempt(Base):
    """One try to pay an order. Committed before Stripe hears of it; its parameters never change."""

    __tablename__ = "payment_attempt"
    __table_args__ = (Index("uq_payment_attempt_order_number", "order_id", "number", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"))
    number: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    return_url_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    session_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    checkout_url_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(12), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Payment(Base):
    """Money that arrived: by card for an attempt, at most once, or by hand, as the coach says (`turn` counts these).

    Never altered. What was marked by mistake has a `PaymentUndone` beside it.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(
            "method = 'card' AND attempt_id IS NOT NULL AND intent_id IS NOT NULL AND turn IS NULL"
            " OR method IN ('transfer', 'cash', 'voucher', 'other')"
            " AND attempt_id IS NULL AND intent_id IS NULL AND turn IS NOT NULL",
            name="method",
        ),
        Index("uq_payment_order_turn", "order_id", "turn", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    method: Mapped[str] = mapped_column(String(10), default="card")
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_attempt.id"), unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    intent_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    turn: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class PaymentUndone(Base):
    """A payment by hand that was marked by mistake: it no longer counts. Only ever added."""

    __tablename__ = "payment_undone"

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Refund(Base):
    """Money on its way back. Written before Stripe is asked; final only when Stripe says so.

    Money that came by hand goes back by hand: `method` and `given_on` say how and when, once the coach says it did.
    """

    __tablename__ = "refund"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), index=True)
    stripe_id: Mapped[str | None] = mapped_column(String(120), unique=True)
    method: Mapped[str | None] = mapped_column(String(10))
    given_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Fee(Base):
    """What Stripe kept of a payment, as it told us; None while it has not. `tries` is how often it was asked."""

    __tablename__ = "payment_fee"

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    fee_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    tries: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PayRequest(Base):
    """A way for somebody to pay an order without knowing whose it is: a link, and four words that lead to the same page.

    `in_space` shows it in the client's own space; `ended_at` is when it was taken back. How it stands follows from its
    order and the clock.
    """

    __tablename__ = "pay_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    code_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    in_space: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StripeEvent(Base):
    """A knock at the door: committed as *received* before anything is done about it. No payload is kept."""

    __tablename__ = "stripe_event"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

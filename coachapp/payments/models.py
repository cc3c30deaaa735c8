"""The ledger: every cent and every session has a row. How something stands is derived from these, never stored."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
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


class Part(Base):
    """A later part of a price, as it was shown before the first one was paid: written with the attempt that pays that,
    and never altered. It counts once that attempt is paid, which opens an order of its own for it."""

    __tablename__ = "part"
    __table_args__ = (Index("uq_part_attempt_number", "attempt_id", "number", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("payment_attempt.id"))
    number: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    due_on: Mapped[date]


class PartEntry(Base):
    """What was decided about a part that is not paid: moved to another day, or let go. Only ever added."""

    __tablename__ = "part_entry"
    __table_args__ = (
        Index("uq_part_entry_turn", "part_id", "turn", unique=True),
        CheckConstraint(
            "kind = 'moved' AND due_on IS NOT NULL OR kind = 'let go' AND due_on IS NULL", name="kind"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[UUID] = mapped_column(ForeignKey("part.id"))
    turn: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Package(Base):
    """Several sessions that were bought together, or given by the coach: its terms, never altered once it is granted.

    `pays_for_id` is the offering its sessions are, `single_minor` what one of those costs alone, `place_id` a first
    time that waits for its payment. Its ledger is `CreditEntry`.
    """

    __tablename__ = "package"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    offering_id: Mapped[UUID | None] = mapped_column(ForeignKey("offering.id"))
    pays_for_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    sessions: Mapped[int]
    months: Mapped[int]
    price_minor: Mapped[int]
    single_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    place_id: Mapped[UUID | None] = mapped_column(unique=True)
    word_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CreditEntry(Base):
    """What happened to one session of a package (`number` from 1), or to the whole of it (0). Only ever added.

    The database refuses a second entry for the same `turn`, one that may not follow the entry before it, a second use
    by the same place, and every change.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (
        Index("uq_credit_entry_turn", "package_id", "number", "turn", unique=True),
        Index(
            "uq_credit_entry_place",
            "place_id",
            unique=True,
            sqlite_where=text("kind = 'used'"),
            postgresql_where=text("kind = 'used'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    package_id: Mapped[UUID] = mapped_column(ForeignKey("package.id"))
    number: Mapped[int]
    turn: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    place_id: Mapped[UUID | None]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    way: Mapped[str | None] = mapped_column(String(12))


class Coupon(Base):
    """A code of the coach's that lowers a price, by so many percent or by an amount. Made once, never changed.

    `code_key` is the form in which codes are compared; `rests_since` says that it is put to rest.
    """

    __tablename__ = "coupon"
    __table_args__ = (Index("uq_coupon_coach_key", "coach_id", "code_key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    code: Mapped[str] = mapped_column(String(40))
    code_key: Mapped[str] = mapped_column(String(200))
    percent: Mapped[int | None]
    off_minor: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    most: Mapped[int | None]
    most_each: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rests_since: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CouponOffering(Base):
    """An offering a code is good for; a code without any is good for all of the coach's."""

    __tablename__ = "coupon_offering"

    coupon_id: Mapped[UUID] = mapped_column(ForeignKey("coupon.id"), primary_key=True)
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)


class CouponUse(Base):
    """One use of a code: with an attempt to pay, or without one where nothing was left to pay. Only ever added.

    It counts while its attempt may be paid, and for good once it was; an attempt that has ended gives it back by that
    alone. The database refuses one more than the code has.
    """

    __tablename__ = "coupon_use"
    __table_args__ = (
        Index(
            "uq_coupon_use_free",
            "payable_id",
            unique=True,
            sqlite_where=text("attempt_id IS NULL"),
            postgresql_where=text("attempt_id IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coupon_id: Mapped[UUID] = mapped_column(ForeignKey("coupon.id"), index=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    payable_id: Mapped[UUID]
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_attempt.id"), unique=True)
    full_minor: Mapped[int]
    left_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Voucher(Base):
    """Money that came before it is known for what, and for whom: whoever has the code pays with it.

    Nothing of a client is on it. Made once, never changed; what it is worth and what is left of it follow from its
    `VoucherEntry` rows. The code and the coach's note are sealed under the practice's key.
    """

    __tablename__ = "voucher"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    code_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_day: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class VoucherEntry(Base):
    """What happened to the worth of a voucher: sold, used by a payment, come back with a refund, ended. Only ever added.

    `method` and `money_at` say how and when its own money came (sold) or went back (ended). The database refuses what
    would leave less than nothing or more than it was sold for, what fits no payment or refund, and every change.
    """

    __tablename__ = "voucher_entry"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('sold', 'back') AND minor > 0 OR kind IN ('used', 'ended') AND minor < 0", name="sign"
        ),
        CheckConstraint(
            "(kind = 'used') = (payment_id IS NOT NULL) AND (kind = 'back') = (refund_id IS NOT NULL)"
            " AND (kind IN ('sold', 'ended')) = (method IS NOT NULL)"
            " AND (method IS NULL) = (money_at IS NULL)",
            name="belongs",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_id: Mapped[UUID] = mapped_column(ForeignKey("voucher.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    minor: Mapped[int]
    method: Mapped[str | None] = mapped_column(String(10))
    money_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), unique=True)
    refund_id: Mapped[UUID | None] = mapped_column(ForeignKey("refund.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


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

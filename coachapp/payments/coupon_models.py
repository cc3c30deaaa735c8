"""Codes that lower a price, what they are good for, and each use of them."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


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

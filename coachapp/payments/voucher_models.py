"""Vouchers as rows of the ledger: money that came before it is known for what, and what became of it."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


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

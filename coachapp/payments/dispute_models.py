"""Disputes as rows of the ledger: a bank asked for a payment back, and how it decided. Only ever added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class Dispute(Base):
    """A payer's bank asks for so much of a payment back. `id` is Stripe's; open until there is a `DisputeDecided`."""

    __tablename__ = "dispute"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount"),)

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DisputeDecided(Base):
    """How a dispute was decided, once, and when we learnt of it. What is lost is money that is gone."""

    __tablename__ = "dispute_decided"
    __table_args__ = (CheckConstraint("verdict IN ('won', 'lost', 'withdrawn')", name="verdict"),)

    dispute_id: Mapped[str] = mapped_column(ForeignKey("dispute.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(10))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

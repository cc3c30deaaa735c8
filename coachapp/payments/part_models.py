"""Later parts of a price as rows of the ledger, and what was decided about one that is not paid. Only ever added."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


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

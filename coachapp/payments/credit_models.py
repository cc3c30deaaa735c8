"""Packages as rows of the ledger: what was bought, and what happened to each of its sessions. Only ever added."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


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

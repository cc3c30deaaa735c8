"""Papers about money, the counter that numbers them, and whom they are made out to."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class PaperSettings(Base):
    """Who issues papers and how (id 1); without this row none is issued.

    `tax_rate` is in hundredths of a percent, None without a tax line. `details_above` is in minor units: above it the
    recipient's details are needed.
    """

    __tablename__ = "paper_settings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    country: Mapped[str] = mapped_column(String(5))
    prefix: Mapped[str] = mapped_column(String(10))
    issuer_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    tax_word: Mapped[str] = mapped_column(String(20))
    tax_rate: Mapped[int | None]
    clause: Mapped[str] = mapped_column(String(300))
    details_above: Mapped[int | None]
    asks_early: Mapped[bool]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PaperCounter(Base):
    """The last number of a year. Whoever takes the next one keeps the row locked until the paper is committed."""

    __tablename__ = "paper_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Paper(Base):
    """A receipt, a credit note or a correction, with all it says; the database refuses every change and every gap.

    `about_id` is the payment or the refund it is about, `corrects_id` the paper it takes back. Amounts are in minor
    units, below zero where money went back. It holds no client: the order does, and a paper outlives both.
    """

    __tablename__ = "paper"
    __table_args__ = (UniqueConstraint("year", "number"), UniqueConstraint("kind", "about_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(12))
    year: Mapped[int]
    number: Mapped[int]
    prefix: Mapped[str] = mapped_column(String(10))
    zone: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    order_id: Mapped[UUID] = mapped_column(index=True)
    about_id: Mapped[UUID]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("paper.id"), index=True)
    ref: Mapped[str] = mapped_column(String(20))
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    tax_word: Mapped[str] = mapped_column(String(20))
    tax_rate: Mapped[int | None]
    tax_minor: Mapped[int]
    clause: Mapped[str] = mapped_column(String(300))
    issuer_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PaperRecipient(Base):
    """To whom the papers of an order are made out, sealed under the invoice key, which outlives the client's own."""

    __tablename__ = "paper_recipient"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    details_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

"""Clients, what each wishes around her sessions, and the coach's private notes; every personal word is sealed."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class Client(Base):
    """A person who comes to the coach. `ref` is what stands on files and in lists where no name may."""

    __tablename__ = "client"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    ref: Mapped[str] = mapped_column(String(12), unique=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    files: Mapped[int] = mapped_column(default=0)
    early_until: Mapped[date | None]


class Wishes(Base):
    """What a client wishes around her sessions; no row means that she was not asked yet.

    `absence` is what to do if she does not come; `absence_sealed` its number and hours, or her own words.
    `agreed_sealed` are the words that mean "change the subject"; `remind_min` how long before she is reminded.
    """

    __tablename__ = "wishes"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
    absence: Mapped[str] = mapped_column(String(10))
    absence_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    agreed_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    remind_min: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PrivateNote(Base):
    """What the coach writes for herself about a client."""

    __tablename__ = "private_note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)

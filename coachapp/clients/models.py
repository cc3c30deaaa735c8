"""Clients and the coach's private notes about them; every personal word is sealed."""

from datetime import datetime
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


class PrivateNote(Base):
    """What the coach writes for herself about a client."""

    __tablename__ = "private_note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    written_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)

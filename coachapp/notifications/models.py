"""The outbox: rows written in the same transaction as the fact they announce."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class OutboxMessage(Base):
    """One message: its words sealed, its state, and the gate's reason. After 72 hours only the outcome is left."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_due", "state", "not_before"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    unique_key: Mapped[str] = mapped_column(String(120), unique=True)
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("client.id"))
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(40))
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    subject_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    body_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    calendar_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reply_to: Mapped[str | None] = mapped_column(String(254))
    message_id: Mapped[str] = mapped_column(String(120))
    tries: Mapped[int] = mapped_column(default=0)
    sent_again: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

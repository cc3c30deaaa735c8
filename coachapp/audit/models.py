"""The audit log's table."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class AuditEntry(Base):
    """One act: actor, role, action, subject; never a name, an address or a word of content."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("uq_audit_entry_view", "actor", "action", "subject", "on_day", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    on_day: Mapped[date | None]
    actor: Mapped[UUID | None]
    role: Mapped[str] = mapped_column(String(10))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[UUID | None]
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    entry_hash: Mapped[bytes | None] = mapped_column(LargeBinary)

"""How each client may be reached."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class SafeContact(Base):
    """One client's answer to *Who can see this inbox?*, the sealed address, and when it was last renewed."""

    __tablename__ = "safe_contact"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
    inbox: Mapped[str] = mapped_column(String(10))
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    renewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

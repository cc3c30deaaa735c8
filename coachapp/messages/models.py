"""Short messages and their answers; every word is sealed with the writer's key."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class ShortMessage(Base):
    """A few words to the coach, and her answer. The return code opens it; after thirty days it is gone."""

    __tablename__ = "short_message"
    __table_args__ = (Index("ix_short_message_coach_time", "coach_id", "written_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    code_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

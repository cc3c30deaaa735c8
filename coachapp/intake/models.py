"""Answers given at booking and consents; words sealed."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class IntakeAnswer(Base):
    """One answer to one question at booking; also what has been typed so far."""

    __tablename__ = "intake_answer"
    __table_args__ = (Index("uq_intake_answer_place_question", "place_id", "question", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    place_id: Mapped[UUID] = mapped_column(ForeignKey("place.id"))
    question: Mapped[str] = mapped_column(String(20))
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Consent(Base):
    """That a client agreed to a text in a version, and when."""

    __tablename__ = "consent"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))
    text_key: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)

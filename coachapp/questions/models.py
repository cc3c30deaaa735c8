"""Questions in writing; every word is sealed with the key of whoever asks."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class Question(Base):
    """One question: its terms, its words and answer, and when each thing happened to it; how it stands follows.

    `road_hash` and the code are ways back to paying. `words_sealed` may be a draft until `sent_at`, `answer_sealed`
    until `answered_at`, or what the coach said with the money that went back at `back_at`. The database lets it end
    in one way only: answered, turned into a session, or paid back.
    """

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_coach_promised", "coach_id", "promised_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    most_letters: Mapped[int]
    answer_days: Mapped[int]
    road_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=0)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    promised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offered_id: Mapped[UUID | None] = mapped_column(ForeignKey("offering.id"))
    turned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disputed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

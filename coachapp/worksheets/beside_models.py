"""A coach beside a sheet: words in its margin, and filling it in together."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime

_IS_OPEN = "ended_at IS NULL"


class MarginNote(Base):
    """What a coach wrote beside one answer of a shared sheet, sealed under the client's key."""

    __tablename__ = "margin_note"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"), index=True)
    field: Mapped[str] = mapped_column(String(60))
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FillingTogether(Base):
    """A coach asked to fill in a sheet together; open while `ended_at` is empty, and she writes once it is agreed to.

    One open at a time for each sheet; the database holds it.
    """

    __tablename__ = "filling_together"
    __table_args__ = (
        Index(
            "uq_filling_together_open",
            "assignment_id",
            unique=True,
            sqlite_where=text(_IS_OPEN),
            postgresql_where=text(_IS_OPEN),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"), index=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

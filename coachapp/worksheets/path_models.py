"""Sheets that come by and by: a path, and its steps, each given when its time has come."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class SheetPath(Base):
    """Steps for one client from a day on; paused by either, and nothing is lost meanwhile; `paused_by` is client or staff.

    `rests` are the pauses that are over, each as its first day and the day on which it went on, in her calendar.
    """

    __tablename__ = "sheet_path"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    starts_on: Mapped[date]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rests: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_by: Mapped[str | None] = mapped_column(String(10))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PathStep(Base):
    """One template that is given `days` after the start, after the step before it is done, or around an appointment.

    `days` before an appointment is counted back from its day; `place_id` is hers in that appointment.
    """

    __tablename__ = "sheet_path_step"
    __table_args__ = (Index("uq_sheet_path_step_position", "path_id", "position", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    path_id: Mapped[UUID] = mapped_column(ForeignKey("sheet_path.id"))
    position: Mapped[int]
    template_id: Mapped[UUID] = mapped_column(ForeignKey("sheet_template.id"))
    rule: Mapped[str] = mapped_column(String(12))
    days: Mapped[int]
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    assignment_id: Mapped[UUID | None] = mapped_column(ForeignKey("assignment.id"))
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

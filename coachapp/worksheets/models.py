"""Templates in versions, what was assigned to whom, and the answers; every answer is sealed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class SheetTemplate(Base):
    """One published version of a worksheet or a household plan."""

    __tablename__ = "sheet_template"
    __table_args__ = (Index("uq_sheet_template_key_version", "key", "version", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Assignment(Base):
    """A template given to a client. `number` counts within the client and names her files.

    `wanted_on` is a day somebody named, which nothing ever counts against; the coach learns whether a sheet was begun
    or done only from `progress_shown_at` on. One that is not `at_desk` she knows nothing of, unless it is shared or
    shown.
    """

    __tablename__ = "assignment"
    __table_args__ = (Index("uq_assignment_client_number", "client_id", "number", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    template_id: Mapped[UUID] = mapped_column(ForeignKey("sheet_template.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=0)
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wanted_on: Mapped[date | None]
    progress_shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at_desk: Mapped[bool] = mapped_column(default=True)


class SheetAnswer(Base):
    """The answer to one field, as sealed JSON; own words with `off_home_at` do not come to her home."""

    __tablename__ = "sheet_answer"
    __table_args__ = (Index("uq_sheet_answer_field", "assignment_id", "field", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"))
    field: Mapped[str] = mapped_column(String(60))
    value_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    off_home_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EarlierAnswer(Base):
    """An answer as it was before it was changed, sealed; `saved_at` is when it had been written."""

    __tablename__ = "earlier_answer"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignment.id"), index=True)
    field: Mapped[str] = mapped_column(String(60))
    value_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LookingBack(Base):
    """One page of her own words and numbers, made when she asked for it, sealed as JSON; `number` names its file."""

    __tablename__ = "looking_back"
    __table_args__ = (Index("uq_looking_back_client_number", "client_id", "number", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    number: Mapped[int]
    body_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

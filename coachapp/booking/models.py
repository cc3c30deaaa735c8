"""Opening hours, appointments and the places in them. The database itself refuses overlapping appointments."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class OpeningHours(Base):
    """A range of one weekday (Monday 0) in minutes of the coach's day; `end_min` may pass midnight, up to 2880."""

    __tablename__ = "opening_hours"

    id: Mapped[int] = mapped_column(primary_key=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"), index=True)
    weekday: Mapped[int]
    start_min: Mapped[int]
    end_min: Mapped[int]


class DayHours(Base):
    """One date's hours in place of the week's; no range at all (both None) is a day off."""

    __tablename__ = "day_hours"
    __table_args__ = (Index("ix_day_hours_coach_day", "coach_id", "on_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    on_date: Mapped[date]
    start_min: Mapped[int | None]
    end_min: Mapped[int | None]


class Appointment(Base):
    """A coach's time: held, confirmed or blocked it is hers alone; released or cancelled it is free again."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_coach_time", "coach_id", "starts_at"),
        Index("ix_appointment_state_hold", "state", "hold_until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    offering_id: Mapped[UUID | None] = mapped_column(ForeignKey("offering.id"))
    state: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    before_min: Mapped[int]
    after_min: Mapped[int]
    hold_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    way: Mapped[str] = mapped_column(String(10))
    sequence: Mapped[int] = mapped_column(default=0)
    label_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Place(Base):
    """One client in an appointment, with a token, a return code, an order and a state of its own."""

    __tablename__ = "place"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), index=True)
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("client.id"), index=True)
    booked_by: Mapped[str] = mapped_column(String(10))
    zone: Mapped[str] = mapped_column(String(64))
    price_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    road_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

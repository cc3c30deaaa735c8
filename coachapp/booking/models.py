"""Hours, outside calendars, appointments and the places in them, invitations and blocked people.

The database itself refuses overlapping appointments of one coach.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
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


class Away(Base):
    """Days the coach spends in another zone. `by` says whose clock her hours follow: `home` or `local`."""

    __tablename__ = "away"

    id: Mapped[int] = mapped_column(primary_key=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    zone: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(5))


class OutsideCalendar(Base):
    """An address whose events keep the coach's time. `good_at` is the age of the copy in use,
    `trouble` why the last try failed."""

    __tablename__ = "outside_calendar"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"), index=True)
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    label_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    good_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    trouble: Mapped[str | None] = mapped_column(String(20))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutsideBusy(Base):
    """A stretch of time that an outside calendar says is taken; never what fills it."""

    __tablename__ = "outside_busy"
    __table_args__ = (Index("ix_outside_busy_coach_time", "coach_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    calendar_id: Mapped[UUID] = mapped_column(ForeignKey("outside_calendar.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


# One seat is one person's, as long as her appointment is in a state of `rules.OCCUPYING`.
_IS_TAKEN_SEAT = "seat_of IS NOT NULL AND state IN ('requested', 'held', 'confirmed', 'blocked')"


class Appointment(Base):
    """A coach's time: requested, held, confirmed or blocked it is hers alone; released or cancelled it is free again.

    `room_key` makes its room's link from the coach's pattern; `series_id` joins appointments that repeat.
    One with `seats` is a group date: the coach's time, with no place in it. Each of its seats is an appointment of its
    own, with `seat_of` (the group date's id) and its number `seat`, at the very same time: only these may overlap.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_coach_time", "coach_id", "starts_at"),
        Index("ix_appointment_state_hold", "state", "hold_until"),
        Index(
            "uq_appointment_seat",
            "seat_of",
            "seat",
            unique=True,
            sqlite_where=text(_IS_TAKEN_SEAT),
            postgresql_where=text(_IS_TAKEN_SEAT),
        ),
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
    room_key: Mapped[str | None] = mapped_column(String(24))
    series_id: Mapped[UUID | None] = mapped_column(index=True)
    seats: Mapped[int | None]
    seat_of: Mapped[UUID | None] = mapped_column(index=True)
    seat: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reduced:
    """What has lowered the price of something on its way to being paid; all empty where nothing has.

    `regular_minor` is its price without that, `intro_minor` the introductory one, `coupon_id` the code in its place.
    `intro_mark` is a keyed hash by which the same address is known again when it has that price a second time.
    """

    regular_minor: Mapped[int | None]
    intro_minor: Mapped[int | None]
    coupon_id: Mapped[UUID | None]
    intro_mark: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)


class Place(Reduced, Base):
    """One client in an appointment, with a token, a return code, an order and a state of its own.

    `outcome` says how it ended where that was not simply well: absent, or unsafe to attend; noted at `outcome_at`.
    `late_min` is how late she said, at `late_at`, that she would be. `asked_zone` is a new zone she has not yet said
    is right for it.
    `answer` is what the coach said to a request; `invitation_id` the link it was booked with; `wait_id` the line of the
    waiting list it was offered from; `buys_id` the package that she buys together with this first time of it.
    `pays_by` is how she pays where that is not by card; `warned_at` when the coach was told that its limit is near.
    """

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
    outcome: Mapped[str | None] = mapped_column(String(10))
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late_min: Mapped[int | None]
    late_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_zone: Mapped[str | None] = mapped_column(String(64))
    answer: Mapped[str | None] = mapped_column(String(10))
    invitation_id: Mapped[UUID | None] = mapped_column(index=True)
    buys_id: Mapped[UUID | None]
    wait_id: Mapped[UUID | None] = mapped_column(index=True)
    pays_by: Mapped[str | None] = mapped_column(String(10), index=True)
    warned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Purchase(Reduced, Base):
    """The road of someone who buys a package without choosing a time: her cookie, and her four words.

    `pays_by` is how she pays where that is not by card, and `pays_until` until when that is awaited.
    """

    __tablename__ = "purchase"

    package_id: Mapped[UUID] = mapped_column(ForeignKey("package.id"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    road_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    pays_by: Mapped[str | None] = mapped_column(String(10), index=True)
    pays_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Reduction(Base):
    """So much is taken off the price of one session of a kind for one client; `id` is that of what caused it.

    `place_id` is the place it was last bound to; the database lets a place have one.
    """

    __tablename__ = "reduction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    amount_minor: Mapped[int]
    place_id: Mapped[UUID | None] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Invitation(Base):
    """A link that lets someone book: the one offering, or any; for one client, or for whoever holds it; once."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"), index=True)
    offering_id: Mapped[UUID | None] = mapped_column(ForeignKey("offering.id"))
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("client.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BlockedPerson(Base):
    """Someone who may not book: a keyed hash of an address or a number, and the coach's own sealed word about it."""

    __tablename__ = "blocked_person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    match_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)


class Wait(Base):
    """Someone who would take another time of an offering: which weekdays and parts of the day suit, until when.

    Weekdays and parts are kept as bits. `code` and `road` are the ways back of someone without an account;
    `typed_sealed` is the address she typed, to recognise her if she may not book.
    """

    __tablename__ = "wait"
    __table_args__ = (
        UniqueConstraint("client_id", "offering_id"),
        Index("ix_wait_coach_since", "coach_id", "since"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    zone: Mapped[str] = mapped_column(String(64))
    weekdays: Mapped[int]
    parts: Mapped[int]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    road_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    typed_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class FreedTime(Base):
    """A stretch of a coach's time that was taken from `taken_at` and is free since `freed_at`.

    Written by the database itself when an appointment gives its time up, whoever does it, while someone waits.
    """

    __tablename__ = "freed_time"
    __table_args__ = (Index("ix_freed_time_coach_time", "coach_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    freed_at: Mapped[datetime] = mapped_column(UtcDateTime)

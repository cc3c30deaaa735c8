"""The practice's tables. Nothing here is about a client."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base
from coachapp.practice.rules import new_short_id


class Practice(Base):
    """The one practice of this installation (id 1) and what its public pages say.

    `turn_hours` is how long a time that comes free is kept for one person of the waiting list after another; None: the
    coach offers such times herself. `statement_text` is the word that stands before ours on card statements.
    """

    __tablename__ = "practice"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    neutral_name: Mapped[str] = mapped_column(String(40))
    mail_subject: Mapped[str] = mapped_column(String(60))
    statement_text: Mapped[str] = mapped_column(String(22))
    currency: Mapped[str] = mapped_column(String(3))
    exit_to: Mapped[str] = mapped_column(String(200))
    who_books: Mapped[str] = mapped_column(String(10), default="open")
    reading_weekday: Mapped[int] = mapped_column(default=3)
    turn_hours: Mapped[int | None]
    page: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Coach(Base):
    """A coach: the name people know, where she is, how a session's room is reached, how much she takes on.

    `early_notice_min` is the notice for clients in their first weeks, shorter than an offering's own.
    `room_pattern` makes a fresh link for each appointment where `{room}` stands; `room_link` is the same for all.
    `meet_phone` and `meet_person` are her words about who calls whom, and where it is.
    `short_id` names her where people choose with whom; it says nothing.
    """

    __tablename__ = "coach"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_name: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(64))
    email: Mapped[str | None] = mapped_column(String(254))
    room_link: Mapped[str | None] = mapped_column(String(300))
    room_pattern: Mapped[str | None] = mapped_column(String(300))
    most_per_day: Mapped[int | None]
    most_per_week: Mapped[int | None]
    remind_min: Mapped[int | None]
    early_notice_min: Mapped[int | None]
    calendar_mail: Mapped[bool] = mapped_column(default=False)
    feed_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True, unique=True)
    feed_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    meet_phone: Mapped[str | None] = mapped_column(String(300))
    meet_person: Mapped[str | None] = mapped_column(String(600))
    short_id: Mapped[str] = mapped_column(String(8), index=True, unique=True, default=new_short_id)


class Offering(Base):
    """What the coach sells: length, price, words, and the rules for its times. All lengths in minutes.

    One that is not `listed` stands on no public page; its address is known only to whom the coach gives it.
    `seats` is how many can come to one date of a group; its times are the dates the coach has set.
    The sessions of a package are of the offering `pays_for_id`; without one it is only shown, and not sold here.
    `intro_minor` is its introductory price, from one day to another on the coach's clock, both included.
    A question in writing has no times: it may be `most_letters` long and is answered within `answer_days` working days.
    """

    __tablename__ = "offering"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"))
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(String(600))
    points: Mapped[list[str]] = mapped_column(JSON, default=list)
    length_min: Mapped[int]
    sessions: Mapped[int] = mapped_column(default=1)
    seats: Mapped[int | None]
    price_minor: Mapped[int]
    before_min: Mapped[int] = mapped_column(default=15)
    after_min: Mapped[int] = mapped_column(default=15)
    notice_min: Mapped[int] = mapped_column(default=24 * 60)
    horizon_days: Mapped[int] = mapped_column(default=60)
    interval_min: Mapped[int] = mapped_column(default=30)
    cutoff_min: Mapped[int] = mapped_column(default=24 * 60)
    most_per_day: Mapped[int | None]
    most_per_week: Mapped[int | None]
    way: Mapped[str] = mapped_column(String(10), default="video")
    listed: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    lifted: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    pays_for_id: Mapped[UUID | None]
    valid_months: Mapped[int] = mapped_column(default=12)
    intro_minor: Mapped[int | None]
    intro_from: Mapped[date | None]
    intro_until: Mapped[date | None]
    most_letters: Mapped[int] = mapped_column(default=1500)
    answer_days: Mapped[int] = mapped_column(default=3)


class OfferingCoach(Base):
    """A further coach who gives an offering, besides the one whose it is."""

    __tablename__ = "offering_coach"

    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("coach.id"), primary_key=True, index=True)


class OfferingParts(Base):
    """That an offering may be paid in parts: a deposit (`percent`, or an amount) and the rest so many days after the
    time, or before it where that is below zero; or so many equal parts a month apart. Without a row: all at once."""

    __tablename__ = "offering_parts"
    __table_args__ = (
        CheckConstraint(
            "(percent IS NOT NULL AND deposit_minor IS NULL AND times IS NULL)"
            " OR (percent IS NULL AND deposit_minor IS NOT NULL AND times IS NULL)"
            " OR (percent IS NULL AND deposit_minor IS NULL AND times IS NOT NULL)",
            name="one_way",
        ),
    )

    offering_id: Mapped[UUID] = mapped_column(ForeignKey("offering.id"), primary_key=True)
    percent: Mapped[int | None]
    deposit_minor: Mapped[int | None]
    rest_days: Mapped[int] = mapped_column(default=0)
    times: Mapped[int | None]


class Paying(Base):
    """Ways to pay besides the card (id 1). Days a time is kept for a transfer, None where there is none; whose account
    it is and where, sealed; whether cash may be brought along; days a time is kept for someone else to pay it."""

    __tablename__ = "paying"

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_days: Mapped[int | None]
    holder_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    account_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    cash: Mapped[bool] = mapped_column(default=False)
    others_days: Mapped[int | None]

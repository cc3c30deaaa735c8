"""What the coach does with her time: hours, days off, blocked time, and booking for a client."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from coachapp import vault
from coachapp.booking import queries
from coachapp.booking.confirming import confirm
from coachapp.booking.group_queries import dates_with, group_date
from coachapp.booking.making import give_token, new_appointment, new_place
from coachapp.booking.models import Appointment, DayHours, OpeningHours
from coachapp.booking.own_hours import LONGEST_STRETCH, BadTime
from coachapp.booking.rules import AppointmentState, NoSuchPlace, TimeTaken
from coachapp.booking.seats import new_seat
from coachapp.booking.slots import Opening
from coachapp.db import transaction
from coachapp.payments import credits
from coachapp.practice.operations import lock_coach
from coachapp.practice.rules import OfferingRow

_LONGEST_BLOCK = timedelta(days=31)


def set_week(coach_id: int, openings: list[Opening]) -> None:
    """Put these hours in place of the usual week; booked appointments stay."""
    with transaction() as db:
        db.execute(delete(OpeningHours).where(OpeningHours.coach_id == coach_id))
        db.add_all(
            OpeningHours(
                coach_id=coach_id, weekday=each.weekday, start_min=each.start_min, end_min=each.end_min
            )
            for each in openings
        )


def set_day(coach_id: int, day: date, ranges: list[tuple[int, int]] | None) -> None:
    """One date's own hours in minutes of the day; an empty list is a day off, None is the usual week again."""
    with transaction() as db:
        db.execute(delete(DayHours).where(DayHours.coach_id == coach_id, DayHours.on_date == day))
        if ranges is None:
            return
        closed: list[tuple[int | None, int | None]] = [(None, None)]
        rows = list(ranges) or closed
        db.add_all(
            DayHours(coach_id=coach_id, on_date=day, start_min=low, end_min=high) for low, high in rows
        )


def block_time(coach_id: int, starts_at: datetime, ends_at: datetime, label: str, *, now: datetime) -> UUID:
    """Keep a time for the coach herself. TimeTaken when an appointment lies in it, BadTime when it is none."""
    if not starts_at < ends_at <= starts_at + _LONGEST_BLOCK:
        raise BadTime
    block_id = uuid4()
    sealed = vault.seal(vault.PRACTICE, "appointment.label", block_id, label) if label else None
    try:
        with transaction() as db:
            lock_coach(coach_id)
            db.add(
                Appointment(
                    id=block_id,
                    coach_id=coach_id,
                    state=AppointmentState.BLOCKED,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    before_min=0,
                    after_min=0,
                    way="",
                    label_sealed=sealed,
                    created_at=now,
                    changed_at=now,
                )
            )
    except IntegrityError as error:
        raise TimeTaken from error
    return block_id


def unblock_time(coach_id: int, block_id: UUID, *, now: datetime) -> datetime:
    """Give a blocked time free again; returns when it began. NoSuchPlace if it is not one of this coach's."""
    with transaction() as db:
        row = db.get(Appointment, block_id)
        if row is None or row.coach_id != coach_id or row.state != AppointmentState.BLOCKED:
            raise NoSuchPlace
        row.state, row.changed_at = AppointmentState.RELEASED, now
        return row.starts_at


def book_for_client(
    offering: OfferingRow,
    client_id: UUID,
    client_zone: str,
    starts_at: datetime,
    base_url: str,
    *,
    now: datetime,
    by_session: bool = False,
    actor: UUID | None = None,
) -> UUID:
    """Book a time for a client at once, whatever the opening hours say; returns the place. TimeTaken if it overlaps.

    `by_session` uses a session of a package of hers; NoCredit when none is left. `actor` is the coach's account.
    """
    try:
        with transaction():
            lock_coach(offering.coach_id)
            appointment = new_appointment(offering, starts_at, AppointmentState.CONFIRMED, now)
            return _book(
                appointment,
                offering,
                client_id,
                client_zone,
                base_url,
                now,
                by_session=by_session,
                actor=actor,
            )
    except IntegrityError as error:
        raise TimeTaken from error


def book_seat(
    offering: OfferingRow,
    date_id: UUID,
    client_id: UUID,
    client_zone: str,
    base_url: str,
    *,
    now: datetime,
    actor: UUID | None = None,
) -> UUID:
    """The same for a seat in a group date; TimeTaken when it is full, over, or she has a seat in it."""
    try:
        with transaction():
            lock_coach(offering.coach_id)
            date = group_date(date_id, coach_id=offering.coach_id)
            if not date.stands or date.starts_at <= now or date.id in dates_with(client_id):
                raise TimeTaken
            appointment = new_seat(offering, date, AppointmentState.CONFIRMED, now)
            return _book(appointment, offering, client_id, client_zone, base_url, now, actor=actor)
    except IntegrityError as error:
        raise TimeTaken from error


def _book(
    appointment: Appointment,
    offering: OfferingRow,
    client_id: UUID,
    client_zone: str,
    base_url: str,
    now: datetime,
    *,
    by_session: bool = False,
    actor: UUID | None,
) -> UUID:
    with transaction() as db:
        db.add(appointment)
        db.flush()
        row = new_place(appointment.id, offering, client_zone, "staff", now)
        give_token(row, client_id)
        db.add(row)
        db.flush()
        if by_session:
            credits.use(client_id, offering.id, row.id, now=now)
        confirm(appointment, queries.place(row.id), base_url, now, actor=actor)
        return row.id


def set_days(coach_id: int, first: date, last: date, ranges: list[tuple[int, int]] | None) -> None:
    """The same own hours for every date from `first` to `last` (included), as in `set_day`.
    BadTime if there is none."""
    if not first <= last <= first + LONGEST_STRETCH:
        raise BadTime
    with transaction():
        for number in range((last - first).days + 1):
            set_day(coach_id, first + timedelta(days=number), ranges)

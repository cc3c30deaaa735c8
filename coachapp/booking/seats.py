"""Sitting down in a group date: a seat is taken under the coach's lock, and the database has the last word on it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp.booking.group import GroupDate, NoSuchDate
from coachapp.booking.group_queries import dates_of, dates_with, group_date, open_dates
from coachapp.booking.making import new_appointment
from coachapp.booking.models import Appointment
from coachapp.booking.queries import places_kept, places_of
from coachapp.booking.rules import AppointmentState, PlaceRow, TimeTaken
from coachapp.practice.operations import lock_coach
from coachapp.practice.rules import OfferingRow

_MOMENT = timedelta(seconds=1)


def new_seat(
    offering: OfferingRow,
    date: GroupDate,
    state: AppointmentState,
    now: datetime,
    *,
    hold_until: datetime | None = None,
) -> Appointment:
    """An appointment of its own in a date that has room; TimeTaken when it is full. For the caller to add."""
    row = new_appointment(offering, date.starts_at, state, now, hold_until=hold_until)
    sit(row, date)
    return row


def sit(row: Appointment, date: GroupDate) -> None:
    """Give an appointment the next seat of a date, with its time and its room; TimeTaken when it is full."""
    number = date.next_seat
    if number is None:
        raise TimeTaken
    row.seat_of, row.seat = date.id, number
    row.starts_at, row.ends_at = date.starts_at, date.ends_at
    row.room_key, row.way = date.room_key, date.way


def date_on_offer(
    offering: OfferingRow, starts_at: datetime, client_id: UUID | None, now: datetime
) -> GroupDate:
    """The date that begins at this moment, if this client (None: someone new) can book it now; TimeTaken."""
    hers = dates_with(client_id)
    for date in open_dates(offering, starts_at, starts_at + _MOMENT, now, client_id=client_id):
        if date.id not in hers:
            return date
    raise TimeTaken


def date_at(offering_id: UUID | None, starts_at: datetime, client_id: UUID | None) -> GroupDate:
    """The date of an offering at this moment with room and no seat of hers, for the coach,
    who is bound by nothing else."""
    hers = dates_with(client_id)
    for date in dates_of(offering_id, starts_at, starts_at + _MOMENT) if offering_id else ():
        if date.has_room and date.id not in hers:
            return date
    raise TimeTaken


def own_seats(client_id: UUID | None, offering_id: UUID, now: datetime) -> list[PlaceRow]:
    """The seats this client has in dates of a group that are not over, earliest first; also those kept for her
    money."""
    if client_id is None:
        return []
    found = places_of(client_id) + places_kept(client_id)
    hers = (each for each in found if each.offering_id == offering_id and each.is_seat)
    stands = (each for each in hers if each.ends_at > now and each.state is not AppointmentState.CANCELLED)
    return sorted(stands, key=lambda each: each.starts_at)


def take_seat_again(db: Session, row: Appointment) -> bool:
    """Take back a seat that was let go: its date stands as it stood then, and has room. Another number will do."""
    lock_coach(row.coach_id)
    try:
        assert row.seat_of is not None, "only a seat is taken so"
        date = group_date(row.seat_of)
        if not date.stands or (date.starts_at, date.ends_at) != (row.starts_at, row.ends_at):
            return False
        with db.begin_nested():
            sit(row, date)
            row.state = AppointmentState.HELD
    except (NoSuchDate, TimeTaken, IntegrityError):
        return False
    return True

"""What the coach does with the dates of a group: sets them, moves one with everyone in it, takes one back.

Every seat in a date is an appointment of its own and goes its own way through `confirming`, `moving` and `requests`;
here they are taken along together, and the coach hears of it once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp.audit.operations import record
from coachapp.booking import queries, requests
from coachapp.booking.calendar_mail import with_invitation
from coachapp.booking.confirming import fall
from coachapp.booking.group import DaysTaken, GroupDate
from coachapp.booking.making import new_appointment
from coachapp.booking.models import Appointment
from coachapp.booking.moving import take_along
from coachapp.booking.room import new_room_key
from coachapp.booking.rules import AppointmentState, PlaceRow, TimeTaken, TooLate
from coachapp.booking.telling import tell_if_there
from coachapp.db import transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue_for_coach
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow


def add_dates(
    offering: OfferingRow, starts: Sequence[datetime], base_url: str, *, by: UUID, now: datetime
) -> list[UUID]:
    """Set all of these dates, or none, whatever the opening hours say.
    DaysTaken where something of the coach's lies."""
    starts, length = sorted(starts), timedelta(minutes=offering.length_min)
    try:
        with transaction() as db:
            lock_coach(offering.coach_id)
            lies_there = queries.occupied(offering.coach_id, [(at, at + length) for at in starts])
            if any(lies_there):
                raise DaysTaken([at for at, is_taken in zip(starts, lies_there, strict=True) if is_taken])
            rows = [_new_date(offering, at, now) for at in starts]
            db.add_all(rows)
            db.flush()
            for row in rows:
                _tell_her_calendar(row, offering.title, base_url, now)
            record("group_dates", now=now, role="staff", actor=by)
            return [row.id for row in rows]
    except IntegrityError as error:
        raise DaysTaken(starts) from error


def cancel_date(date: GroupDate, base_url: str, *, by: UUID, now: datetime) -> list[UUID]:
    """Take a date back from everyone; returns the refunds to send after the commit. TooLate when it stands no more.

    Everyone who comes is told once, through the gate, and everything anyone paid goes back. Who was only on the way to
    booking is let go; money that still comes then goes back by itself.
    """
    with transaction() as db:
        row = _standing(db, date)
        refunds = [refund for place in _seats(date) for refund in _send_home(place, base_url, by, now)]
        row.state, row.changed_at = AppointmentState.CANCELLED, now
        row.sequence += 1
        db.flush()
        who = coach(date.coach_id)
        text = texts.coach_cancelled(row.starts_at, row.ends_at, who.zone, f"{base_url}/desk/")
        _tell_coach(row, "cancelled", text, now)
        record("group_cancel", now=now, role="staff", actor=by)
        return refunds


def move_date(date: GroupDate, starts_at: datetime, base_url: str, *, by: UUID, now: datetime) -> None:
    """Move a date with everyone in it; each is told once. TimeTaken if it overlaps, TooLate once it has begun or fell.

    Whoever is choosing it in this moment chose another time: she is led back to the dates, with her words kept.
    """
    try:
        with transaction() as db:
            row = _standing(db, date)
            if row.starts_at <= now:
                raise TooLate
            if row.starts_at == starts_at:
                return
            was, length = row.starts_at, row.ends_at - row.starts_at
            row.starts_at, row.ends_at, row.changed_at = starts_at, starts_at + length, now
            row.sequence += 1
            db.flush()  # the date before its seats: the database holds them to it
            for place in _seats(date):
                if _is_choosing(place):
                    _let_go(db, place, now)
                else:
                    take_along(place, starts_at, starts_at + length, base_url, actor=by, now=now)
            who = coach(date.coach_id)
            text = texts.coach_moved(was, row.starts_at, row.ends_at, who.zone, f"{base_url}/desk/")
            _tell_coach(row, "moved", text, now)
            record("group_move", now=now, role="staff", actor=by)
    except IntegrityError as error:
        raise TimeTaken from error


def _new_date(offering: OfferingRow, starts_at: datetime, now: datetime) -> Appointment:
    row = new_appointment(offering, starts_at, AppointmentState.CONFIRMED, now)
    row.seats, row.room_key = offering.seats, new_room_key()
    return row


def _standing(db: Session, date: GroupDate) -> Appointment:
    """The date's row, locked with all of the coach's time."""
    lock_coach(date.coach_id)
    row = db.get_one(Appointment, date.id, with_for_update=True)
    if row.state != AppointmentState.CONFIRMED:
        raise TooLate
    return row


def _seats(date: GroupDate) -> list[PlaceRow]:
    """All of its seats in one order, so that this and the end of old holds never wait for each other."""
    return sorted(queries.places_in(date.id), key=lambda each: each.appointment_id)


def _is_choosing(place: PlaceRow) -> bool:
    """Whether she is on the road to booking, and nothing was said to her yet."""
    return place.state is AppointmentState.HELD and place.answer is None and not place.pays_by


def _let_go(db: Session, place: PlaceRow, now: datetime) -> None:
    row = db.get_one(Appointment, place.appointment_id, with_for_update=True)
    row.state, row.hold_until, row.changed_at = AppointmentState.RELEASED, None, now


def _send_home(place: PlaceRow, base_url: str, by: UUID, now: datetime) -> list[UUID]:
    """End one seat as it would end alone, in the words of its state; returns its refunds."""
    if place.state is AppointmentState.CONFIRMED:
        refunds = fall(place, by="staff", now=now, actor=by)
        if place.ends_at > now:
            tell_if_there(queries.place(place.id), "cancelled", texts.cancelled, base_url, now)
        return refunds
    if place.state is AppointmentState.REQUESTED:
        requests.decline(place, base_url, by=by, now=now)
    elif place.state is AppointmentState.HELD and (place.answer is not None or place.pays_by):
        requests.withdraw(place, base_url, now=now)
    elif place.state is AppointmentState.HELD:
        with transaction() as db:
            _let_go(db, place, now)
    return []


def _tell_her_calendar(row: Appointment, title: str, base_url: str, now: datetime) -> None:
    """A new date goes into her calendar, if she wants that; she has just set it and needs no other word."""
    who = coach(row.coach_id)
    if who.calendar_mail:
        text = texts.coach_booked(row.starts_at, row.ends_at, who.zone, title, f"{base_url}/desk/")
        _tell_coach(row, "booked", text, now)


def _tell_coach(row: Appointment, kind: str, text: texts.Text, now: datetime) -> None:
    key = f"coach {kind}:{row.id}:{row.sequence}"
    enqueue_for_coach(coach(row.coach_id).email, kind, with_invitation(text, row.id), key=key, now=now)

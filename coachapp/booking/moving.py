"""Moving a confirmed time to another: the same appointment, order and calendar entry, nothing charged again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp.audit.operations import record
from coachapp.booking import queries, waiting
from coachapp.booking.confirming import tell_both
from coachapp.booking.holding import check_free
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import AppointmentState, PlaceRow, TimeTaken, TooLate, may_move
from coachapp.booking.slots import instant
from coachapp.db import transaction
from coachapp.notifications import texts
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow


def move_by_client(
    place: PlaceRow, offering: OfferingRow, start: int, client_zone: str, base_url: str, *, now: datetime
) -> None:
    """Move her time to a start (epoch minutes) that is on offer now; its length stays, her clock becomes `client_zone`.

    TooLate after the cut-off or when it no longer stands, TimeTaken when the start is not free; then the old time
    stays hers. The same press twice moves once.
    """
    with _moving(place) as (db, appointment):
        if not _stands(appointment) or not may_move(appointment.starts_at, place.cutoff_min, now):
            raise TooLate
        if appointment.starts_at == instant(start):
            return
        as_booked = replace(offering, length_min=place.length_min)
        check_free(as_booked, start, now, leaving_out=appointment.id)
        row = db.get_one(Place, place.id)
        row.zone, row.asked_zone = client_zone, None
        _move(db, appointment, place, instant(start), "client", base_url, now)
        if place.client_id is not None:
            waiting.no_longer(place.client_id, place.offering_id)


def move_by_coach(place: PlaceRow, starts_at: datetime, base_url: str, *, now: datetime) -> None:
    """Move a client's time wherever the coach likes. TimeTaken if it overlaps, TooLate when it no longer stands."""
    with _moving(place) as (db, appointment):
        if not _stands(appointment):
            raise TooLate
        if appointment.starts_at != starts_at:
            _move(db, appointment, place, starts_at, "staff", base_url, now)


@contextmanager
def _moving(place: PlaceRow) -> Iterator[tuple[Session, Appointment]]:
    """One writer for the coach's time; the database has the last word on what overlaps."""
    try:
        with transaction() as db:
            lock_coach(place.coach_id)
            yield db, db.get_one(Appointment, place.appointment_id, with_for_update=True)
    except IntegrityError as error:
        raise TimeTaken from error


def _stands(appointment: Appointment) -> bool:
    return appointment.state == AppointmentState.CONFIRMED


def _move(
    db: Session,
    appointment: Appointment,
    place: PlaceRow,
    starts_at: datetime,
    by: str,
    base_url: str,
    now: datetime,
) -> None:
    was = appointment.starts_at
    appointment.ends_at = starts_at + (appointment.ends_at - was)
    appointment.starts_at, appointment.changed_at = starts_at, now
    appointment.sequence += 1
    row = db.get_one(Place, place.id)
    row.outcome = row.outcome_at = row.late_min = row.late_at = None
    db.flush()
    _announce(queries.place(place.id), was, base_url, now)
    record(
        "move", now=now, role="link" if by == "client" and place.is_by_link else by, subject=place.client_id
    )


def _announce(place: PlaceRow, was: datetime, base_url: str, now: datetime) -> None:
    who = coach(place.coach_id)
    text = texts.coach_moved(was, place.starts_at, place.ends_at, who.zone, f"{base_url}/desk/")
    tell_both(place, "moved", texts.moved, text, base_url, now)

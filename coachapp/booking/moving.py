"""Moving a confirmed time to another: the same appointment, order and calendar entry, nothing charged again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp.audit.operations import record
from coachapp.booking import queries, waiting
from coachapp.booking.following import rest_follows
from coachapp.booking.holding import check_free
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import OCCUPYING, AppointmentState, PlaceRow, TimeTaken, TooLate, may_move
from coachapp.booking.seats import date_at, date_on_offer, sit
from coachapp.booking.slots import instant
from coachapp.booking.telling import tell_both, tell_if_there
from coachapp.db import transaction
from coachapp.intake.operations import agree
from coachapp.intake.rules import EARLY
from coachapp.notifications import texts
from coachapp.practice.operations import lock_coach
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow


def move_by_client(
    place: PlaceRow,
    offering: OfferingRow,
    start: int,
    client_zone: str,
    base_url: str,
    *,
    begin_early: bool = False,
    now: datetime,
) -> None:
    """Move her time to a start (epoch minutes) that is on offer now with the same coach; its length stays, her clock
    becomes `client_zone`.

    TooLate after the cut-off or when it no longer stands, TimeTaken when the start is not free; then the old time
    stays hers. The same press twice moves once. `begin_early` is her express wish for it, where that was asked. A
    seat moves to another date of its group and takes that one's length.
    """
    with _moving(place) as (db, appointment):
        if not _stands(appointment) or not may_move(appointment.starts_at, place.cutoff_min, now):
            raise TooLate
        if appointment.starts_at == instant(start):
            return
        was = appointment.starts_at
        if place.is_seat:
            sit(appointment, date_on_offer(offering, instant(start), place.client_id, now))
        else:
            as_booked = replace(offering, coach_id=place.coach_id, length_min=place.length_min)
            check_free(as_booked, start, now, leaving_out=appointment.id)
            _put(appointment, instant(start))
        row = db.get_one(Place, place.id)
        row.zone, row.asked_zone = client_zone, None
        _moved(db, appointment, place, was, "client", base_url, now)
        if place.client_id is not None:
            if begin_early:
                agree(place.client_id, place.id, EARLY, now=now)
            waiting.no_longer(place.client_id, place.offering_id)


def move_by_coach(
    place: PlaceRow, starts_at: datetime, base_url: str, *, now: datetime, actor: UUID | None = None
) -> None:
    """Move a client's time wherever the coach likes; a seat only to another date of its group that has room.

    TimeTaken if it overlaps, or there is no such date; TooLate when it no longer stands. `actor` is her account.
    """
    with _moving(place) as (db, appointment):
        if not _stands(appointment):
            raise TooLate
        if appointment.starts_at == starts_at:
            return
        was = appointment.starts_at
        if place.is_seat:
            sit(appointment, date_at(place.offering_id, starts_at, place.client_id))
        else:
            _put(appointment, starts_at)
        _moved(db, appointment, place, was, "staff", base_url, now, actor)


def take_along(
    place: PlaceRow, starts_at: datetime, ends_at: datetime, base_url: str, *, actor: UUID, now: datetime
) -> None:
    """Move a seat with its date: also one that was asked for, or is kept. She is told once; what is over stays."""
    with transaction() as db:
        row = db.get_one(Appointment, place.appointment_id, with_for_update=True)
        if row.state not in OCCUPYING:
            return
        was, row.starts_at, row.ends_at = row.starts_at, starts_at, ends_at
        if row.hold_until is not None:
            row.hold_until = min(row.hold_until, starts_at)
        moved = _noted(db, row, place, was, now)
        tell_if_there(moved, "moved", texts.moved, base_url, now)
        record("move", now=now, role="staff", actor=actor, subject=place.client_id)


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


def _put(appointment: Appointment, starts_at: datetime) -> None:
    """At another time, as long as before."""
    appointment.ends_at += starts_at - appointment.starts_at
    appointment.starts_at = starts_at


def _noted(db: Session, appointment: Appointment, place: PlaceRow, was: datetime, now: datetime) -> PlaceRow:
    """Write the new time down, with what was said about the old one forgotten; returns how it stands now."""
    settled_at, appointment.changed_at = appointment.changed_at, now
    appointment.sequence += 1
    row = db.get_one(Place, place.id)
    row.outcome = row.outcome_at = row.late_min = row.late_at = None
    db.flush()
    moved = queries.place(place.id)
    rest_follows(place.id, place.coach_id, was, moved.starts_at, settled_at=settled_at, now=now)
    return moved


def _moved(
    db: Session,
    appointment: Appointment,
    place: PlaceRow,
    was: datetime,
    by: str,
    base_url: str,
    now: datetime,
    actor: UUID | None = None,
) -> None:
    _announce(_noted(db, appointment, place, was, now), was, base_url, now)
    role = "link" if by == "client" and place.is_by_link else by
    record("move", now=now, role=role, actor=actor, subject=place.client_id)


def _announce(place: PlaceRow, was: datetime, base_url: str, now: datetime) -> None:
    who = coach(place.coach_id)
    text = texts.coach_moved(was, place.starts_at, place.ends_at, who.zone, f"{base_url}/desk/")
    tell_both(place, "moved", texts.moved, text, base_url, now)

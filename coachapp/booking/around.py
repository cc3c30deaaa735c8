"""What happens around a session: coming late, not coming, a zone that has changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from coachapp.audit.operations import record
from coachapp.booking import queries, waiting
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import LATE, AppointmentState, NoSuchPlace, NotNow, Outcome, PlaceRow
from coachapp.clients import operations as clients
from coachapp.clients.queries import client, wishes
from coachapp.clients.rules import Absence
from coachapp.db import transaction
from coachapp.notifications import texts
from coachapp.notifications.operations import enqueue, enqueue_for_coach
from coachapp.payments import parts
from coachapp.payments.queries import orders_of
from coachapp.practice.queries import coach, practice
from coachapp.zones import zone

ABSENCE = "absent"  # the kind of the neutral mail, and what its key begins with


def say_late(place: PlaceRow, minutes: int, base_url: str, *, now: datetime) -> None:
    """Note that she comes 5, 10 or 15 minutes late, or after all in time (0). The coach gets one mail, she gets none.

    NotNow unless the appointment is on, or begins within a quarter of an hour.
    """
    if minutes not in (0, *LATE) or not place.room_is_open(now):
        raise NotNow
    with transaction() as db:
        row = db.get_one(Place, place.id, with_for_update=True)
        row.late_min, row.late_at = (minutes, now) if minutes else (None, None)
        if minutes:
            host = coach(place.coach_id)
            text = texts.coach_late(place.starts_at, place.ends_at, host.zone, minutes, f"{base_url}/desk/")
            enqueue_for_coach(
                host.email, "late", text, key=f"coach late:{place.id}:{place.sequence}", now=now
            )


def note_absent(place: PlaceRow, *, by: UUID, now: datetime) -> None:
    """Note that she did not attend; nothing is sent and no money moves. Twice is once.

    NotNow before a quarter of an hour has passed, or when it stands no more or ended in another way.
    """
    with transaction() as db:
        row = db.get_one(Place, place.id, with_for_update=True)
        if row.outcome == Outcome.ABSENT:
            return
        if row.outcome is not None or not queries.place(place.id).may_be_absent(now):
            raise NotNow
        row.outcome, row.outcome_at = Outcome.ABSENT, now
        record("absent", now=now, role="staff", actor=by, subject=place.client_id)


def may_take_back(place: PlaceRow, now: datetime) -> bool:
    """Whether it is still the day, on the coach's clock, on which it was noted that she did not attend."""
    if place.outcome != Outcome.ABSENT or place.outcome_at is None:
        return False
    where = zone(coach(place.coach_id).zone)
    return place.outcome_at.astimezone(where).date() == now.astimezone(where).date()


def take_back_absent(place: PlaceRow, *, by: UUID, now: datetime) -> None:
    """She came after all, or it was the wrong line. NotNow on a later day. Money that went back stays back."""
    with transaction() as db:
        row = db.get_one(Place, place.id, with_for_update=True)
        if not may_take_back(queries.place(place.id), now):
            raise NotNow
        row.outcome = row.outcome_at = None
        record("absent_undone", now=now, role="staff", actor=by, subject=place.client_id)


def send_absence_mail(place: PlaceRow, base_url: str, *, now: datetime) -> None:
    """The neutral mail, through the gate and once, for someone who did not attend and wished it. NotNow otherwise."""
    with transaction() as db:
        db.get_one(Place, place.id, with_for_update=True)
        client_id, outcome = place.client_id, queries.place(place.id).outcome
        if client_id is None or outcome != Outcome.ABSENT or wishes(client_id).absence is not Absence.MAIL:
            raise NotNow
        subject, link = practice().mail_subject, f"{base_url}/b/{queries.place_token(place.id)}"
        enqueue(
            client_id,
            ABSENCE,
            lambda with_link: texts.time_alone(
                subject, place.starts_at, place.ends_at, place.zone, link if with_link else None
            ),
            key=absence_key(place),
            now=now,
            reply_to=coach(place.coach_id).email,
        )


def absence_still_stands(key: str, now: datetime) -> bool:
    """Whether the neutral mail with this key may still leave: not taken back, and still what she wishes."""
    try:
        place = queries.place(UUID(key.split(":")[1]))
    except NoSuchPlace:
        return False
    if place.outcome != Outcome.ABSENT or place.client_id is None:
        return False
    return wishes(place.client_id).absence is Absence.MAIL


def absence_key(place: PlaceRow) -> str:
    """What makes the neutral mail about this time one mail, however often it is asked for."""
    return f"{ABSENCE}:{place.id}:{place.sequence}"


def give_back(place: PlaceRow, *, by: UUID, now: datetime) -> list[UUID]:
    """Give back what was paid for a time she did not attend; returns the refunds to send after the commit."""
    with transaction() as db:
        db.get_one(Place, place.id, with_for_update=True)
        order = orders_of([place.id]).get(place.id)
        if queries.place(place.id).outcome != Outcome.ABSENT or order is None:
            raise NotNow
        refunds = parts.give_back(place.id, "absent", now=now)
        if refunds:
            record("give_back", now=now, role="staff", actor=by, subject=place.client_id)
        return refunds


def change_zone(client_id: UUID, new: str, *, now: datetime) -> None:
    """Keep the zone she is in now. What is booked keeps its instant and its zone until she says that is right too.

    The zone she is in already changes nothing.
    """
    with transaction() as db:
        if client(client_id).zone == new:
            return
        clients.set_zone(client_id, new)
        waiting.follow(client_id, new)
        coming = (
            select(Appointment.id)
            .join(Place, Place.appointment_id == Appointment.id)
            .where(Place.client_id == client_id, Appointment.ends_at > now)
            .where(Appointment.state == AppointmentState.CONFIRMED)
        )
        hers = update(Place).where(Place.client_id == client_id, Place.appointment_id.in_(coming))
        db.execute(hers.where(Place.zone != new).values(asked_zone=new))
        db.execute(hers.where(Place.zone == new).values(asked_zone=None))


def answer_zone(place: PlaceRow, *, take: bool) -> None:
    """Whether a booked time is shown in her new zone from now on, or stays as it was. Answered already: nothing."""
    with transaction() as db:
        row = db.get_one(Place, place.id, with_for_update=True)
        if row.asked_zone is not None and take:
            row.zone = row.asked_zone
        row.asked_zone = None

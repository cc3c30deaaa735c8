"""The coach's own calendar: the invitation her mail carries, and the feed her calendar may subscribe to."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from sqlalchemy import or_, select

from coachapp.booking.ics import Entry, Summary, feed_file, invitation_file, uid_of
from coachapp.booking.models import Appointment
from coachapp.booking.rules import AppointmentState
from coachapp.config import settings
from coachapp.db import session
from coachapp.notifications.texts import Text
from coachapp.practice.queries import coach

_KEPT = timedelta(days=30)
_STANDS = (AppointmentState.CONFIRMED, AppointmentState.BLOCKED)
_MOST = 5_000


def with_invitation(text: Text, appointment_id: UUID) -> Text:
    """A mail to the coach, with an invitation beside its words if she wants one and the time stands, or has fallen.

    Inside the transaction that books, moves or cancels: the appointment is read as it will be. A group date stands in
    her calendar once; who takes a seat in it, or leaves it, changes nothing there.
    """
    row = session().get_one(Appointment, appointment_id)
    who = coach(row.coach_id)
    if row.seat_of is not None or not (who.calendar_mail and who.email):
        return text
    if row.state not in (AppointmentState.CONFIRMED, AppointmentState.CANCELLED):
        return text
    return replace(text, calendar=invitation_file(_entry(row), sender_address(), who.email).decode())


def feed(coach_id: int, *, now: datetime) -> bytes:
    """Every confirmed and blocked time from a month ago on, and what was cancelled within the last month."""
    rows = session().scalars(
        select(Appointment)
        .where(Appointment.coach_id == coach_id, Appointment.ends_at > now - _KEPT)
        .where(Appointment.seat_of.is_(None))
        .where(
            or_(
                Appointment.state.in_(_STANDS),
                (Appointment.state == AppointmentState.CANCELLED) & (Appointment.changed_at > now - _KEPT),
            )
        )
        .order_by(Appointment.starts_at, Appointment.id)
        .limit(_MOST)
    )
    return feed_file(_entry(row) for row in rows)


def sender_address() -> str:
    """The bare address the practice's mail comes from: the organiser of every invitation."""
    return parseaddr(settings().mail_from)[1]


def _entry(row: Appointment) -> Entry:
    blocked = row.state == AppointmentState.BLOCKED
    return Entry(
        uid=uid_of(row.id),
        sequence=row.sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        summary=Summary.BLOCKED if blocked else Summary.APPOINTMENT,
        changed_at=row.changed_at,
        cancelled=row.state == AppointmentState.CANCELLED,
    )

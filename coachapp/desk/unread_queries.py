"""What clients wrote and nobody on the desk has opened yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from coachapp.audit.models import AuditEntry
from coachapp.booking import queries as booking
from coachapp.booking.rules import PlaceRow
from coachapp.clients.models import Client
from coachapp.db import session
from coachapp.desk.queries import hope
from coachapp.worksheets.models import Assignment, LookingBack, SheetTemplate


@dataclass(frozen=True)
class SheetLine:
    """A shared worksheet by its title; the answers are read in the worksheets' own room."""

    client_id: UUID
    number: int
    title: str
    shared_at: datetime


def unread_sheets(coach_id: int) -> list[SheetLine]:
    """Worksheets clients shared with this coach that nobody on the desk has opened since."""
    found = (
        select(Assignment, SheetTemplate.title)
        .join(SheetTemplate, SheetTemplate.id == Assignment.template_id)
        .join(Client, Client.id == Assignment.client_id)
        .where(Client.coach_id == coach_id, Assignment.shared_at.is_not(None))
        .order_by(Assignment.shared_at)
    )
    rows = session().execute(found).all()
    seen = _last_viewed([row.id for row, _title in rows])
    return [
        SheetLine(row.client_id, row.number, title, row.shared_at)
        for row, title in rows
        if row.shared_at and _is_new(row.id, row.shared_at, seen)
    ]


def unread_pages(coach_id: int) -> list[SheetLine]:
    """Pages of looking back, likewise; they have no title."""
    found = (
        select(LookingBack)
        .join(Client, Client.id == LookingBack.client_id)
        .where(Client.coach_id == coach_id, LookingBack.shared_at.is_not(None))
        .order_by(LookingBack.shared_at)
    )
    rows = session().scalars(found).all()
    seen = _last_viewed([row.id for row in rows])
    return [
        SheetLine(row.client_id, row.number, "", row.shared_at)
        for row in rows
        if row.shared_at and _is_new(row.id, row.shared_at, seen)
    ]


def unread_intakes(coach_id: int, *, now: datetime, days: int = 14) -> list[PlaceRow]:
    """Coming appointments of clients who wrote something at booking and whose record nobody has opened yet."""
    found = booking.places_between(coach_id, now, now + timedelta(days=days))
    ids = {place.client_id for place in found if place.client_id}
    seen = viewed(ids) | _of_colleagues(coach_id, ids)
    coming = [place for place in found if place.client_id not in seen]
    unread: dict[UUID, PlaceRow] = {}
    for place in coming:
        client_id = place.client_id
        if client_id and client_id not in unread and hope(client_id, coach_id):
            unread[client_id] = place
    return list(unread.values())


def viewed(subjects: Iterable[UUID]) -> set[UUID]:
    """Those of them that somebody on the desk has ever opened."""
    return set(_last_viewed(subjects))


def _is_new(subject: UUID, shared_at: datetime, seen: dict[UUID, date]) -> bool:
    return subject not in seen or seen[subject] < shared_at.date()


def _last_viewed(subjects: Iterable[UUID]) -> dict[UUID, date]:
    """The last day on which each of these was looked at; what nobody opened is left out."""
    found = (
        select(AuditEntry.subject, func.max(AuditEntry.on_day))
        .where(AuditEntry.action == "view", AuditEntry.subject.in_(list(subjects)))
        .group_by(AuditEntry.subject)
    )
    return {subject: day for subject, day in session().execute(found) if subject and day}


def _of_colleagues(coach_id: int, client_ids: set[UUID]) -> set[UUID]:
    """Those whose record is another coach's."""
    found = select(Client.id).where(Client.id.in_(client_ids), Client.coach_id != coach_id)
    return set(session().scalars(found))

"""What of packages waits for the coach: an end that was not told yet, and the session of someone who did not come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import Outcome
from coachapp.clients.models import Client
from coachapp.clients.queries import clients_by_id
from coachapp.db import session
from coachapp.notifications.queries import state_of
from coachapp.notifications.rules import State
from coachapp.payments.credit_models import CreditEntry
from coachapp.payments.credit_queries import packages_near, uses_of
from coachapp.payments.credit_rules import NEARS, Kind, PackageRow
from coachapp.payments.credits import ends_key, was_told


@dataclass(frozen=True)
class Undecided:
    """A time nobody came to, whose session of a package is used until the coach says more."""

    client_id: UUID
    starts_at: datetime


def untold(coach_id: int, *, now: datetime) -> list[PackageRow]:
    """Packages of this coach's clients whose end is near, and that nobody was told; a mail on its way tells it."""
    near = [each for each in packages_near(now + NEARS) if each.nears_its_end(now)]
    people = clients_by_id(each.client_id for each in near)
    hers = [each for each in near if each.client_id in people and people[each.client_id].coach_id == coach_id]
    return [each for each in hers if not was_told(each) and not _is_on_its_way(each)]


def undecided(coach_id: int) -> list[Undecided]:
    """Absences of this coach's clients of which nobody has said what becomes of the session, the earliest first."""
    found = (
        select(Place.id, Place.client_id, Appointment.starts_at)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .join(Client, Client.id == Place.client_id)
        .where(Place.outcome == Outcome.ABSENT, Client.coach_id == coach_id)
        .where(Place.id.in_(select(CreditEntry.place_id).where(CreditEntry.place_id.is_not(None))))
        .order_by(Appointment.starts_at)
    )
    rows = session().execute(found).all()
    uses = uses_of(row.id for row in rows)
    return [
        Undecided(row.client_id, row.starts_at)
        for row in rows
        if row.client_id and uses[row.id][1].kind is Kind.USED
    ]


def _is_on_its_way(mine: PackageRow) -> bool:
    states = [state_of(ends_key(mine.id, entry.turn)) for entry in mine.tellings]
    return State.WAITING in states or State.SENDING in states

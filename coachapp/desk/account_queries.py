"""What the accountant's page adds to the ledger: what was sold by name, what is open,
and names where they are asked for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import AppointmentState
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.db import session
from coachapp.money import Money
from coachapp.payments import part_queries, part_rules
from coachapp.payments.account_queries import batches
from coachapp.payments.account_rules import Line
from coachapp.payments.credit_models import Package
from coachapp.payments.credit_queries import spent_on
from coachapp.payments.queries import orders_of
from coachapp.practice.models import Offering
from coachapp.questions.models import Question

_SOLD: dict[str, Select[UUID, str]] = {
    "appointment": select(Place.id, Offering.title)
    .join(Appointment, Appointment.id == Place.appointment_id)
    .join(Offering, Offering.id == Appointment.offering_id),
    "package": select(Package.id, Offering.title).join(
        Offering, Offering.id == func.coalesce(Package.offering_id, Package.pays_for_id)
    ),
    "question": select(Question.id, Offering.title).join(Offering, Offering.id == Question.offering_id),
}
_ID: dict[str, Any] = {"appointment": Place.id, "package": Package.id, "question": Question.id}


def with_titles(start: datetime, end: datetime) -> Iterator[tuple[Line, str]]:
    """Every line within [start, end) with the name of what was sold; empty where nobody knows it any more."""
    for some in batches(start, end):
        titles = _titles(some)
        yield from ((line, titles.get(line.payable_id, "")) for line in some)


def with_names(start: datetime, end: datetime) -> Iterator[tuple[Line, str, ClientRow | None]]:
    """The same with whom it was sold to."""
    for some in batches(start, end):
        titles = _titles(some)
        people = clients_by_id(line.client_id for line in some if line.client_id)
        yield from (
            (line, titles.get(line.payable_id, ""), people.get(line.client_id) if line.client_id else None)
            for line in some
        )


def open_amounts(start: datetime, end: datetime) -> list[Money]:
    """What stands in the calendar of [start, end), has a price, and was paid neither here nor by a session."""
    found = session().execute(
        select(Place.id, Place.price_minor, Place.currency)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Appointment.state == AppointmentState.CONFIRMED, Place.price_minor > 0)
        .where(Appointment.starts_at >= start, Appointment.starts_at < end)
    )
    rows = {row.id: Money(row.price_minor, row.currency) for row in found}
    orders, spent = orders_of(rows), spent_on(rows)
    return [
        price
        for place_id, price in rows.items()
        if place_id not in spent and not (place_id in orders and orders[place_id].paid.minor)
    ]


def open_part_amounts(first: date, last: date) -> list[Money]:
    """Parts of prices whose day lies within [first, last], and that nobody has paid or let go."""
    return [each.amount for each in part_queries.open_parts() if first <= each.due_on <= last]


def _titles(lines: Iterable[Line]) -> dict[UUID, str]:
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for line in lines:
        wanted[line.payable_kind].add(line.payable_id)
    found: dict[UUID, str] = {}
    parts, wholes = wanted.pop(part_rules.KIND, set()), {}
    for each in part_queries.parts_by_id(parts):
        wholes[each.id] = each.whole_id
        wanted[each.whole_kind].add(each.whole_id)
    for kind, ids in wanted.items():
        if kind in _SOLD:
            found |= {row.id: row.title for row in session().execute(_SOLD[kind].where(_ID[kind].in_(ids)))}
    return found | {each: found[whole] for each, whole in wholes.items() if whole in found}

"""Parts of prices that are still to be paid, as the coach sees them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coachapp.booking.parting import coach_of, title_of
from coachapp.clients.queries import client, clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.payments.part_queries import PartRow, open_parts, part
from coachapp.payments.part_rules import Standing
from coachapp.practice.queries import today_of


@dataclass(frozen=True)
class OpenPart:
    """A part, whose it is, and what it is a part of; `is_late` once its day is over on the coach's calendar."""

    part: PartRow
    client: ClientRow
    title: str
    is_late: bool


def parts_awaited(coach_id: int, *, now: datetime) -> list[OpenPart]:
    """What is still to be paid to this coach, the earliest day first: a time's parts are hers who gives it, all others
    are the client's own coach's."""
    found = open_parts()
    people, today = clients_by_id(each.client_id for each in found), today_of(coach_id, now)
    return [
        _open(each, people[each.client_id], today)
        for each in found
        if each.client_id in people and _whose(each, people[each.client_id]) == coach_id
    ]


def part_of(part_id: UUID, coach_id: int, *, now: datetime) -> OpenPart | None:
    """One of these, paid or not; None for another coach's. NoSuchPart."""
    found = part(part_id)
    person = client(found.client_id)
    return _open(found, person, today_of(coach_id, now)) if _whose(found, person) == coach_id else None


def _whose(found: PartRow, person: ClientRow) -> int:
    return coach_of(found.whole_kind, found.whole_id) or person.coach_id


def _open(found: PartRow, person: ClientRow, today: date) -> OpenPart:
    title = title_of(found.whole_kind, found.whole_id)
    return OpenPart(found, person, title, found.standing(today) is Standing.DUE)

"""The coach's day: what stands on it, with what she wants to know before each session, as frozen rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.booking import queries as booking
from coachapp.booking.group import GroupDate
from coachapp.booking.group_queries import dates_between
from coachapp.booking.models import Appointment
from coachapp.booking.own_hours import BlockedTime
from coachapp.booking.room import room_link
from coachapp.booking.rules import AppointmentState, PlaceRow
from coachapp.clients import queries as clients
from coachapp.clients.models import PrivateNote
from coachapp.clients.rules import ClientRow, WishesRow
from coachapp.db import session
from coachapp.desk.group_queries import GroupCard, group_cards
from coachapp.desk.queries import hope, orders_by_place, pay_of, times_of
from coachapp.desk.rules import Pay, Reach, excerpt, reach
from coachapp.desk.unread_queries import viewed
from coachapp.payments.credit_queries import spent_on
from coachapp.practice.queries import coach
from coachapp.safe_contact.queries import contact
from coachapp.worksheets.models import Assignment
from coachapp.zones import local_days


@dataclass(frozen=True)
class SessionCard:
    """One confirmed appointment on the day rail, with what the coach wants to know before it.

    Of a colleague's client nothing of the record: neither notes nor intake nor worksheets.
    """

    place: PlaceRow
    client: ClientRow
    pay: Pay
    reach: Reach
    last_note: str
    to_read: bool
    shared_sheet: bool
    is_first: bool
    wishes: WishesRow
    room: str | None
    kind: str = "session"

    @property
    def starts_at(self) -> datetime:
        return self.place.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.place.ends_at


@dataclass(frozen=True)
class BlockedCard:
    """Time the coach keeps for herself."""

    block: BlockedTime
    kind: str = "blocked"

    @property
    def starts_at(self) -> datetime:
        return self.block.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.block.ends_at


@dataclass(frozen=True)
class HeldCard:
    """A time someone is booking in this moment, or asks for; who it is stays open until it is confirmed."""

    starts_at: datetime
    ends_at: datetime
    hold_until: datetime | None
    kind: str = "held"
    is_asked: bool = False


Card = SessionCard | BlockedCard | HeldCard | GroupCard


def day_cards(coach_id: int, day: date, zone: tzinfo, *, now: datetime) -> list[Card]:
    """Everything that has a time on one of the coach's days, what began the evening before among it."""
    start, end = local_days(day, day, zone)
    before = start - timedelta(days=1)
    begun = [each for each in booking.sessions_between(coach_id, before, end) if each.ends_at > start]
    cards: list[Card] = [*_session_cards(begun, now)]
    cards += [each for each in group_cards(coach_id, before, end) if each.ends_at > start]
    cards += [BlockedCard(block) for block in booking.blocked_between(coach_id, start, end)]
    return cards + _held_between(coach_id, start, end, now)


def counts_by_day(coach_id: int, days: list[date], zone: tzinfo) -> dict[date, int]:
    """How many sessions each of these consecutive days has; a group date is one."""
    start, end = local_days(days[0], days[-1], zone)
    counts = dict.fromkeys(days, 0)
    begin = [each.starts_at for each in booking.sessions_between(coach_id, start, end)]
    begin += [each.starts_at for each in dates_between(coach_id, start, end)]
    for at in begin:
        counts[at.astimezone(zone).date()] += 1
    return counts


def who_come(date: GroupDate, *, now: datetime) -> list[SessionCard]:
    """Everyone who has a seat of a group date, in the order they booked."""
    places = [each for each in booking.places_in(date.id) if each.state is AppointmentState.CONFIRMED]
    return _session_cards(places, now)


def _session_cards(places: list[PlaceRow], now: datetime) -> list[SessionCard]:
    ids = {place.client_id for place in places if place.client_id}
    known, orders, seen, shared = (
        clients.clients_by_id(ids),
        orders_by_place(places),
        viewed(ids),
        _sharing(ids),
    )
    times, wished = times_of(ids), clients.wishes_of(ids)
    by_session = spent_on([place.id for place in places])
    own = {row.id for row in known.values() if any(row.coach_id == place.coach_id for place in places)}
    unread = {each for each in own - seen if hope(each, known[each].coach_id)}
    return [
        SessionCard(
            place=place,
            client=known[place.client_id],
            pay=pay_of(place, orders.get(place.id), place.id in by_session),
            reach=reach(contact(place.client_id), now),
            last_note=_last_note(place.client_id) if place.client_id in own else "",
            to_read=place.client_id in unread,
            shared_sheet=place.client_id in own & shared,
            is_first=not any(at < place.starts_at for at in times[place.client_id]),
            wishes=wished[place.client_id],
            room=room_link(place, coach(place.coach_id)),
        )
        for place in places
        if place.client_id in known
    ]


def _held_between(coach_id: int, start: datetime, end: datetime, now: datetime) -> list[Card]:
    found = select(Appointment).where(
        Appointment.coach_id == coach_id,
        Appointment.state.in_((AppointmentState.HELD, AppointmentState.REQUESTED)),
        Appointment.seat_of.is_(None),
        Appointment.starts_at >= start,
        Appointment.starts_at < end,
        Appointment.hold_until > now,
    )
    return [
        HeldCard(row.starts_at, row.ends_at, row.hold_until, is_asked=row.state == AppointmentState.REQUESTED)
        for row in session().scalars(found)
    ]


def _last_note(client_id: UUID) -> str:
    found = select(PrivateNote).where(PrivateNote.client_id == client_id)
    row = session().scalar(found.order_by(PrivateNote.written_at.desc()).limit(1))
    if row is None:
        return ""
    return excerpt(vault.open_(client_id, "private_note.text", row.id, row.text_sealed))


def _sharing(client_ids: Iterable[UUID]) -> set[UUID]:
    found = select(Assignment.client_id).where(
        Assignment.client_id.in_(list(client_ids)), Assignment.shared_at.is_not(None)
    )
    return set(session().scalars(found))

"""What the desk shows, joined from the rooms below it, as frozen rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from sqlalchemy import func, select

from coachapp import vault
from coachapp.accounts.queries import has_joined
from coachapp.audit.models import AuditEntry
from coachapp.booking import queries as booking
from coachapp.booking.group import GroupDate
from coachapp.booking.group_queries import dates_between
from coachapp.booking.introductory import second_uses
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import AppointmentState, BlockedTime, PlaceRow, room_link
from coachapp.clients import queries as clients
from coachapp.clients.models import Client, PrivateNote
from coachapp.clients.rules import ClientRow, WishesRow
from coachapp.db import session
from coachapp.desk.group_queries import GroupCard, group_cards
from coachapp.desk.rules import Pay, Reach, excerpt, pay_state, reach
from coachapp.intake import queries as intake
from coachapp.intake.rules import HOPE
from coachapp.payments.credit_queries import packages_of, spent_on
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.part_queries import wholes_of
from coachapp.payments.queries import OrderRow
from coachapp.practice.queries import coach, coaches
from coachapp.safe_contact.queries import contact, contacts
from coachapp.safe_contact.rules import Contact
from coachapp.worksheets.models import Assignment, SheetTemplate
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


@dataclass(frozen=True)
class ClientLine:
    """One client in the list, with her next and last appointment."""

    client: ClientRow
    reach: Reach
    next_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True)
class SheetLine:
    """A shared worksheet by its title; the answers are read in the worksheets' own room."""

    client_id: UUID
    number: int
    title: str
    shared_at: datetime


@dataclass(frozen=True)
class Record:
    """What stands on every page of a client's record."""

    client: ClientRow
    contact: Contact | None
    reach: Reach
    next: PlaceRow | None
    last: PlaceRow | None
    hope: str
    joined: bool
    wishes: WishesRow
    packages: list[PackageRow]
    twice: list[tuple[str, list[ClientRow]]]


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


def client_lines(coach_id: int, *, now: datetime) -> list[ClientLine]:
    """This coach's clients by name, each with the appointments on either side of now."""
    rows = clients.clients(coach_id)
    ids = [row.id for row in rows]
    times, known = _times_of(ids), contacts(ids)
    return [_client_line(row, times.get(row.id, []), known.get(row.id), now) for row in rows]


@dataclass(frozen=True)
class Guest:
    """What a coach knows of a colleague's client who has booked with her: what it takes to hold the session safely.

    `hope` is what she wrote when she booked this very session; nothing else of her record is here.
    """

    place: PlaceRow
    name: str
    ref: str
    colleague: str
    contact: Contact | None
    reach: Reach
    wishes: WishesRow
    hope: str
    pay: Pay
    room: str | None
    twice: bool


def guest(place: PlaceRow, client: ClientRow, *, now: datetime) -> Guest:
    """The same for one session."""
    known = contact(client.id)
    return Guest(
        place=place,
        name=client.name,
        ref=client.ref,
        colleague=coach(client.coach_id).first_name,
        contact=known,
        reach=reach(known, now),
        wishes=clients.wishes(client.id),
        hope=intake.answers(place.id).get(HOPE) or "",
        pay=pay_of(place, wholes_of([place.id]).get(place.id)),
        room=room_link(place, coach(place.coach_id)),
        twice=place.is_intro
        and booking.sold_id(place) in {use.offering_id for use in second_uses(client.id)},
    )


def record(client: ClientRow, *, now: datetime) -> Record:
    """The frame of one client's record."""
    known = contact(client.id)
    coming, past = booking.next_and_last(client.id, now=now)
    return Record(
        client,
        known,
        reach(known, now),
        coming,
        past,
        _hope(client.id, client.coach_id),
        has_joined(client.id),
        clients.wishes(client.id),
        packages_of(client.id),
        _intro_twice(client),
    )


def _intro_twice(client: ClientRow) -> list[tuple[str, list[ClientRow]]]:
    """Introductory prices perhaps had twice, with her own coach's other records that speak for it."""
    found = second_uses(client.id)
    people = clients.clients_by_id(each for use in found for each in use.others)
    return [
        (use.title, [people[each] for each in use.others if people[each].coach_id == client.coach_id])
        for use in found
    ]


def orders_by_place(places: Iterable[PlaceRow]) -> dict[UUID, OrderRow]:
    """The orders of several appointments."""
    return wholes_of([place.id for place in places])


def pay_of(place: PlaceRow, order: OrderRow | None, by_session: bool = False) -> Pay:
    """How one appointment stands with money, or with a session of a package."""
    if by_session:
        return Pay.SESSION
    found = pay_state(place.price, *((order.paid, order.refunded, order.lost) if order else (None, None)))
    if found is Pay.PAID and order and order.due.minor:
        return Pay.IN_PARTS
    return Pay.WAITING if found is Pay.NOT_HERE and place.pays_by and place.buys is None else found


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
        if row.shared_at and (row.id not in seen or seen[row.id] < row.shared_at.date())
    ]


def unread_intakes(coach_id: int, *, now: datetime, days: int = 14) -> list[PlaceRow]:
    """Coming appointments of clients who wrote something at booking and whose record nobody has opened yet."""
    found = booking.places_between(coach_id, now, now + timedelta(days=days))
    ids = {place.client_id for place in found if place.client_id}
    seen = _viewed(ids) | _of_colleagues(coach_id, ids)
    coming = [place for place in found if place.client_id not in seen]
    unread: dict[UUID, PlaceRow] = {}
    for place in coming:
        client_id = place.client_id
        if client_id and client_id not in unread and _hope(client_id, coach_id):
            unread[client_id] = place
    return list(unread.values())


def _session_cards(places: list[PlaceRow], now: datetime) -> list[SessionCard]:
    ids = {place.client_id for place in places if place.client_id}
    known, orders, seen, shared = (
        clients.clients_by_id(ids),
        orders_by_place(places),
        _viewed(ids),
        _sharing(ids),
    )
    times, wished = _times_of(ids), clients.wishes_of(ids)
    by_session = spent_on([place.id for place in places])
    own = {row.id for row in known.values() if any(row.coach_id == place.coach_id for place in places)}
    unread = {each for each in own - seen if _hope(each, known[each].coach_id)}
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


def _times_of(client_ids: Iterable[UUID]) -> dict[UUID, list[datetime]]:
    """When each of these clients has or had confirmed appointments, earliest first."""
    found = (
        select(Place.client_id, Appointment.starts_at)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.client_id.in_(list(client_ids)), Appointment.state == AppointmentState.CONFIRMED)
        .order_by(Appointment.starts_at)
    )
    times: dict[UUID, list[datetime]] = {}
    for client_id, at in session().execute(found):
        if client_id:
            times.setdefault(client_id, []).append(at)
    return times


def _client_line(row: ClientRow, times: list[datetime], known: Contact | None, now: datetime) -> ClientLine:
    coming = next((at for at in times if at > now), None)
    past = next((at for at in reversed(times) if at <= now), None)
    return ClientLine(row, reach(known, now), coming, past)


def _last_note(client_id: UUID) -> str:
    found = select(PrivateNote).where(PrivateNote.client_id == client_id)
    row = session().scalar(found.order_by(PrivateNote.written_at.desc()).limit(1))
    if row is None:
        return ""
    return excerpt(vault.open_(client_id, "private_note.text", row.id, row.text_sealed))


def _hope(client_id: UUID, coach_id: int) -> str:
    """What she wrote last for her coach; what she wrote for a session with a colleague is for that one alone."""
    elsewhere = booking.places_with_others(client_id, coach_id) if len(coaches()) > 1 else ()
    return intake.latest_answer(client_id, HOPE, leaving_out=elsewhere) or ""


def _of_colleagues(coach_id: int, client_ids: set[UUID]) -> set[UUID]:
    """Those whose record is another coach's."""
    found = select(Client.id).where(Client.id.in_(client_ids), Client.coach_id != coach_id)
    return set(session().scalars(found))


def _viewed(subjects: Iterable[UUID]) -> set[UUID]:
    return set(_last_viewed(subjects))


def _last_viewed(subjects: Iterable[UUID]) -> dict[UUID, date]:
    """The last day on which each of these was looked at; what nobody opened is left out."""
    found = (
        select(AuditEntry.subject, func.max(AuditEntry.on_day))
        .where(AuditEntry.action == "view", AuditEntry.subject.in_(list(subjects)))
        .group_by(AuditEntry.subject)
    )
    return {subject: day for subject, day in session().execute(found) if subject and day}


def _sharing(client_ids: Iterable[UUID]) -> set[UUID]:
    found = select(Assignment.client_id).where(
        Assignment.client_id.in_(list(client_ids)), Assignment.shared_at.is_not(None)
    )
    return set(session().scalars(found))

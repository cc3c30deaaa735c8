"""The list of clients and the frame of their records, joined from the rooms below, as frozen rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp.accounts.queries import has_joined
from coachapp.booking import queries as booking
from coachapp.booking.introductory import second_uses
from coachapp.booking.models import Appointment, Place
from coachapp.booking.room import room_link
from coachapp.booking.rules import AppointmentState, PlaceRow
from coachapp.clients import queries as clients
from coachapp.clients.rules import ClientRow, WishesRow
from coachapp.db import session
from coachapp.desk.rules import Pay, Reach, pay_state, reach
from coachapp.intake import queries as intake
from coachapp.intake.rules import HOPE
from coachapp.payments.credit_queries import packages_of
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.part_queries import wholes_of
from coachapp.payments.queries import OrderRow
from coachapp.practice.queries import coach, coaches
from coachapp.safe_contact.queries import contact, contacts
from coachapp.safe_contact.rules import Contact


@dataclass(frozen=True)
class ClientLine:
    """One client in the list, with her next and last appointment."""

    client: ClientRow
    reach: Reach
    next_at: datetime | None
    last_at: datetime | None


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


def client_lines(coach_id: int, *, now: datetime) -> list[ClientLine]:
    """This coach's clients by name, each with the appointments on either side of now."""
    rows = clients.clients(coach_id)
    ids = [row.id for row in rows]
    times, known = times_of(ids), contacts(ids)
    return [_client_line(row, times.get(row.id, []), known.get(row.id), now) for row in rows]


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
        hope(client.id, client.coach_id),
        has_joined(client.id),
        clients.wishes(client.id),
        packages_of(client.id),
        _intro_twice(client),
    )


def guest(place: PlaceRow, client: ClientRow, *, now: datetime) -> Guest:
    """What she knows of whoever has this session with her."""
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


def times_of(client_ids: Iterable[UUID]) -> dict[UUID, list[datetime]]:
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


def hope(client_id: UUID, coach_id: int) -> str:
    """What she wrote last for her coach; what she wrote for a session with a colleague is for that one alone."""
    elsewhere = booking.places_with_others(client_id, coach_id) if len(coaches()) > 1 else ()
    return intake.latest_answer(client_id, HOPE, leaving_out=elsewhere) or ""


def _intro_twice(client: ClientRow) -> list[tuple[str, list[ClientRow]]]:
    """Introductory prices perhaps had twice, with her own coach's other records that speak for it."""
    found = second_uses(client.id)
    people = clients.clients_by_id(each for use in found for each in use.others)
    return [
        (use.title, [people[each] for each in use.others if people[each].coach_id == client.coach_id])
        for use in found
    ]


def _client_line(row: ClientRow, times: list[datetime], known: Contact | None, now: datetime) -> ClientLine:
    coming = next((at for at in times if at > now), None)
    past = next((at for at in reversed(times) if at <= now), None)
    return ClientLine(row, reach(known, now), coming, past)

"""Reads of hours, free times, appointments and places."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_, select

from coachapp import vault
from coachapp.booking.models import Appointment, DayHours, OpeningHours, Place
from coachapp.booking.own_hours import BlockedTime
from coachapp.booking.pay_rules import SHOWN_AFTER
from coachapp.booking.rules import OCCUPYING, Answer, AppointmentState, NoSuchPlace, Outcome, PlaceRow
from coachapp.booking.slots import DayException, Opening
from coachapp.booking.timetable import free_days as free_days
from coachapp.booking.timetable import free_starts as free_starts
from coachapp.booking.timetable import open_stretches as open_stretches
from coachapp.booking.timetable import rules_of as rules_of
from coachapp.booking.timetable import stays_from as stays_from
from coachapp.booking.timetable import timetable as timetable
from coachapp.booking.timetable import timetables as timetables
from coachapp.db import session
from coachapp.money import Money
from coachapp.practice.models import Offering
from coachapp.practice.queries import offering_row


def place(place_id: UUID) -> PlaceRow:
    """One place; NoSuchPlace."""
    return _one(_places().where(Place.id == place_id))


def sold_id(row: PlaceRow) -> UUID:
    """The offering that is paid for with a place: its own, or the package it is a first time of; NoSuchPlace."""
    found = row.buys.id if row.buys else row.offering_id
    if found is None:
        raise NoSuchPlace
    return found


def place_by_token(token: str) -> PlaceRow:
    """The place behind `/b/<token>`; NoSuchPlace."""
    return _one(_places().where(Place.token_hash == vault.keyed_hash("place", token)))


def place_by_road(cookie: str) -> PlaceRow:
    """The place a booking in progress is about; NoSuchPlace."""
    return _one(_places().where(Place.road_hash == vault.keyed_hash("road", cookie)))


def place_by_code(code: str) -> PlaceRow:
    """The place a return code (in its normal form) opens; NoSuchPlace."""
    return _one(_places().where(Place.code_hash == vault.keyed_hash("return code", code)))


def place_token(place_id: UUID) -> str:
    """The token of a place's address. NoSuchPlace while it has no client yet."""
    row = session().get(Place, place_id)
    if row is None or row.client_id is None or row.token_sealed is None:
        raise NoSuchPlace
    return vault.open_(row.client_id, "place.token", row.id, row.token_sealed)


def return_code(place_id: UUID) -> str | None:
    """The four words of a place, to be shown before paying and once more when it is booked."""
    row = session().get(Place, place_id)
    if row is None or row.client_id is None or row.code_sealed is None:
        return None
    return vault.open_(row.client_id, "place.code", row.id, row.code_sealed)


def places_of(client_id: UUID) -> list[PlaceRow]:
    """A client's booked and cancelled appointments, earliest first; holds and what was let go are left out."""
    shown = (AppointmentState.CONFIRMED, AppointmentState.CANCELLED)
    found = _places().where(Place.client_id == client_id, Appointment.state.in_(shown))
    return [_place_row(row) for row in session().execute(found.order_by(Appointment.starts_at))]


def places_with_others(client_id: UUID, coach_id: int) -> list[UUID]:
    """A client's places with every other coach: what she wrote for those is not this one's to read."""
    found = (
        select(Place.id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.client_id == client_id, Appointment.coach_id != coach_id)
    )
    return list(session().scalars(found))


def rest_of_series(place: PlaceRow, *, now: datetime) -> list[PlaceRow]:
    """This appointment and the later ones it repeats in, as far as they stand and have not begun; earliest first."""
    found = _places().where(
        Appointment.series_id == place.series_id,
        Appointment.series_id.is_not(None),
        Appointment.state == AppointmentState.CONFIRMED,
        Appointment.starts_at >= place.starts_at,
        Appointment.starts_at > now,
        Place.client_id == place.client_id,
    )
    return [_place_row(row) for row in session().execute(found.order_by(Appointment.starts_at))]


def occupied(coach_id: int, spans: Sequence[tuple[datetime, datetime]]) -> list[bool]:
    """For each of these times (in order) whether something of the coach's lies in it: one statement for all."""
    if not spans:
        return []
    found = select(Appointment.starts_at, Appointment.ends_at).where(
        Appointment.coach_id == coach_id,
        Appointment.state.in_(OCCUPYING),
        Appointment.seat_of.is_(None),
        Appointment.starts_at < spans[-1][1],
        Appointment.ends_at > spans[0][0],
    )
    taken = [(row.starts_at, row.ends_at) for row in session().execute(found)]
    return [any(low < end and high > start for low, high in taken) for start, end in spans]


def places_between(coach_id: int, start: datetime, end: datetime) -> list[PlaceRow]:
    """The coach's confirmed appointments that begin in [start, end), earliest first."""
    found = _places().where(
        Appointment.coach_id == coach_id,
        Appointment.state == AppointmentState.CONFIRMED,
        Appointment.starts_at >= start,
        Appointment.starts_at < end,
    )
    return [_place_row(row) for row in session().execute(found.order_by(Appointment.starts_at))]


def sessions_between(coach_id: int, start: datetime, end: datetime) -> list[PlaceRow]:
    """The same without the seats of groups, whose dates stand by themselves (`group_queries.dates_between`)."""
    return [each for each in places_between(coach_id, start, end) if not each.is_seat]


def places_in(date_id: UUID) -> list[PlaceRow]:
    """Whoever has or had a seat of a group date, in the order they came; for the coach alone."""
    found = _places().where(Appointment.seat_of == date_id)
    return [_place_row(row) for row in session().execute(found.order_by(Place.created_at, Place.id))]


def places_asked(coach_id: int, *, now: datetime) -> list[PlaceRow]:
    """Requests that wait for this coach, and the times she keeps for people who asked; earliest first."""
    kept = and_(
        Appointment.state == AppointmentState.HELD, Place.answer.is_not(None), Appointment.hold_until > now
    )
    found = _places().where(
        Appointment.coach_id == coach_id, or_(Appointment.state == AppointmentState.REQUESTED, kept)
    )
    return [_place_row(row) for row in session().execute(found.order_by(Appointment.starts_at))]


def places_awaited(coach_id: int, *, now: datetime) -> list[PlaceRow]:
    """This coach's times whose money comes in another way than by card, paid or not: kept, standing, or freed not long
    ago; earliest first."""
    since = now - SHOWN_AFTER
    shown = or_(
        Appointment.state == AppointmentState.HELD,
        and_(Appointment.state == AppointmentState.CONFIRMED, Appointment.ends_at > since),
        and_(Appointment.state == AppointmentState.RELEASED, Appointment.changed_at > since),
    )
    found = _places().where(Place.pays_by.is_not(None), Appointment.coach_id == coach_id, shown)
    return [_place_row(row) for row in session().execute(found.order_by(Appointment.starts_at))]


def places_kept(client_id: UUID) -> list[PlaceRow]:
    """The times that are kept for a client until her money has come, earliest first."""
    found = _places().where(
        Place.pays_by.is_not(None),
        Place.client_id == client_id,
        Appointment.state == AppointmentState.HELD,
    )
    return [_place_row(row) for row in session().execute(found.order_by(Appointment.starts_at))]


def blocked_between(coach_id: int, start: datetime, end: datetime) -> list[BlockedTime]:
    """Time the coach keeps for herself that touches [start, end)."""
    rows = session().scalars(
        select(Appointment)
        .where(Appointment.coach_id == coach_id, Appointment.state == AppointmentState.BLOCKED)
        .where(Appointment.starts_at < end, Appointment.ends_at > start)
        .order_by(Appointment.starts_at)
    )
    return [BlockedTime(row.id, row.starts_at, row.ends_at, _label(row)) for row in rows]


def is_unbroken(coach_id: int, start: datetime, end: datetime, *, leaving_out: UUID | None = None) -> bool:
    """Whether nothing of the coach's lies within [start, end); the database has the last word when it is written.

    `leaving_out` is an appointment that is about to move.
    """
    found = select(Appointment.id).where(
        Appointment.coach_id == coach_id,
        Appointment.state.in_(OCCUPYING),
        Appointment.seat_of.is_(None),
        Appointment.starts_at < end,
        Appointment.ends_at > start,
        *([Appointment.id != leaving_out] if leaving_out else []),
    )
    return session().scalar(found.limit(1)) is None


def next_and_last(client_id: UUID, *, now: datetime) -> tuple[PlaceRow | None, PlaceRow | None]:
    """A client's next confirmed appointment (or the one going on) and the last one that ended."""
    confirmed = [row for row in places_of(client_id) if row.state is AppointmentState.CONFIRMED]
    coming = [row for row in confirmed if row.ends_at > now]
    past = [row for row in confirmed if row.ends_at <= now]
    return (coming[0] if coming else None), (past[-1] if past else None)


def week_hours(coach_id: int) -> list[Opening]:
    """The coach's usual week."""
    rows = session().scalars(
        select(OpeningHours)
        .where(OpeningHours.coach_id == coach_id)
        .order_by(OpeningHours.weekday, OpeningHours.start_min)
    )
    return [Opening(row.weekday, row.start_min, row.end_min) for row in rows]


def day_exceptions(coach_id: int, from_day: date) -> list[DayException]:
    """Dates from `from_day` on whose hours differ from the usual week."""
    rows = session().execute(
        select(DayHours.on_date, DayHours.start_min, DayHours.end_min)
        .where(DayHours.coach_id == coach_id, DayHours.on_date >= from_day)
        .order_by(DayHours.on_date)
    )
    return _exceptions(rows.all())


def _exceptions(rows: Sequence[Row[date, int | None, int | None]]) -> list[DayException]:
    ranges: dict[date, list[tuple[int, int]]] = {}
    for on_date, start_min, end_min in rows:
        kept = ranges.setdefault(on_date, [])
        if start_min is not None and end_min is not None:
            kept.append((start_min, end_min))
    return [DayException(day, tuple(openings)) for day, openings in ranges.items()]


def _places() -> Select[Place, Appointment, Offering | None]:
    return (
        select(Place, Appointment, Offering)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .outerjoin(Offering, Offering.id == Appointment.offering_id)
    )


def _one(found: Select[Place, Appointment, Offering | None]) -> PlaceRow:
    row = session().execute(found).first()
    if row is None:
        raise NoSuchPlace
    return _place_row(row)


def _place_row(row: Row[Place, Appointment, Offering | None]) -> PlaceRow:
    mine, appointment, offering = row
    bought = session().get(Offering, mine.buys_id) if mine.buys_id else None
    return PlaceRow(
        id=mine.id,
        appointment_id=appointment.id,
        client_id=mine.client_id,
        coach_id=appointment.coach_id,
        offering_id=appointment.offering_id,
        title=offering.title if offering else "",
        slug=offering.slug if offering else "",
        state=AppointmentState(appointment.state),
        booked_by=mine.booked_by,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        hold_until=appointment.hold_until,
        cutoff_min=offering.cutoff_min if offering else 0,
        zone=mine.zone,
        price=Money(mine.price_minor, mine.currency),
        sequence=appointment.sequence,
        way=appointment.way,
        changed_at=appointment.changed_at,
        answer=Answer(mine.answer) if mine.answer else None,
        invitation_id=mine.invitation_id,
        seat_of=appointment.seat_of,
        wait_id=mine.wait_id,
        pays_by=mine.pays_by,
        outcome=Outcome(mine.outcome) if mine.outcome else None,
        series_id=appointment.series_id,
        room_key=appointment.room_key,
        outcome_at=mine.outcome_at,
        late_min=mine.late_min,
        late_at=mine.late_at,
        asked_zone=mine.asked_zone,
        buys=offering_row(bought) if bought else None,
        regular=_money(mine.regular_minor, mine.currency),
        intro=_money(mine.intro_minor, mine.currency),
        coupon_id=mine.coupon_id,
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)


def _label(row: Appointment) -> str:
    return (
        vault.open_(vault.PRACTICE, "appointment.label", row.id, row.label_sealed) if row.label_sealed else ""
    )

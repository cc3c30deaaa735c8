"""Reads of group dates: when they are, which of their seats are someone's, and, for the coach, who comes."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import aliased

from coachapp.booking.group import GroupDate, NoSuchDate, on_offer
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import OCCUPYING, AppointmentState, PlaceRow
from coachapp.booking.slots import LocalDay, by_local_day
from coachapp.db import session
from coachapp.practice.models import Offering
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow
from coachapp.zones import zone

_ALL = timedelta(days=3700)


def group_date(date_id: UUID, *, coach_id: int | None = None) -> GroupDate:
    """One group date, of this coach's where one is named; NoSuchDate."""
    found = _found(_dates().where(Appointment.id == date_id))
    if not found or coach_id not in (None, found[0].coach_id):
        raise NoSuchDate
    return found[0]


def dates_between(coach_id: int, start: datetime, end: datetime) -> list[GroupDate]:
    """The coach's group dates that stand and begin in [start, end), earliest first."""
    return _found(
        _dates()
        .where(Appointment.coach_id == coach_id, Appointment.state == AppointmentState.CONFIRMED)
        .where(Appointment.starts_at >= start, Appointment.starts_at < end)
    )


def coming_dates(coach_id: int, now: datetime) -> list[GroupDate]:
    """All that have not ended, earliest first."""
    return [
        each for each in dates_between(coach_id, now - timedelta(days=1), now + _ALL) if each.ends_at > now
    ]


def dates_of(offering_id: UUID, start: datetime, end: datetime) -> list[GroupDate]:
    """The dates of one offering that stand and begin in [start, end), earliest first."""
    return _found(
        _dates()
        .where(Appointment.offering_id == offering_id, Appointment.state == AppointmentState.CONFIRMED)
        .where(Appointment.starts_at >= start, Appointment.starts_at < end)
    )


def other_dates(place: PlaceRow, now: datetime) -> list[GroupDate]:
    """The dates of the same group that are to come, have room, and in which she has no seat."""
    if place.offering_id is None:
        return []
    hers = dates_with(place.client_id)
    coming = dates_of(place.offering_id, now, now + _ALL)
    return [each for each in coming if each.id not in hers and each.has_room]


def open_dates(
    offering: OfferingRow, start: datetime, end: datetime, now: datetime, *, client_id: UUID | None = None
) -> list[GroupDate]:
    """The dates of a group in [start, end) to choose from: those with room, and no seat that is hers for certain."""
    hers = dates_with(client_id, (AppointmentState.CONFIRMED, AppointmentState.REQUESTED))
    found = [each for each in dates_of(offering.id, start, end) if each.id not in hers]
    host_zone = zone(coach(offering.coach_id).zone)
    return on_offer(found, offering.notice_min, offering.horizon_days, host_zone, now)


def dates_with(client_id: UUID | None, states: Collection[AppointmentState] = OCCUPYING) -> set[UUID]:
    """The dates in which this client has a seat in one of these states; none for someone we do not know."""
    if client_id is None:
        return set()
    sits = (
        select(Appointment.seat_of)
        .join(Place, Place.appointment_id == Appointment.id)
        .where(Place.client_id == client_id, Appointment.seat_of.is_not(None), Appointment.state.in_(states))
    )
    return {date_id for date_id in session().scalars(sits) if date_id is not None}


def open_days(
    offering: OfferingRow, start: datetime, end: datetime, client_zone: tzinfo, now: datetime
) -> list[LocalDay]:
    """The same as free times, by the client's local date."""
    starts = (int(each.starts_at.timestamp()) // 60 for each in open_dates(offering, start, end, now))
    return by_local_day(sorted(starts), client_zone)


def _dates() -> Select[*tuple[Any, ...]]:
    """Each date with its offering, once for every seat that is someone's."""
    seat = aliased(Appointment)
    taken = and_(seat.seat_of == Appointment.id, seat.state.in_(OCCUPYING))
    return (
        select(Appointment, Offering.title, Offering.slug, seat.seat, seat.state)
        .join(Offering, Offering.id == Appointment.offering_id)
        .outerjoin(seat, taken)
        .where(Appointment.seats.is_not(None))
        .order_by(Appointment.starts_at, Appointment.id)
    )


def _found(statement: Select[*tuple[Any, ...]]) -> list[GroupDate]:
    together: dict[UUID, list[Row[*tuple[Any, ...]]]] = {}
    for row in session().execute(statement):
        together.setdefault(row[0].id, []).append(row)
    return [_date(rows) for rows in together.values()]


def _date(rows: Iterable[Row[*tuple[Any, ...]]]) -> GroupDate:
    rows = list(rows)
    date, title, slug, _seat, _state = rows[0]
    return GroupDate(
        id=date.id,
        coach_id=date.coach_id,
        offering_id=date.offering_id,
        title=title,
        slug=slug,
        state=AppointmentState(date.state),
        starts_at=date.starts_at,
        ends_at=date.ends_at,
        seats=date.seats,
        way=date.way,
        room_key=date.room_key,
        sequence=date.sequence,
        changed_at=date.changed_at,
        taken=frozenset(row[3] for row in rows if row[3] is not None),
        confirmed=sum(row[4] == AppointmentState.CONFIRMED for row in rows),
    )

"""Reads of the waiting list: who is on it, what came free for whom, and what is kept for someone at the moment."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from coachapp import vault
from coachapp.booking import queries
from coachapp.booking.blocking import is_blocked
from coachapp.booking.models import Appointment, FreedTime, Place, Wait
from coachapp.booking.rules import AppointmentState, PlaceRow
from coachapp.booking.wait_rules import CameFree, Freed, NotWaiting, Suits, WaitRow, came_free
from coachapp.db import session
from coachapp.practice.models import Offering
from coachapp.practice.queries import offerings
from coachapp.practice.rules import OfferingRow
from coachapp.safe_contact.queries import contact

_KEPT = (AppointmentState.HELD, AppointmentState.REQUESTED)


def wait(wait_id: UUID, *, coach_id: int | None = None) -> WaitRow:
    """One line of the list; NotWaiting also when it is another coach's."""
    found = _waits().where(Wait.id == wait_id)
    return _one(found if coach_id is None else found.where(Wait.coach_id == coach_id))


def wait_of(client_id: UUID, offering_id: UUID) -> WaitRow:
    """A client's line for one offering; NotWaiting."""
    return _one(_waits().where(Wait.client_id == client_id, Wait.offering_id == offering_id))


def waits_of(client_id: UUID) -> list[WaitRow]:
    """Everything one client waits for."""
    rows = session().execute(_waits().where(Wait.client_id == client_id).order_by(Wait.since))
    return [_wait_row(row) for row in rows]


def waits(coach_id: int, *, now: datetime) -> list[WaitRow]:
    """A coach's list, the longest on it first."""
    found = _waits().where(Wait.coach_id == coach_id, Wait.ends_at > now)
    return [_wait_row(row) for row in session().execute(found.order_by(Wait.since, Wait.id))]


def count_waits(coach_id: int, *, now: datetime) -> int:
    """How many lines it has."""
    found = select(func.count()).where(Wait.coach_id == coach_id, Wait.ends_at > now)
    return session().scalar(found) or 0


def wait_by_code(code: str) -> WaitRow:
    """The line that a return code (in its normal form) opens; NotWaiting."""
    return _one(_waits().where(Wait.code_hash == vault.keyed_hash("return code", code)))


def wait_by_road(cookie: str) -> WaitRow:
    """The line this browser has asked for, or opened with four words; NotWaiting."""
    return _one(_waits().where(Wait.road_hash == vault.keyed_hash("road", cookie)))


def wait_code(wait_id: UUID) -> str | None:
    """The four words of a line; a client who is signed in has none."""
    row = session().get(Wait, wait_id)
    if row is None or row.code_sealed is None:
        return None
    return vault.open_(row.client_id, "wait.code", row.id, row.code_sealed)


def kept_for(wait_id: UUID) -> PlaceRow | None:
    """The time that is kept for her from the list at the moment, or that she has asked for."""
    found = (
        select(Place.id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.wait_id == wait_id, Appointment.state.in_(_KEPT), Place.client_id.is_not(None))
    )
    place_id = session().scalar(found.order_by(Place.created_at.desc()).limit(1))
    return queries.place(place_id) if place_id else None


def is_busy(client_id: UUID) -> bool:
    """Whether a time is kept for this client, or she is booking one, or waits for the coach's yes."""
    found = (
        select(Place.id)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.client_id == client_id, Appointment.state.in_(_KEPT))
    )
    return session().scalar(found.limit(1)) is not None


def addresses_of(wait_id: UUID) -> tuple[str, str]:
    """The addresses that stand behind a line: the one typed there and the client's own, or nothing."""
    row = session().get_one(Wait, wait_id)
    known, sealed = contact(row.client_id), row.typed_sealed
    typed = vault.open_(row.client_id, "wait.typed", row.id, sealed) if sealed else ""
    return typed, (known and known.address) or ""


def openings(coach_id: int, *, now: datetime) -> list[CameFree]:
    """What came free of this coach's time and is free still, with those on the list whom it suits."""
    found = select(FreedTime).where(FreedTime.coach_id == coach_id, FreedTime.ends_at > now)
    freed = [
        Freed(row.starts_at, row.ends_at, row.taken_at, row.freed_at) for row in session().scalars(found)
    ]
    listed = [each for each in waits(coach_id, now=now) if _may_come(each)] if freed else []
    if not listed:
        return []
    wanted = _offerings_of(listed)
    return came_free(
        freed,
        listed,
        {each.id: _free(each, freed, now) for each in wanted.values()},
        {each.id: each.length_min for each in wanted.values()},
        _had(listed, now),
    )


def _may_come(wait: WaitRow) -> bool:
    """Neither blocked, nor being erased in this moment."""
    try:
        return not is_blocked(wait.coach_id, *addresses_of(wait.id))
    except vault.KeyGone:
        return False


def _offerings_of(listed: Sequence[WaitRow]) -> dict[UUID, OfferingRow]:
    """What is waited for, as far as it can be booked."""
    ids = {each.offering_id for each in listed}
    on_show = (each for each in offerings(with_unlisted=True) if each.id in ids and each.is_bookable)
    return {each.id: each for each in on_show}


def _free(offering: OfferingRow, freed: Sequence[Freed], now: datetime) -> list[int]:
    """The starts of an offering that are on offer now around what came free."""
    length = timedelta(minutes=offering.length_min)
    first = max(min(each.starts_at for each in freed) - length, now)
    last = max(each.ends_at for each in freed)
    days = queries.free_days(offering, first, last, UTC, now=now) if first < last else []
    return [start for day in days for start in day.starts]


def _had(listed: Iterable[WaitRow], now: datetime) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """The times to come that each of these clients has, had or was offered a place in, however it ended."""
    clients: dict[UUID | None, UUID] = {each.id: each.client_id for each in listed}
    found = (
        select(Place.client_id, Place.wait_id, Appointment.starts_at, Appointment.ends_at)
        .join(Appointment, Appointment.id == Place.appointment_id)
        .where(Place.client_id.in_(clients.values()) | Place.wait_id.in_(clients))
        .where(Appointment.ends_at > now)
    )
    had: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for client_id, wait_id, starts_at, ends_at in session().execute(found):
        whose = client_id or clients.get(wait_id)
        if whose is not None:
            had.setdefault(whose, []).append((starts_at, ends_at))
    return had


def _waits() -> Select[Wait, Offering]:
    return select(Wait, Offering).join(Offering, Offering.id == Wait.offering_id)


def _one(found: Select[Wait, Offering]) -> WaitRow:
    row = session().execute(found).first()
    if row is None:
        raise NotWaiting
    return _wait_row(row)


def _wait_row(row: Row[Wait, Offering]) -> WaitRow:
    mine, offering = row
    return WaitRow(
        id=mine.id,
        coach_id=mine.coach_id,
        offering_id=mine.offering_id,
        title=offering.title,
        slug=offering.slug,
        client_id=mine.client_id,
        zone=mine.zone,
        suits=Suits.from_bits(mine.weekdays, mine.parts),
        since=mine.since,
        ends_at=mine.ends_at,
    )

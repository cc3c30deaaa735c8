"""Whom a time is held with, where several coaches give one offering: the one with the fewest sessions that week."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from coachapp.booking import queries
from coachapp.booking.admission import STRANGER, Guest
from coachapp.booking.holding import hold_time
from coachapp.booking.rules import AppointmentState, NoSuchPlace, TimeTaken
from coachapp.booking.slots import instant
from coachapp.booking.whose_turn import Turn, in_turn, in_week
from coachapp.practice.queries import coach
from coachapp.practice.rules import OfferingRow
from coachapp.zones import zone

_MINUTE = timedelta(minutes=1)


def hold_with_one(
    ways: Sequence[OfferingRow],
    start: int,
    client_zone: str,
    old_road: str | None,
    *,
    now: datetime,
    guest: Guest = STRANGER,
    buys: UUID | None = None,
) -> str:
    """Hold a time (epoch minutes) with one of the coaches who give it; everything else as `hold_time`.

    `ways` is the offering as each of them gives it. Each try is a transaction of its own that locks one coach alone,
    so that people who choose at the same moment wait for one another, and never in a ring.
    """
    for way in _ordered(ways, start, old_road, now):
        try:
            return hold_time(way, start, client_zone, old_road, now=now, guest=guest, buys=buys)
        except TimeTaken:
            continue
    raise TimeTaken


def _ordered(
    ways: Sequence[OfferingRow], start: int, old_road: str | None, now: datetime
) -> list[OfferingRow]:
    """In the order in which they are tried; who seems taken comes last, for a hold that ends may free her."""
    if len(ways) == 1:
        return list(ways)
    at, own = instant(start), _held_before(old_road)
    tables = queries.timetables([way.coach_id for way in ways], at, at + _MINUTE, ways[0].id, leaving_out=own)
    turns = [
        Turn(
            way.coach_id,
            is_free=start in queries.free_starts(way, tables[way.coach_id], at, at + _MINUTE, now),
            sessions=in_week(tables[way.coach_id].taken, start, zone(coach(way.coach_id).zone)),
        )
        for way in ways
    ]
    by_coach = {way.coach_id: way for way in ways}
    return [by_coach[turn.coach_id] for turn in in_turn(turns)]


def _held_before(old_road: str | None) -> UUID | None:
    """What this browser holds already: it is let go for the new choice, so it neither counts nor stands in its way."""
    try:
        held = queries.place_by_road(old_road or "")
    except NoSuchPlace:
        return None
    return held.appointment_id if held.state is AppointmentState.HELD else None

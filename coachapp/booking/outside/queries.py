"""Reads of outside calendars: as the coach sees them, and as they are fetched."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from coachapp import vault
from coachapp.booking.models import OutsideCalendar
from coachapp.booking.outside.rules import (
    BACK,
    MARGIN,
    CalendarRow,
    Trouble,
    Wanted,
    host_of,
    is_due,
    is_stale,
)
from coachapp.db import session
from coachapp.practice.queries import coach, given_by


def calendars(coach_id: int) -> list[CalendarRow]:
    """A coach's outside calendars, in the order she added them."""
    rows = session().scalars(
        select(OutsideCalendar)
        .where(OutsideCalendar.coach_id == coach_id)
        .order_by(OutsideCalendar.added_at, OutsideCalendar.id)
    )
    return [_row(row) for row in rows]


def how_many(coach_id: int) -> int:
    """How many outside calendars a coach has."""
    counted = select(func.count()).select_from(OutsideCalendar).where(OutsideCalendar.coach_id == coach_id)
    return session().scalar(counted) or 0


def due(*, now: datetime, most: int) -> list[Wanted]:
    """Calendars whose turn it is in a round of tick, longest unasked first."""
    return _wanted(lambda row: is_due(row.asked_at, row.trouble, now), None, now)[:most]


def stale(coach_ids: Collection[int], *, now: datetime) -> list[Wanted]:
    """Calendars of these coaches that are fetched once more before a hold."""
    return _wanted(lambda row: is_stale(row.asked_at, now), coach_ids, now)


def one(calendar_id: UUID, *, now: datetime) -> list[Wanted]:
    """This one calendar, whenever it was asked last."""
    return _wanted(lambda row: row.id == calendar_id, None, now)


def _wanted(
    is_wanted: Callable[[OutsideCalendar], bool], coach_ids: Collection[int] | None, now: datetime
) -> list[Wanted]:
    found = select(OutsideCalendar).order_by(OutsideCalendar.asked_at.nulls_first(), OutsideCalendar.id)
    if coach_ids is not None:
        found = found.where(OutsideCalendar.coach_id.in_(coach_ids))
    chosen = [row for row in session().scalars(found) if is_wanted(row) and address_of(row)]
    furthest = {coach_id: furthest_day(coach_id) for coach_id in {row.coach_id for row in chosen}}
    return [_as_wanted(row, now, furthest[row.coach_id]) for row in chosen]


def furthest_day(coach_id: int) -> timedelta:
    """How far ahead anything that a coach gives can be booked, her own or another's."""
    sold = given_by(coach_id, with_inactive=True)
    return timedelta(days=max((each.horizon_days for each in sold), default=0))


def _as_wanted(row: OutsideCalendar, now: datetime, furthest: timedelta) -> Wanted:
    return Wanted(
        id=row.id,
        asked_at=row.asked_at,
        address=address_of(row),
        zone=coach(row.coach_id).zone,
        start=now - BACK,
        end=now + furthest + MARGIN,
    )


def address_of(row: OutsideCalendar) -> str:
    """The address itself: a secret. Empty when it cannot be read any more; then its last copy is all there is."""
    try:
        return vault.open_(vault.PRACTICE, "outside_calendar.address", row.id, row.address_sealed)
    except (vault.Unreadable, vault.KeyGone):
        return ""


def _row(row: OutsideCalendar) -> CalendarRow:
    label = row.label_sealed
    return CalendarRow(
        id=row.id,
        host=host_of(address_of(row)),
        label=vault.open_(vault.PRACTICE, "outside_calendar.label", row.id, label) if label else "",
        good_at=row.good_at,
        trouble=Trouble(row.trouble) if row.trouble else None,
        added_at=row.added_at,
    )

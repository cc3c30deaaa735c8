"""Adding and removing outside calendars, and bringing their copies up to date.

The network is never inside a transaction: first it is noted that a calendar is being asked, so that no other process
asks as well; then it is fetched and read; then one transaction puts the new stretches in place of the old ones.
"""

import time
from datetime import datetime
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.booking.models import OutsideBusy, OutsideCalendar
from coachapp.booking.outside import queries
from coachapp.booking.outside.apart import read_apart
from coachapp.booking.outside.fetching import Fetcher
from coachapp.booking.outside.reading import utc
from coachapp.booking.outside.rules import (
    FOR_ADDING,
    FOR_HOLD,
    FOR_TICK,
    MOST_CALENDARS,
    Copy,
    NoSuchCalendar,
    Patience,
    TooManyCalendars,
    Trouble,
    Wanted,
    in_a_hurry,
    normal_address,
)
from coachapp.db import end_reading, in_transaction, transaction
from coachapp.practice.operations import lock_coach

_MOST_A_ROUND = 20


def add_calendar(coach_id: int, address: str, label: str, *, now: datetime) -> UUID:
    """Note a calendar whose events keep the coach's time. BadAddress, TooManyCalendars.

    Nothing of it counts before it has been fetched: `refresh_one`, or the next tick.
    """
    calendar_id, sound = uuid4(), normal_address(address)
    sealed = vault.seal(vault.PRACTICE, "outside_calendar.address", calendar_id, sound)
    word = vault.seal(vault.PRACTICE, "outside_calendar.label", calendar_id, label) if label else None
    with transaction() as db:
        lock_coach(coach_id)
        if queries.how_many(coach_id) >= MOST_CALENDARS:
            raise TooManyCalendars
        row = OutsideCalendar(
            id=calendar_id, coach_id=coach_id, address_sealed=sealed, label_sealed=word, added_at=now
        )
        db.add(row)
    return calendar_id


def remove_calendar(coach_id: int, calendar_id: UUID) -> None:
    """Take a calendar away, with every time it kept. NoSuchCalendar if it is not one of this coach's."""
    with transaction() as db:
        row = db.get(OutsideCalendar, calendar_id, with_for_update=True)
        if row is None or row.coach_id != coach_id:
            raise NoSuchCalendar
        db.execute(delete(OutsideBusy).where(OutsideBusy.calendar_id == calendar_id))
        db.delete(row)


def refresh_due(*, now: datetime) -> int:
    """Fetch what is ten minutes old; returns how many copies are new. For tick."""
    return _refresh(queries.due(now=now, most=_MOST_A_ROUND), FOR_TICK, now)


def refresh_for_hold(*coach_ids: int, now: datetime) -> int:
    """Fetch what is older than five minutes of the calendars of these coaches, with one of whom a time will be held.

    Within two seconds in all, however many they are; where that fails the last good copy counts.
    """
    return _refresh(queries.stale(coach_ids, now=now), FOR_HOLD, now)


def refresh_one(coach_id: int, calendar_id: UUID, *, now: datetime) -> int:
    """Fetch one calendar now. NoSuchCalendar if it is not one of this coach's."""
    if calendar_id not in {row.id for row in queries.calendars(coach_id)}:
        raise NoSuchCalendar
    return _refresh(queries.one(calendar_id, now=now), FOR_ADDING, now)


def _refresh(wanted: list[Wanted], patience: Patience, now: datetime) -> int:
    ours = _claim(wanted, now) if wanted else {}
    if not ours:
        return 0
    end_reading()
    outcomes = _bring(ours, patience)
    hurried = patience is FOR_HOLD
    return sum(_keep(each, outcomes[each.id], now, hurried=hurried) for each in ours.values())


def _claim(wanted: list[Wanted], now: datetime) -> dict[UUID, Wanted]:
    """Those nobody else has begun to ask since they were read."""
    with transaction() as db:
        in_one_order = sorted(
            wanted, key=lambda each: each.id
        )  # two who claim the same ones wait, and never for good
        return {each.id: each for each in in_one_order if _claimed(db, each, now)}


def _claimed(db: Session, wanted: Wanted, now: datetime) -> bool:
    asked = (
        update(OutsideCalendar)
        .where(OutsideCalendar.id == wanted.id)
        .where(OutsideCalendar.asked_at.is_not_distinct_from(wanted.asked_at))
        .values(asked_at=now)
        .returning(OutsideCalendar.id)
    )
    return db.scalar(asked) is not None


def _bring(wanted: dict[UUID, Wanted], patience: Patience) -> dict[UUID, Copy | Trouble]:
    """Fetch, then read, within that patience. No transaction is open meanwhile."""
    assert not in_transaction(), "the network is never inside a transaction"
    fetcher: Fetcher = current_app.extensions["fetcher"]
    end = time.monotonic() + patience.all
    fetched = fetcher.fetch_all({each.id: each.address for each in wanted.values()}, patience.fetching)
    files = {name: data for name, data in fetched.items() if isinstance(data, bytes)}
    read = read_apart(files, wanted, end - time.monotonic())
    return {name: read[name] if isinstance(data, bytes) else data for name, data in fetched.items()}


def _keep(wanted: Wanted, outcome: Copy | Trouble, now: datetime, *, hurried: bool) -> bool:
    """Put a new copy in place of the old one, or note why there is none. A later try, or a removal, is left alone."""
    with transaction() as db:
        found = select(OutsideCalendar).where(
            OutsideCalendar.id == wanted.id, OutsideCalendar.asked_at == now
        )
        row = db.scalar(found.with_for_update())
        if row is None:
            return False
        if isinstance(outcome, Trouble):
            row.trouble = in_a_hurry(outcome) if hurried else outcome
            return False
        row.good_at, row.trouble = now, Trouble.PARTLY if outcome.partly else None
        db.execute(delete(OutsideBusy).where(OutsideBusy.calendar_id == row.id))
        db.add_all(
            OutsideBusy(coach_id=row.coach_id, calendar_id=row.id, starts_at=utc(opens), ends_at=utc(closes))
            for opens, closes in outcome.busy
        )
    return True

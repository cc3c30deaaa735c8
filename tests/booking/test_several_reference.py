"""The times of several coaches against the slow, obvious reference of each: rows in a real database, over zones and
clock changes."""

from datetime import timedelta
from random import Random
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.limits import WEEK, Counts, Limit
from coachapp.booking.models import (
    Appointment,
    Away,
    DayHours,
    OpeningHours,
    OutsideBusy,
    OutsideCalendar,
)
from coachapp.booking.queries import free_days
from coachapp.booking.slots import Busy, Rules, instant
from coachapp.practice.models import Coach, Offering, OfferingCoach
from coachapp.practice.operations import add_coach, share_offering
from coachapp.practice.queries import forget_kept, givers, offering
from tests.booking.colleagues import HOUR, add_ada, shown, times_with
from tests.booking.obvious import changes, every_zone, made_up, reference
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

pytestmark = pytest.mark.long

HARD = ("Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Atlantic/Azores", "Europe/Madrid")
_OF_ONE = (OpeningHours, DayHours, Away, OutsideBusy, OutsideCalendar, Appointment, OfferingCoach)


def test_the_union_of_what_each_gives(world, proof):
    chance, found, often = Random("several coaches"), 0, proof(25, 1500)
    for number in range(often):
        name = HARD[number % len(HARD)] if number % 2 else chance.choice(every_zone())
        found += compare(world, chance, name, how_many=1 + number % 4)
    assert found > 10 * often, "the cases are not all empty"


@pytest.mark.parametrize("name", HARD)
def test_the_hard_ones(world, name, proof):
    chance = Random(name)
    moments = changes(name, 2026, 2026) * proof(2, 30)
    assert sum(compare(world, chance, name, 3, near) for near in moments) > 0


def compare(world, chance, name, how_many, near=None):
    """One made-up practice around a change of one zone's clocks; how many times were compared."""
    near = near or chance.choice(changes(name) or changes("Europe/Madrid"))
    zones = [name, *(chance.choice([name, chance.choice(every_zone())]) for _ in range(how_many - 1))]
    cases = [made_up(chance, each, near) for each in zones]
    _openings, _exceptions, _busy, rules, _zone, opens, closes, now, _stays = cases[0]
    limits = some_limits(chance), [some_limits(chance) for _ in cases]
    with world.app.app_context():
        ids = load(cases, zones, rules, limits)
        row = offering(HOUR)
        assert sorted(each.id for each in givers(row)) == sorted(ids)
        ways = [row.given_by(each) for each in ids]
        days = free_days(ways, opens, closes, ZoneInfo(chance.choice(every_zone())), now=now)
        kept = [taken_of(each, row.id) for each in ids]
    expected = set()
    for case, taken, own in zip(cases, kept, limits[1], strict=True):
        openings, exceptions, _busy, _rules, where, *_window, stays = case
        whole = with_limits(rules, own, limits[0])
        expected.update(reference(openings, exceptions, taken, whole, where, opens, closes, now, stays))
    assert sorted(start for day in days for start in day.starts) == sorted(expected)
    assert all(day.starts == sorted(set(day.starts)) for day in days)
    return len(expected)


def some_limits(chance):
    """At most so many a day and a week; None is no limit."""
    return [chance.choice([None, None, chance.randint(1, 3)]) for _ in range(2)]


def with_limits(rules, of_coach, of_offering):
    pairs = zip((*of_coach, *of_offering), (1, WEEK) * 2, (Counts.BOOKED,) * 2 + (Counts.SAME_OFFERING,) * 2)
    limits = tuple(Limit(most, days, kind) for most, days, kind in pairs if most)
    return Rules(
        rules.length, rules.interval, rules.before, rules.after, rules.notice, rules.horizon_days, limits
    )


def load(cases, zones, rules, limits):
    """These practices as rows: the coaches' numbers, in order."""
    row = offering(HOUR)
    with db.transaction() as session:
        for table in _OF_ONE:
            session.execute(sa.delete(table))
        forget_kept()
        ids = list(session.scalars(sa.select(Coach.id).order_by(Coach.id)))
        while len(ids) < len(cases):
            ids.append(add_coach(first_name="Ada", full_name="Ada Lind", zone="UTC", email=None))
        ids = [row.coach_id, *(each for each in ids if each != row.coach_id)][: len(cases)]
        share_offering(row.id, ids)
        day, week = limits[0]
        session.execute(
            sa.update(Offering)
            .where(Offering.id == row.id)
            .values(
                length_min=rules.length,
                interval_min=rules.interval,
                before_min=rules.before,
                after_min=rules.after,
                notice_min=rules.notice,
                horizon_days=rules.horizon_days,
                most_per_day=day,
                most_per_week=week,
            )
        )
        for number, case, name, (most_a_day, most_a_week) in zip(ids, cases, zones, limits[1], strict=True):
            session.execute(
                sa.update(Coach)
                .where(Coach.id == number)
                .values(zone=name, most_per_day=most_a_day, most_per_week=most_a_week)
            )
            for each in rows_of(number, case, row.id):
                session.add(each)
                session.flush()
        forget_kept()
    return ids


def rows_of(number, case, offering_id):
    openings, exceptions, busy, _rules, _zone, _opens, _closes, _now, stays = case
    calendar_id, hers = uuid4(), []
    yield OutsideCalendar(id=calendar_id, coach_id=number, address_sealed=b"", added_at=clock.now())
    for each in openings:
        yield OpeningHours(
            coach_id=number, weekday=each.weekday, start_min=each.start_min, end_min=each.end_min
        )
    for each in exceptions:
        for low, high in each.openings or [(None, None)]:
            yield DayHours(coach_id=number, on_date=each.date, start_min=low, end_min=high)
    for each in stays:
        yield Away(coach_id=number, first_day=each.first, last_day=each.last, zone=each.zone.key, by="local")
    for each in busy:
        at, end = instant(each.starts), instant(each.ends)
        if each.counts == Counts.OUTSIDE:
            yield OutsideBusy(coach_id=number, calendar_id=calendar_id, starts_at=at, ends_at=end)
        elif all(
            end <= low or at >= high for low, high in hers
        ):  # no two of hers overlap: the database says so
            hers.append((at, end))
            yield appointment(number, each, at, end, offering_id)


def appointment(number, busy, at, end, offering_id):
    return Appointment(
        coach_id=number,
        offering_id=offering_id if busy.counts == Counts.SAME_OFFERING else None,
        state="blocked" if busy.counts == Counts.BLOCKED else "confirmed",
        starts_at=at,
        ends_at=end,
        before_min=busy.before,
        after_min=busy.after,
        way="video",
        created_at=clock.now(),
        changed_at=clock.now(),
    )


def taken_of(number, offering_id):
    """Every taken time of that coach as it lies in the database, read one by one and not as the app does."""

    def minute(at):
        return int(at.timestamp()) // 60

    own = db.session().scalars(sa.select(Appointment).where(Appointment.coach_id == number))
    found = [
        Busy(
            minute(row.starts_at),
            minute(row.ends_at),
            row.before_min,
            row.after_min,
            Counts.BLOCKED
            if row.state == "blocked"
            else Counts.SAME_OFFERING
            if row.offering_id == offering_id
            else Counts.BOOKED,
        )
        for row in own
    ]
    outside = db.session().scalars(sa.select(OutsideBusy).where(OutsideBusy.coach_id == number))
    return found + [Busy(minute(row.starts_at), minute(row.ends_at), 0, 0, Counts.OUTSIDE) for row in outside]


def test_the_page_offers_what_the_reference_finds(world):
    """The same on the page itself, for the days of the next week."""
    add_ada(world, zone="Asia/Tokyo", hours=(0, 1440))
    walker = world.walker()
    free = times_with(walker, None)
    days = {instant(each).date() for each in free}
    found = []
    walker.get(f"/book/{HOUR}")
    walker.post(f"/book/{HOUR}/zone", {"tz": "UTC"})
    for day in sorted(days):
        walker.get(f"/book/{HOUR}?day={day}")
        found += [each for each in shown(walker) if instant(each).date() == day]
    last = clock.now().date() + timedelta(days=7)
    assert [each for each in found if instant(each).date() <= last] == free

"""What lies in the database decides what is free: limits and outside calendars too, on the page and under the lock."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from coachapp import clock, db
from coachapp.booking.holding import hold_time
from coachapp.booking.models import Appointment, Away, DayHours, OutsideBusy, OutsideCalendar
from coachapp.booking.queries import timetable
from coachapp.booking.rules import TimeTaken
from coachapp.booking.slots import Counts
from coachapp.db.minutes import minute_down, minute_up
from coachapp.practice.models import Coach, Offering
from coachapp.practice.queries import coach, forget_kept, givers, offering
from tests.booking.colleagues import add_ada
from tests.cast import CHARLIE, NORA
from tests.road import at_utc

MADRID = ZoneInfo("Europe/Madrid")


def same_day(starts, as_one):
    return [
        each
        for each in starts
        if at_utc(each).astimezone(MADRID).date() == at_utc(as_one).astimezone(MADRID).date()
    ]


def same_week(starts, as_one):
    week = at_utc(as_one).astimezone(MADRID).isocalendar()[:2]
    return [each for each in starts if at_utc(each).astimezone(MADRID).isocalendar()[:2] == week]


def a_whole_day(walker):
    """The starts of the first day that has all of them."""
    starts = walker.free()
    return next(day for day in (same_day(starts, each) for each in starts) if len(day) == 15)


# ── limits ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("table", [Coach, Offering])
def test_a_full_day_is_full_on_the_page_and_under_the_lock(walker, world, table):
    day = a_whole_day(walker)
    world.change(table, most_per_day=1)
    assert same_day(walker.free(), day[0]) == day
    walker.hold(day[0])
    assert walker.page.status_code == 303
    other = world.walker(CHARLIE)
    assert same_day(other.free(), day[0]) == []
    other.hold(day[-1])
    assert other.page.status_code == 409
    other.hold(day[0] + 1440)
    assert other.page.status_code == 303, "the day after is another day"


def test_a_full_week(walker, world):
    start = walker.morning()[1]
    world.change(Coach, most_per_week=1)
    walker.hold(start)
    other = world.walker(CHARLIE)
    assert same_week(other.free(), start) == []
    other.hold(start + 120)
    assert other.page.status_code == 409


def test_an_offerings_limit_leaves_the_others_alone(walker, world):
    day = a_whole_day(walker)
    world.change(Offering, most_per_day=1)
    walker.hold(day[0])
    other = world.walker(CHARLIE)
    other.hold(day[4])
    assert other.page.status_code == 409
    other.hold(day[4], "first-conversation")
    assert other.page.status_code == 303


def test_choosing_another_time_of_the_same_day_is_no_second_appointment(walker, world):
    day = a_whole_day(walker)
    world.change(Coach, most_per_day=1)
    walker.hold(day[0])
    walker.hold(day[5])
    assert walker.page.status_code == 303
    assert world.ledger()[0] == ["held", "released"]


def test_her_own_time_and_outside_calendars_fill_no_day(walker, world):
    day = a_whole_day(walker)
    world.change(Coach, most_per_day=1)
    keep(world, day[0], day[0] + 60)
    world.change(Appointment, state="blocked")
    outside(world, day[4], day[4] + 60)
    left = same_day(walker.free(), day[0])
    assert left and day[0] not in left and day[4] not in left


def test_two_at_once_for_the_last_place_of_a_day(walker, world):
    day = a_whole_day(walker)
    world.change(Coach, most_per_day=1)
    ready, found = Barrier(2), []

    def take(start):
        with world.app.app_context():
            chosen = offering("power-hour")
            db.end_reading()
            ready.wait(20)
            try:
                hold_time(chosen, start, "UTC", None, now=clock.now())
                found.append("held")
            except TimeTaken:
                found.append("taken")

    both = [Thread(target=take, args=(start,)) for start in (day[0], day[8])]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    assert sorted(found) == ["held", "taken"]


# ── outside calendars ───────────────────────────────────────────────────────────────────────────────────────


def keep(world, start, end):
    """A confirmed appointment, written as it is."""
    with world.app.app_context(), db.transaction() as session:
        session.add(
            Appointment(
                coach_id=1,
                state="confirmed",
                starts_at=at_utc(start),
                ends_at=at_utc(end),
                before_min=0,
                after_min=0,
                way="video",
                created_at=clock.now(),
                changed_at=clock.now(),
            )
        )


def outside(world, start, end, coach_id=1, seconds=0):
    """A stretch an outside calendar says is taken."""
    calendar_id, late = uuid4(), timedelta(seconds=seconds)
    with world.app.app_context(), db.transaction() as session:
        session.add(
            OutsideCalendar(id=calendar_id, coach_id=coach_id, address_sealed=b"", added_at=clock.now())
        )
        session.flush()
        session.add(
            OutsideBusy(
                coach_id=coach_id,
                calendar_id=calendar_id,
                starts_at=at_utc(start) + late,
                ends_at=at_utc(end) + late,
            )
        )


def test_outside_busy_times_are_not_offered_and_keep_the_offerings_own_distance(walker, world):
    day = a_whole_day(walker)
    outside(world, day[4], day[4] + 60)
    gone = [each for each in day if each not in walker.free()]
    # An hour each, fifteen quiet minutes before and after, a start every half hour.
    assert gone == [each for each in day if day[4] - 75 < each < day[4] + 75]
    walker.hold(day[4])
    assert walker.page.status_code == 409


def test_an_outside_time_that_ends_within_a_minute_keeps_that_minute(walker, world):
    world.change(Offering, before_min=0, after_min=0)
    day = a_whole_day(walker)
    outside(world, day[4], day[4] + 60, seconds=1)
    gone = [each for each in day if each not in walker.free()]
    assert gone == [day[3], day[4], day[5], day[6]]


def test_another_coachs_outside_times_are_hers(walker, world):
    with world.app.app_context(), db.transaction() as session:
        other = Coach(first_name="Ada", full_name="Ada Lind", zone="Europe/Oslo")
        session.add(other)
        session.flush()
        other_id = other.id
    before = walker.free()
    outside(world, before[4], before[4] + 600, other_id)
    assert walker.free() == before


def test_outside_times_are_none_of_the_appointments(walker, world):
    """Money that comes late takes its time again whatever an outside calendar says by then."""
    start = walker.hold()
    outside(world, start, start + 60)
    with world.app.app_context():
        table = timetable(1, at_utc(start), at_utc(start + 60))
        assert table.busy == [(at_utc(start), at_utc(start + 60), 15, 15)]
        assert sorted(row[4] for row in table.taken) == [Counts.OUTSIDE, Counts.BOOKED]


def test_what_the_same_transaction_has_changed_counts(walker, world):
    start = walker.hold()
    with world.app.app_context(), db.transaction() as session:
        session.scalars(sa.select(Appointment)).one().state = "released"
        assert timetable(1, at_utc(start), at_utc(start + 60)).taken == []
        session.scalars(sa.select(Coach)).one().most_per_day = 7
        forget_kept()
        assert coach(1).most_per_day == 7


# ── minutes and statements ──────────────────────────────────────────────────────────────────────────────────


def test_the_database_counts_whole_minutes(world):
    noon = datetime(2026, 11, 18, 12, tzinfo=UTC)
    minute = int(noon.timestamp()) // 60
    for seconds, down, up in ((0, 0, 0), (1, 0, 1), (59.9, 0, 1), (60, 1, 1), (-0.5, -1, 0)):
        outside(world, minute, minute, seconds=seconds)
        with world.app.app_context():
            asked = sa.select(minute_down(OutsideBusy.starts_at), minute_up(OutsideBusy.ends_at))
            assert tuple(db.session().execute(asked).one()) == (minute + down, minute + up), seconds
        world.change(OutsideBusy, coach_id=1)
        with world.app.app_context(), db.transaction() as session:
            session.execute(sa.delete(OutsideBusy))


@pytest.fixture
def statements(world):
    """What is said to the database, each time it is asked something."""
    said = []

    def listen(connection, cursor, statement, *more):
        said.append(statement)

    engine = world.app.extensions["engine"]
    event.listen(engine, "before_cursor_execute", listen)
    yield said
    event.remove(engine, "before_cursor_execute", listen)


def fill(world, walker):
    """A practice with everything that can decide a time: more coaches, days, stays, limits, bookings, calendars."""
    start = walker.morning()[4]
    with world.app.app_context(), db.transaction() as session:
        for number in range(5):
            session.add(Coach(first_name=f"Coach {number}", full_name="Of many", zone="Europe/Oslo"))
        today = clock.now().date()
        session.add_all(DayHours(coach_id=1, on_date=today + timedelta(days=n)) for n in range(8, 30, 3))
        for n in range(30, 60, 10):
            days = today + timedelta(days=n), today + timedelta(days=n + 2)
            session.add(Away(coach_id=1, first_day=days[0], last_day=days[1], zone="Asia/Tokyo", by="local"))
    for n in range(6):
        keep(world, start + n * 1440, start + n * 1440 + 60)
        outside(world, start + n * 1440 + 120, start + n * 1440 + 180)
    world.change(Coach, most_per_day=5, most_per_week=9)
    world.change(Offering, most_per_day=4, most_per_week=8, horizon_days=700)


@pytest.mark.parametrize("how_many", [1, 3, 10])
def test_eight_statements_also_where_so_many_coaches_give_it(walker, world, statements, how_many):
    for number in range(1, how_many):
        add_ada(world, name=f"Ada{number}", zone="Asia/Tokyo" if number % 2 else NORA.zone)
    fill(world, walker)
    today = clock.now().date()
    walker.get("/book/power-hour")
    for path in (
        "/book/power-hour",
        f"/book/power-hour?month={today + timedelta(days=40):%Y-%m}",
        f"/book/power-hour/times.json?from={today}&to={today}",
        f"/book/power-hour/times.json?from={today}&to={today + timedelta(days=61)}",
    ):
        statements.clear()
        assert walker.get(path).status_code == 200
        assert len(statements) <= 8, statements
    with world.app.app_context():
        assert len(givers(offering("power-hour"))) == how_many


def test_eight_statements_at_most_whatever_the_window_and_the_number_of_coaches(walker, world, statements):
    today = clock.now().date()
    paths = ["/book/power-hour", f"/book/power-hour?month={today + timedelta(days=40):%Y-%m}"]
    paths += [f"/book/power-hour/times.json?from={today}&to={today + timedelta(days=n)}" for n in (0, 6, 61)]
    counted = []
    add_ada(world)
    for more in (False, True):
        if more:
            fill(world, walker)
        walker.get(paths[0])  # whose cookie and form token are there already
        counted.append([])
        for path in paths:
            statements.clear()
            assert walker.get(path).status_code == 200
            counted[-1].append(len(statements))
            assert len(statements) <= 8, statements
    assert counted[0] == counted[1], "more rows are no more statements"

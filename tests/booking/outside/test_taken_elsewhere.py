"""From a calendar elsewhere to the page where people choose: what is taken there is not offered, nor held, here."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.booking.models import OutsideCalendar
from coachapp.booking.outside import operations
from tests.booking.outside import feeds as play
from tests.booking.outside.feeds import calendar, event

# Free times take outside calendars into account since the timetable is a module of its own.
pytest.importorskip("coachapp.booking.timetable")

HOUR = 60


def add(world, address):
    with world.app.app_context():
        return operations.add_calendar(1, address, "", now=clock.now())


def at(start):
    return datetime.fromtimestamp(start * 60, UTC)


def test_what_tick_has_read_is_not_offered(world, feeds):
    walker = world.walker()
    start = walker.morning()[4]
    calendar_id = add(world, feeds.gives(calendar(event(at(start)))))
    assert start in walker.free()
    world.tick()
    assert start not in walker.free() and len(feeds.asked) == 1
    with world.app.app_context():
        operations.remove_calendar(1, calendar_id)
    assert start in walker.free()


def test_a_time_taken_elsewhere_a_moment_ago_is_not_held(world, feeds):
    """It was free when the page was made; the hold asks the calendar once more."""
    add(world, feeds.gives(calendar()))
    world.tick()
    walker = world.walker()
    start = walker.morning()[4]
    feeds.gives(calendar(event(at(start))))
    for _ in range(5):  # two seconds may not be enough while this machine does much else
        world.change(OutsideCalendar, asked_at=clock.now() - timedelta(minutes=6))
        walker.hold(start)
        if walker.page.status_code == 409:
            break
    assert walker.page.status_code == 409 and "has been taken" in walker.text
    walker.hold()
    assert walker.page.status_code == 303


def test_while_a_calendar_hangs_its_last_good_copy_counts(world, feeds):
    walker = world.walker()
    start = walker.morning()[4]
    add(world, feeds.gives(calendar(event(at(start)))))
    world.tick()
    feeds.does(play.hangs)
    world.change(OutsideCalendar, asked_at=clock.now() - timedelta(minutes=6))
    walker.hold(start)
    assert walker.page.status_code == 409
    walker.hold()
    assert walker.page.status_code == 303
    assert world.rows(sa.select(OutsideCalendar.trouble).subquery().c.trouble) == [("hurried",)]


def test_a_whole_day_off_elsewhere_is_a_day_off_here(world, feeds):
    walker = world.walker()
    day = at(walker.morning()[20]).date()
    add(world, feeds.gives(calendar((f"DTSTART;VALUE=DATE:{day:%Y%m%d}",))))
    world.tick()
    assert walker.free() and all(at(start).date() != day for start in walker.free())

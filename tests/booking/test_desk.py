"""What the coach does with her time: never over someone who is there already."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking import queries
from coachapp.booking.desk_operations import block_time, book_for_client, set_day, unblock_time
from coachapp.booking.own_hours import BadTime
from coachapp.booking.rules import AppointmentState, NoSuchPlace, TimeTaken
from coachapp.clients.operations import new_client
from coachapp.practice.queries import offering
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from tests.cast import MAYA
from tests.road import MINUTE, at_utc

HOUR = timedelta(hours=1)
NEAR = (-59, 0, 30, 59)


@pytest.fixture
def at(walker):
    """A time that somebody holds."""
    return at_utc(walker.hold())


@pytest.fixture
def maya(world):
    with world.app.app_context():
        client_id = new_client(1, MAYA.zone, now=clock.now(), name=MAYA.name)
        set_contact(client_id, Inbox.ONLY_ME, MAYA.email, now=clock.now())
        return client_id


def test_blocking_over_somebody_is_refused(world, at):
    with world.app.app_context():
        for minutes in NEAR:
            begin = at + minutes * MINUTE
            with pytest.raises(TimeTaken):
                block_time(1, begin, begin + HOUR, "lunch", now=clock.now())
        block_time(1, at + HOUR, at + 2 * HOUR, "lunch", now=clock.now())
    assert world.ledger()[0] == ["blocked", "held"]


def test_a_block_that_is_no_time(world, at):
    with world.app.app_context():
        for end in (at, at - HOUR, at + timedelta(days=31, seconds=1)):
            with pytest.raises(BadTime):
                block_time(1, at, end, "", now=clock.now())


def test_a_blocked_time_is_not_on_offer_until_it_is_given_back(world, walker):
    start = walker.morning()[3]
    at = at_utc(start)
    with world.app.app_context():
        block = block_time(1, at, at + HOUR, "a word of her own", now=clock.now())
        (row,) = queries.blocked_between(1, at, at + HOUR)
        assert row.label == "a word of her own"
    assert start not in walker.free()
    walker.hold(start)
    assert walker.page.status_code == 409
    with world.app.app_context():
        with pytest.raises(NoSuchPlace):
            unblock_time(2, block, now=clock.now())
        unblock_time(1, block, now=clock.now())
        with pytest.raises(NoSuchPlace):
            unblock_time(1, block, now=clock.now())
    assert start in walker.free()


def test_booking_for_a_client_over_somebody_is_refused_whole(world, at, maya):
    with world.app.app_context():
        for minutes in NEAR:
            with pytest.raises(TimeTaken):
                book_for_client(
                    offering("power-hour"), maya, MAYA.zone, at + minutes * MINUTE, world.url, now=clock.now()
                )
    assert world.ledger()[0] == ["held"]
    assert world.outbox() == []


def test_booking_for_a_client(world, at, maya):
    early = at + timedelta(hours=-5)
    with world.app.app_context():
        place_id = book_for_client(offering("power-hour"), maya, MAYA.zone, early, world.url, now=clock.now())
        place = queries.place(place_id)
        assert (place.state, place.booked_by, place.zone) == (AppointmentState.CONFIRMED, "staff", MAYA.zone)
    world.send_mail()
    (mail,) = world.mails_to(MAYA.email)
    assert "Lisbon time" in mail.text


def test_a_day_off_takes_its_times_away(world, walker):
    start = walker.morning()[1]
    day = at_utc(start).date()
    with world.app.app_context():
        set_day(1, day, [])
    assert start not in walker.free()
    with world.app.app_context():
        set_day(1, day, None)
    assert start in walker.free()

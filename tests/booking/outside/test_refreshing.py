"""Copies of calendars elsewhere: brought by tick and before a hold, kept while nothing better comes,
never half done."""

import dataclasses
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.models import OutsideBusy, OutsideCalendar
from coachapp.booking.outside import operations, queries
from coachapp.booking.outside.rules import (
    EVERY,
    FRESH,
    MOST_CALENDARS,
    BadAddress,
    NoSuchCalendar,
    TooManyCalendars,
    Trouble,
    normal_address,
)
from coachapp.practice.operations import add_coach
from coachapp.tick import run_tick
from tests.apps import open_app
from tests.booking.outside import feeds as play
from tests.booking.outside.feeds import calendar, event
from tests.road import open_practice

MADRID = ZoneInfo("Europe/Madrid")
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
NORA = 1


@pytest.fixture
def house(app):
    """The small practice, in an app context."""
    with app.app_context():
        open_practice()
        yield app


@pytest.fixture
def now():
    return clock.now()


def at(now, days=3, hours=0):
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(days=days, hours=hours)


def add(address, now, label=""):
    return operations.add_calendar(NORA, address, label, now=now)


def busy():
    """(start, end) of every stretch kept, sorted."""
    db.session().rollback()
    found = sa.select(OutsideBusy.starts_at, OutsideBusy.ends_at).order_by(OutsideBusy.starts_at)
    return [tuple(row) for row in db.session().execute(found)]


def only():
    """The one calendar, as its coach sees it."""
    db.session().rollback()
    [row] = queries.calendars(NORA)
    return row


def hour(start):
    return (start, start + timedelta(hours=1))


def test_tick_brings_what_a_calendar_takes(house, feeds, now):
    add(feeds.gives(calendar(event(at(now)), event(at(now, hours=5)))), now)
    assert busy() == []
    assert operations.refresh_due(now=now) == 1
    assert busy() == [hour(at(now)), hour(at(now, hours=5))]
    row = only()
    assert (row.good_at, row.trouble, row.host) == (now, None, "127.0.0.1")


def test_tick_asks_every_ten_minutes(house, feeds, now):
    add(feeds.gives(calendar(event(at(now)))), now)
    for later, asked in ((0, 1), (5, 1), (9, 1), (10, 2), (15, 2), (20, 3)):
        run_tick(house, now + later * MINUTE)
        assert len(feeds.asked) == asked, later


def test_a_new_copy_takes_the_place_of_the_old_one(house, feeds, now):
    add(feeds.gives(calendar(event(at(now)))), now)
    operations.refresh_due(now=now)
    feeds.gives(calendar(event(at(now, days=5))))
    operations.refresh_due(now=now + EVERY)
    assert busy() == [hour(at(now, days=5))]
    feeds.gives(calendar())
    operations.refresh_due(now=now + 2 * EVERY)
    assert busy() == []


@pytest.mark.parametrize(
    ("behaviour", "word"),
    [
        (lambda line: line.answer(b"", "404 Not Found"), Trouble.REFUSED),
        (lambda line: line.answer(b"<html>Sign in</html>"), Trouble.NOT_A_CALENDAR),
        (play.breaks_off, Trouble.NO_ANSWER),
        (play.is_huge, Trouble.TOO_BIG),
        (lambda line: line.answer(calendar().encode()[:-15]), Trouble.NOT_A_CALENDAR),
        (lambda line: line.answer(b"", "302 Found", "Location: http://127.0.0.2:9/"), Trouble.UNSAFE),
    ],
    ids=["gone", "page", "broken-off", "huge", "cut-short", "astray"],
)
def test_the_last_good_copy_stays_and_the_trouble_is_named(house, feeds, now, behaviour, word):
    add(feeds.gives(calendar(event(at(now)))), now)
    operations.refresh_due(now=now)
    feeds.does(behaviour)
    assert operations.refresh_due(now=now + EVERY) == 0
    assert busy() == [hour(at(now))]
    row = only()
    assert (row.good_at, row.trouble) == (now, word)
    feeds.gives(calendar(event(at(now, days=4))))
    assert operations.refresh_due(now=now + 2 * EVERY) == 1
    assert busy() == [hour(at(now, days=4))]
    assert (only().good_at, only().trouble) == (now + 2 * EVERY, None)


def test_what_can_be_read_counts_and_the_rest_is_said(house, feeds, now):
    add(feeds.gives(calendar(("DTSTART:soon",), event(at(now)))), now)
    assert operations.refresh_due(now=now) == 1
    assert busy() == [hour(at(now))]
    assert (only().good_at, only().trouble) == (now, Trouble.PARTLY)


def test_from_yesterday_to_a_week_beyond_the_furthest_day(house, feeds, now):
    """The furthest offering of the small practice can be booked sixty days ahead."""
    days = (-3, -0.5, 59, 65, 70, 400)
    add(feeds.gives(calendar(*(event(at(now, days=day)) for day in days))), now)
    operations.refresh_due(now=now)
    assert [start for start, _end in busy()] == [at(now, days=day) for day in days[1:4]]


def test_whole_days_are_days_of_the_coach(house, feeds, now):
    day = (now + timedelta(days=9)).date()
    add(feeds.gives(calendar((f"DTSTART;VALUE=DATE:{day:%Y%m%d}",))), now)
    operations.refresh_due(now=now)
    local = [edge.astimezone(MADRID).replace(tzinfo=None) for edge in busy()[0]]
    midnight = datetime(day.year, day.month, day.day)
    assert local == [midnight, midnight + timedelta(days=1)]


# ---- before a hold ----


def read_before_a_hold(coach_id, now):
    """When it was read: two seconds may not be enough while this machine does much else, so it is tried again later."""
    return next(
        at
        for at in (now + n * 10 * MINUTE for n in range(6))
        if operations.refresh_for_hold(coach_id, now=at)
    )


def test_a_copy_of_five_minutes_is_fresh_enough(house, feeds, now):
    add(feeds.gives(calendar()), now)
    operations.refresh_due(now=now)
    assert operations.refresh_for_hold(NORA, now=now + FRESH) == 0
    assert len(feeds.asked) == 1
    feeds.gives(calendar(event(at(now))))
    read_at = read_before_a_hold(NORA, now + FRESH + SECOND)
    assert busy() == [hour(at(now))]
    asked = len(feeds.asked)
    assert operations.refresh_for_hold(NORA, now=read_at + SECOND) == 0
    assert len(feeds.asked) == asked >= 2


def test_other_coaches_calendars_are_not_asked_before_a_hold(house, feeds, now):
    other = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
    operations.add_calendar(other, feeds.gives(calendar(event(at(now)))), "", now=now)
    assert operations.refresh_for_hold(NORA, now=now) == 0
    assert feeds.asked == []
    read_before_a_hold(other, now)


def test_where_one_of_two_may_be_taken_both_are_asked(house, feeds, now):
    other = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
    operations.add_calendar(other, feeds.gives(calendar(event(at(now)))), "", now=now)
    add(feeds.url("/gone"), now)
    operations.refresh_for_hold(NORA, other, now=now)
    asked = sa.select(OutsideCalendar.coach_id).where(OutsideCalendar.asked_at == now)
    assert sorted(db.session().scalars(asked)) == [NORA, other]
    assert len(feeds.asked) == 2


def test_a_calendar_that_hangs_keeps_nobody_and_tick_tries_again_at_once(house, feeds, now):
    add(feeds.gives(calendar(event(at(now)))), now)
    operations.refresh_due(now=now)
    feeds.does(play.hangs)
    began, later = time.monotonic(), now + FRESH + SECOND
    assert operations.refresh_for_hold(NORA, now=later) == 0
    assert time.monotonic() - began < 20
    assert busy() == [hour(at(now))]
    assert (only().good_at, only().trouble) == (now, Trouble.HURRIED)
    assert operations.refresh_for_hold(NORA, now=later + MINUTE) == 0
    assert len(feeds.asked) == 2, "one hold has asked; the next does not wait again"
    feeds.gives(calendar())
    assert operations.refresh_due(now=later + MINUTE) == 1
    assert busy() == []


def test_a_trouble_that_is_no_haste_keeps_its_name(house, feeds, now):
    add(feeds.url("/gone"), now)
    assert operations.refresh_for_hold(NORA, now=now) == 0
    assert only().trouble is Trouble.REFUSED
    assert operations.refresh_due(now=now + MINUTE) == 0
    assert len(feeds.asked) == 1


def test_holding_a_time_asks_the_calendar_first(world, feeds):
    """Through the page: the calendar fills up between looking and pressing."""
    now = clock.now()
    with world.app.app_context():
        add(feeds.gives(calendar()), now)
    walker = world.walker()
    start = walker.morning()[1]
    begins = datetime.fromtimestamp(start * 60, UTC)
    feeds.gives(calendar(event(begins)))
    walker.hold(start)
    with world.app.app_context():
        assert busy() == [hour(begins)]
    assert len(feeds.asked) == 1


def test_holding_a_time_works_while_the_calendar_hangs(world, feeds):
    with world.app.app_context():
        add(feeds.does(play.hangs), clock.now())
    walker = world.walker()
    walker.hold()
    assert walker.page.status_code == 303
    assert walker.page.headers["Location"].endswith("/book/details")


# ---- several at once ----


def test_two_ticks_ask_once(house, feeds, now):
    add(feeds.gives(calendar(event(at(now)))), now)
    found = queries.due(now=now, most=20)
    assert operations.refresh_due(now=now) == 1
    assert operations._refresh(found, operations.FOR_TICK, now + SECOND) == 0
    assert len(feeds.asked) == 1


def test_a_calendar_removed_while_it_is_fetched_leaves_nothing(house, feeds, now):
    calendar_id = add(feeds.url(), now)

    def remove_first(line):
        with house.app_context():
            operations.remove_calendar(NORA, calendar_id)
        line.answer(calendar(event(at(now))).encode())

    feeds.does(remove_first)
    assert operations.refresh_due(now=now) == 0
    assert (busy(), queries.calendars(NORA)) == ([], [])


def test_a_slow_answer_does_not_undo_a_later_one(house, feeds, now):
    add(feeds.url(), now)

    def overtaken(line):
        feeds.gives(calendar(event(at(now, days=5))))
        with house.app_context():
            assert operations.refresh_due(now=now + EVERY) == 1
        line.answer(calendar(event(at(now))).encode())

    feeds.does(overtaken)
    assert operations.refresh_due(now=now) == 0
    assert busy() == [hour(at(now, days=5))]


def test_nothing_is_locked_while_a_calendar_is_fetched(house, feeds, now):
    """Someone else writes while it hangs: were a transaction open, SQLite would refuse that for fifteen seconds."""
    add(feeds.url(), now)
    written = []

    def write_meanwhile(line):
        with house.app_context():
            written.append(add(feeds.url("/other"), now))
        line.answer(calendar().encode())

    feeds.does(write_meanwhile)
    assert operations.refresh_due(now=now) == 1
    assert len(written) == 1


def test_inside_a_transaction_nothing_is_fetched(house, feeds, now):
    add(feeds.url(), now)
    with pytest.raises(AssertionError, match="network"), db.transaction():
        operations.refresh_due(now=now)
    assert feeds.asked == []


# ---- adding and removing ----


def test_twenty_calendars_and_no_more(house, feeds, now):
    for number in range(MOST_CALENDARS):
        add(feeds.gives(calendar(event(at(now, days=number + 1))), f"/{number}"), now)
    with pytest.raises(TooManyCalendars):
        add(feeds.url("/more"), now)
    assert operations.refresh_due(now=now) == MOST_CALENDARS
    assert len(busy()) == MOST_CALENDARS
    other = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
    operations.add_calendar(other, feeds.url("/more"), "", now=now)


def test_removing_gives_the_time_free_again_and_is_for_its_own_coach(house, feeds, now):
    one = add(feeds.gives(calendar(event(at(now))), "/1"), now)
    add(feeds.gives(calendar(event(at(now, hours=3))), "/2"), now)
    operations.refresh_due(now=now)
    for coach_id, calendar_id in ((2, one), (NORA, uuid4())):
        with pytest.raises(NoSuchCalendar):
            operations.remove_calendar(coach_id, calendar_id)
        with pytest.raises(NoSuchCalendar):
            operations.refresh_one(coach_id, calendar_id, now=now)
    operations.remove_calendar(NORA, one)
    assert busy() == [hour(at(now, hours=3))]
    with pytest.raises(NoSuchCalendar):
        operations.remove_calendar(NORA, one)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("webcal://calendar.example/a.ics", "https://calendar.example/a.ics"),
        ("WEBCAL://calendar.example/a.ics", "https://calendar.example/a.ics"),
        ("  https://calendar.example/a.ics?key=1#top ", "https://calendar.example/a.ics?key=1"),
        ("http://calendar.example:8080/", "http://calendar.example:8080/"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
    ],
)
def test_an_address_in_the_form_it_is_fetched(typed, meant):
    assert normal_address(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "calendar",
        "calendar.example/a.ics",
        "ftp://calendar.example/a.ics",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///a.ics",
        "https://calendar.example:99999/",
        "https://calendar.example:0/",
        "https://calendar.example:x/",
        "https://[::1/a",
        "https://calendar.example/a b",
        "https://calendar.example/a\nHost: x",
        "https://calendar.example\\@127.0.0.1/",
        "https://calendar.example/\u202e",
        "https://calendar.example/" + "a" * 2_000,
    ],
)
def test_what_is_no_address(typed):
    with pytest.raises(BadAddress):
        normal_address(typed)


# ---- nothing that tells ----


def test_nothing_of_what_events_say_is_kept_or_logged(settings, feeds, now, capfd):
    """Looked for in every row of every table and in every line of the log; so is the address."""
    secret = "/private-e4d909c2/basic.ics"
    told = calendar(
        (*event(at(now)), "LOCATION:Quince Street 5", "DESCRIPTION:lantern"), ("DTSTART:lantern",)
    )
    plain = dataclasses.replace(settings, log_format="json")
    with open_app(plain) as app, app.app_context():
        open_practice()
        add(feeds.gives(told, secret), now, label="Harvest")
        add(feeds.does(play.breaks_off, secret + "2"), now, label="Harvest")
        assert run_tick(app, now) == ()
        kept = b"".join(
            repr(tuple(row)).encode()
            for table in sa.inspect(db.engine()).get_table_names()
            for row in db.session().execute(sa.text(f'SELECT * FROM "{table}"'))
        )
    logged = "".join(capfd.readouterr())
    for word in ("Quince", "lantern", "Dinner", "e4d909c2", "basic.ics", "Harvest"):
        assert word.encode() not in kept, word
        assert word not in logged, word


def test_address_and_word_are_sealed_and_only_the_host_is_shown(house, now):
    add("https://nora:pass@calendar.example/private-e4d909c2/basic.ics", now, label="Family")
    row = only()
    assert (row.host, row.label) == ("calendar.example", "Family")
    assert "e4d909c2" not in repr(row) and "pass" not in repr(row)
    kept = db.session().scalars(sa.select(OutsideCalendar)).one()
    assert b"calendar.example" not in kept.address_sealed and b"Family" not in kept.label_sealed

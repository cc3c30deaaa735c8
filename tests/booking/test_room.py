"""The room: where it is, when its door opens, who may go in, and how people meet who need none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking import queries
from coachapp.booking.around_queries import beside
from coachapp.booking.desk_operations import book_for_client
from coachapp.booking.models import Appointment
from coachapp.booking.room import new_room_key, room_link
from coachapp.booking.rules import AppointmentState
from coachapp.practice.models import Coach, Offering
from coachapp.practice.queries import offering
from coachapp.practice.rules import CoachRow
from tests.booking.test_looking_changes_nothing import IGNORED
from tests.cast import CHARLIE
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

MINUTE = timedelta(minutes=1)
FIXED = "https://meet.example.com/nora"
PATTERN = "https://meet.example.com/{room}#config"
NORA = CoachRow(1, "Nora", "Nora Ellis", "Europe/Madrid", None, FIXED)


@pytest.fixture
def booked(world):
    """Someone who booked and paid; Nora has one room for all."""
    world.change(Coach, room_link=FIXED)
    return world.paid()


def begins_in(world, minutes, length=60):
    """Turn the clock: every appointment begins so many minutes from now."""
    start = clock.now() + minutes * MINUTE
    world.change(Appointment, starts_at=start, ends_at=start + length * MINUTE)


# ---- where ----


def test_one_function_decides(booked):
    place = booked.place()
    assert room_link(place, NORA) == FIXED
    assert room_link(place, replace(NORA, room_link=None)) is None
    by_pattern = replace(NORA, room_pattern=PATTERN)
    assert room_link(place, by_pattern) == f"https://meet.example.com/{place.room_key}#config"
    assert room_link(replace(place, room_key=None), by_pattern) == FIXED, "one from before there were keys"
    for way in ("phone", "person", ""):
        assert room_link(replace(place, way=way), by_pattern) is None


def test_keys_are_of_small_letters_and_never_the_same(world):
    keys = [new_room_key() for _ in range(200)]
    assert len(set(keys)) == 200
    assert all(len(key) == 24 and key.isalnum() and key == key.lower() for key in keys)
    world.paid(), world.paid()
    made = [key for (key,) in world.rows(Appointment.room_key)]
    assert len(set(made)) == 2 and None not in made


# ---- when ----


def test_it_opens_fifteen_minutes_before_and_stays_open_until_the_end(world, booked):
    place, path = booked.place(), f"{booked.place_path}/room"
    for now, is_open in (
        (place.starts_at - 15 * MINUTE - timedelta(seconds=1), False),
        (place.starts_at - 15 * MINUTE, True),
        (place.ends_at - timedelta(seconds=1), True),
        (place.ends_at, False),
    ):
        assert place.room_is_open(now) is is_open
        assert not replace(place, state=AppointmentState.CANCELLED).room_is_open(now)
    for minutes, is_open in ((17, False), (14, True), (-58, True), (-61, False)):
        begins_in(world, minutes)
        page = booked.get(path)
        assert (page.status_code, page.headers.get("Location")) == ((303, FIXED) if is_open else (200, None))
        assert (
            page.headers["Referrer-Policy"] == "no-referrer" and "no-store" in page.headers["Cache-Control"]
        )
        if not is_open:
            assert FIXED not in page.get_data(as_text=True)


def test_the_page_never_holds_the_room_s_own_address(world, booked):
    for minutes in (60, 5, -30):
        begins_in(world, minutes)
        html = booked.get(booked.place_path).get_data(as_text=True)
        assert FIXED not in html
        assert ("Open the room" in html and f"{booked.place_path}/room" in html) is (minutes < 15)


def test_again_and_again_is_one_press(world, booked):
    begins_in(world, -5)
    assert {booked.get(f"{booked.place_path}/room").headers["Location"] for _ in range(5)} == {FIXED}


def test_before_it_says_when_and_afterwards_that_it_is_over(world, booked):
    begins_in(world, 60)
    booked.get(f"{booked.place_path}/room")
    assert "The room opens at" in booked.text
    world.change(Appointment, state="cancelled")
    begins_in(world, 5)
    booked.get(f"{booked.place_path}/room")
    assert "The room is closed" in booked.text and FIXED not in booked.text


def test_a_scanner_that_follows_the_link_on_time_changes_nothing(world, booked):
    begins_in(world, 5)
    path = booked.place_path
    before = world.everything(*IGNORED)
    scanner = world.walker(CHARLIE)
    for _again in range(3):
        assert scanner.get(f"{path}/room").status_code == 303, "the inbox is hers alone"
        assert scanner.get(f"{path}/wishes").status_code == 200
        assert {scanner.get(f"{path}/{action}").status_code for action in ("late", "zone")} == {405}
    assert world.everything(*IGNORED) == before


# ---- who ----


@pytest.mark.safety("D5")
def test_a_link_alone_leads_nobody_in_where_others_may_see_the_inbox(world):
    world.change(Coach, room_link=FIXED)
    walker = world.paid(inbox="shared")
    path = walker.place_path
    begins_in(world, 5)
    stranger = world.walker(CHARLIE)
    answer = stranger.get(f"{path}/room")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    stranger.get(path)
    assert "Open the room" not in stranger.text
    assert walker.get(f"{path}/room").headers["Location"] == FIXED
    assert stranger.get("/b/nobody/room").status_code == 404


def test_who_has_not_booked_has_no_room(world):
    walker = world.walker()
    walker.to_payment()
    world.change(Coach, room_link=FIXED)
    begins_in(world, 5)
    with world.app.app_context():
        token = queries.place_token(walker.place().id)
    assert walker.get(f"/b/{token}/room").status_code == 404


@pytest.mark.safety("D12")
def test_the_first_time_she_hears_that_she_may_wait_at_the_door(world, booked):
    begins_in(world, 5)
    booked.get(booked.place_path)
    assert "The first time, Nora lets you in from inside" in booked.text
    first = booked.place()
    with world.app.app_context():
        hour = offering("power-hour")
        later = book_for_client(hour, first.client_id, first.zone, first.ends_at, world.url, now=clock.now())
        assert beside(queries.place(first.id), clock.now()).is_first
        assert not beside(queries.place(later), clock.now()).is_first


# ---- by phone, in person ----


@pytest.mark.parametrize(
    ("way", "usual", "own"),
    [
        (
            "phone",
            "By phone. Nora and you agree who calls, and on which number.",
            "I call you from a hidden number.",
        ),
        ("person", "In person. Nora tells you where.", "Second door, bell 3."),
    ],
)
def test_an_appointment_takes_its_way_from_what_was_booked(world, way, usual, own):
    world.change(Coach, room_link=FIXED)
    world.change(Offering, way=way)
    walker = world.paid()
    assert walker.place().way == way
    world.change(Offering, way="video")
    begins_in(world, 5)
    walker.get(walker.place_path)
    assert usual in walker.text and "video" not in walker.text and "Open the room" not in walker.text
    assert "Late? One press tells Nora." in walker.text
    assert walker.get(f"{walker.place_path}/room").status_code == 200
    world.change(Coach, **{f"meet_{way}": own})
    walker.get(walker.place_path)
    assert own in walker.text and usual not in walker.text
    stranger = world.walker(CHARLIE)
    for path in ("/", "/book", "/book/power-hour"):
        assert own not in (stranger.get(path) and stranger.text)


def test_without_any_room_the_coach_tells(world):
    walker = world.paid()
    begins_in(world, 5)
    walker.get(walker.place_path)
    assert "Nora tells you how you will meet." in walker.text
    walker.get(f"{walker.place_path}/room")
    assert "There is no room for this time" in walker.text

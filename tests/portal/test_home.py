"""The client's home and sessions: hers alone, calm, and right about what comes next."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking.desk_operations import book_for_client
from coachapp.booking.queries import place_token
from coachapp.practice.operations import save_offering, save_practice, save_settings
from coachapp.practice.queries import offering
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox
from tests.cast import ALEX, MAYA, NORA
from tests.sheets import save

BASE = "http://127.0.0.1:8000"
NAMES = {
    "name": "Quiet Harbour",
    "neutral_name": "QH Appointments",
    "mail_subject": "Your update",
    "statement_text": "NE",
    "currency": "EUR",
    "exit_to": "https://www.example.org/",
}
HOUR = {
    "slug": "power-hour",
    "kind": "session",
    "title": "Power hour",
    "text": "",
    "points": [],
    "length_min": 60,
    "price_minor": 95_00,
}
ROOM = "https://meet.example.com/room"


@pytest.fixture
def alex(practice):
    """Alex, signed in; Nora offers an hour and has a room for it."""
    with practice.app.app_context():
        save_practice(**NAMES)
        save_settings(practice.coach_id, practice={}, coach={"room_link": ROOM})
        save_offering(None, coach_id=practice.coach_id, **HOUR)
    return practice.sign_in(ALEX)


def test_an_empty_home_asks_for_nothing(alex):
    page = alex.get("/me/")
    assert page.status_code == 200 and "<title>Home</title>" in page.get_data(as_text=True)
    assert "Alex" in alex.text and "Nothing here needs an answer today." in alex.text
    assert "No time is booked" in alex.text and "No phone calls, no voicemail" in alex.text


def test_every_page_of_hers_is_hers_alone(practice, alex):
    stranger, nora = practice.app.test_client(), practice.sign_in(NORA)
    for path in ("/me/", "/me/sessions", "/me/safety", "/me/worksheets"):
        assert alex.get(path).status_code == 200
        assert "no-store" in alex.page.headers["Cache-Control"]
        assert stranger.get(path).headers["Location"] == "/sign-in"
        assert nora.get(path).status_code == 404


def test_her_own_words_stand_on_her_home(practice, alex):
    practice.give(practice.alex)
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-keep_words": "I am allowed to wait."}, 0)
    alex.get("/me/")
    assert "“I am allowed to wait.”" in alex.text
    maya = practice.sign_in(MAYA)
    maya.get("/me/")
    assert "allowed to wait" not in maya.text


def test_the_room_opens_a_quarter_of_an_hour_before(practice, alex):
    place = book(practice, clock.now() + timedelta(minutes=30))
    assert "/room" not in alex.get("/me/").get_data(as_text=True)
    assert "The video link opens on this page at" in alex.text
    assert alex.get(f"/b/{place}/room").status_code == 200 and ROOM not in alex.page.get_data(as_text=True)
    place = book(practice, clock.now() + timedelta(minutes=-50))
    assert f'href="/b/{place}/room"' in alex.get("/me/").get_data(as_text=True)
    assert ROOM not in alex.page.get_data(as_text=True), "only our own address stands on her page"
    for _again in range(2):
        assert alex.get(f"/b/{place}/room").headers["Location"] == ROOM


def test_she_cancels_from_her_sessions_without_the_four_words(practice, alex):
    place = book(practice, clock.now() + timedelta(days=3))
    page = alex.get("/me/sessions").get_data(as_text=True)
    assert f"/b/{place}/cancel" in page and f"/b/{place}.ics" in page and "by video with Nora" in page
    assert alex.get(f"/b/{place}/cancel").status_code == 200
    assert practice.sign_in(MAYA).get(f"/b/{place}/cancel").status_code == 404
    assert alex.post(f"/b/{place}/cancel").status_code == 303
    alex.get("/me/sessions")
    assert "Cancelled" in alex.text and "No time is booked" in alex.text


def test_a_visit_renews_the_permission_to_write(practice, app, alex):
    with app.app_context():
        long_ago = clock.now() - timedelta(days=50)
        set_contact(practice.alex, Inbox.ONLY_ME, "alex@example.com", now=long_ago)
    alex.get("/me/")
    with app.app_context():
        known = contact(practice.alex)
        assert known is not None and clock.now() - known.renewed_at < timedelta(minutes=5)


def book(practice, start):
    """A confirmed hour with Nora; returns the token of its own page."""
    with practice.app.app_context():
        hour = offering("power-hour")
        return place_token(book_for_client(hour, practice.alex, ALEX.zone, start, BASE, now=clock.now()))

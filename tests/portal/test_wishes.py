"""Around her sessions, in her own space: what she wishes, the words agreed, and where she is."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking.queries import place_token, places_of
from coachapp.clients.queries import client, wishes
from coachapp.clients.rules import Absence
from coachapp.practice.operations import save_offering, save_practice
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from tests.cast import ALEX, MAYA, NORA
from tests.portal.test_home import HOUR, NAMES, book

PAGE = "/me/wishes"


@pytest.fixture
def alex(practice):
    """Alex, signed in, who may be written to."""
    with practice.app.app_context():
        save_practice(**NAMES)
        save_offering(None, coach_id=practice.coach_id, **HOUR)
        set_contact(practice.alex, Inbox.ONLY_ME, ALEX.email, now=clock.now())
    return practice.sign_in(ALEX)


def known(practice):
    with practice.app.app_context():
        return wishes(practice.alex)


def test_her_home_says_what_holds_and_asks_nothing(practice, alex):
    alex.get("/me/")
    assert "If you do not come, Nora waits 15 minutes and does nothing." in alex.text
    assert "No phone calls, no voicemail" in alex.text
    alex.fill(PAGE, {"absence": "call", "number": "+1 212 555 0100", "hours": "mornings", "remind": "1440"})
    alex.follow()
    assert "One call, only if you do not come. When: mornings" in alex.text
    assert "No phone calls" not in alex.text and "You are reminded the day before." in alex.text
    assert known(practice).absence is Absence.CALL


def test_an_answer_that_cannot_be_taken_keeps_what_was_typed(practice, alex):
    answer = alex.fill(PAGE, {"absence": "call", "number": "my sister", "hours": "mornings"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Enter the number to call" in alex.text
    assert 'value="my sister"' in html and 'value="mornings"' in html and 'class="err-sum"' in html
    assert not known(practice).was_asked


def test_the_agreed_words_are_hers_to_change(practice, alex):
    alex.get(PAGE)
    assert alex.post(f"{PAGE}/words", {"a-agreed": "x" * 201}).status_code == 422
    alex.post(f"{PAGE}/words", {"a-agreed": " Did you see the weather? "})
    assert known(practice).agreed == "Did you see the weather?"
    alex.fill(PAGE, {"absence": "wait"})
    assert known(practice).agreed == "Did you see the weather?", "another answer leaves them"
    book(practice, clock.now() + timedelta(minutes=5))
    alex.get("/me/")
    assert "Show our agreed words" in alex.text and "changes the subject at once" in alex.text
    alex.get(PAGE)
    alex.post(f"{PAGE}/words", {"a-agreed": ""})
    assert known(practice).agreed == ""


def test_late_from_her_own_space_leads_back_there(practice, alex):
    place = book(practice, clock.now() + timedelta(minutes=5))
    alex.get("/me/")
    answer = alex.post(f"/b/{place}/late", {"minutes": "5", "space": "yes"})
    assert answer.headers["Location"] == "/me/"
    alex.follow()
    assert "you said that you come 5 minutes late. Nora knows." in alex.text
    maya = practice.sign_in(MAYA)
    maya.get("/me/")
    assert maya.post(f"/b/{place}/late", {"minutes": "15", "space": "yes"}).headers["Location"] != "/me/"


def test_where_she_is_now(practice, app, alex):
    place = book(practice, clock.now() + timedelta(days=3))
    alex.get(PAGE)
    assert alex.post(f"{PAGE}/zone", {"z-zone": "Mars/Base"}).status_code == 422
    assert "Choose a time zone from the list" in alex.text
    alex.post(f"{PAGE}/zone", {"z-zone": "Europe/Lisbon"})
    alex.follow()
    assert "Still right for you?" in alex.text and "Yes, show it in Lisbon time" in alex.text
    assert alex.post(f"/b/{place}/zone", {"take": "yes", "space": "yes"}).headers["Location"] == "/me/"
    alex.follow()
    assert "Still right for you?" not in alex.text
    with app.app_context():
        assert client(practice.alex).zone == "Europe/Lisbon"
        assert [row.zone for row in places_of(practice.alex)] == ["Europe/Lisbon"]


def test_the_zone_she_picks_among_the_times_is_where_she_is(practice, app, alex):
    book(practice, clock.now() + timedelta(days=3))
    alex.get("/book/power-hour/zones")
    alex.post("/book/power-hour/zone", {"tz": "Asia/Tokyo"})
    alex.get("/me/")
    assert "Yes, show it in Tokyo time" in alex.text
    with app.app_context():
        assert client(practice.alex).zone == "Asia/Tokyo"
    alex.get("/book/power-hour/zones")
    alex.post("/book/power-hour/zone", {"tz": "Mars/Base"})
    with app.app_context():
        assert client(practice.alex).zone == "Asia/Tokyo"


def test_the_coach_s_change_of_a_name_asks_nothing(practice, app, alex):
    book(practice, clock.now() + timedelta(days=3))
    nora = practice.sign_in(NORA)
    path = f"/desk/clients/{practice.alex_ref}/details"
    nora.fill(path, {"name": "Alexandra", "zone": ALEX.zone})
    alex.get("/me/")
    assert "Still right for you?" not in alex.text
    nora.fill(path, {"name": "Alexandra", "zone": "Europe/Paris"})
    alex.get("/me/")
    assert "Still right for you?" in alex.text
    with app.app_context():
        token = place_token(places_of(practice.alex)[0].id)
    alex.post(f"/b/{token}/zone", {"take": "no"})
    nora.fill(path, {"name": "Alex", "zone": "Europe/Paris"})
    alex.get("/me/")
    assert "Still right for you?" not in alex.text


def test_it_is_hers_alone(practice, alex):
    alex.fill(PAGE, {"absence": "own", "words": "tell nobody"})
    maya, stranger = practice.sign_in(MAYA), practice.app.test_client()
    assert "tell nobody" not in maya.get(PAGE).get_data(as_text=True)
    assert stranger.get(PAGE).headers["Location"] == "/sign-in"
    assert practice.sign_in(NORA).get(PAGE).status_code == 404

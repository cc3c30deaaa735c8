"""Where the coach meets people, as she sets it: one room, a fresh one for each session, by phone, in person."""

import pytest

from coachapp.practice.queries import coach, offering
from coachapp.practice.rules import EVENING_BEFORE, pattern_trouble
from tests.desk.people import HOUR
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture


@pytest.mark.parametrize(
    "pattern",
    [
        "https://meet.example.org/{room}",
        "https://meet.example.org/quiet/{room}#config",
        "https://meet.example.org/join?name={room}",
        "https://meet.example.org:8443/{room}-q",
    ],
)
def test_patterns_that_make_rooms(pattern):
    assert pattern_trouble(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "http://meet.example.org/{room}",
        "https://meet.example.org/",
        "https://meet.example.org/{room}/{room}",
        "https://{room}.example.org/",
        "https://{room}",
        "https:///{room}",
        "https://meet.example.org/{ room }",
        "https://meet.example.org/{room}{other}",
        "https://meet.example.org/{room} x",
        "https://[meet/{room}",
        "javascript:alert({room})",
        "meet.example.org/{room}",
    ],
)
def test_patterns_that_do_not(pattern):
    assert pattern_trouble(pattern)


def settings(nora, **typed):
    """The settings form with the least it needs, and these."""
    least = {
        "name": "Quiet Harbour",
        "neutral_name": "QH Appointments",
        "mail_subject": "Your update",
        "statement_text": "NE",
        "exit_to": "https://www.wikipedia.org/",
        "first_name": "Nora",
        "full_name": "Nora Ellis",
        "zone": "Europe/Madrid",
        "who_books": "open",
        "reading_weekday": "3",
    }
    return nora.fill("/desk/settings", least | typed)


def test_settings_keep_where_and_when(app, nora):
    pattern = "https://meet.example.org/{room}"
    typed = {
        "room_link": "https://meet.example.org/nora",
        "room_pattern": pattern,
        "meet_phone": "I call you.",
        "meet_person": "Bell 3.",
        "remind": str(EVENING_BEFORE),
    }
    assert settings(nora, **typed).status_code == 303
    with app.app_context():
        kept = coach(1)
    assert (kept.room_pattern, kept.remind_min) == (pattern, EVENING_BEFORE)
    assert (kept.meet_phone, kept.meet_person) == ("I call you.", "Bell 3.")
    html = nora.get("/desk/settings").get_data(as_text=True)
    assert pattern in html and '<option selected value="1440">' in html and "Bell 3." in html
    assert settings(nora).status_code == 303
    with app.app_context():
        assert (coach(1).room_pattern, coach(1).remind_min) == (None, None)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"room_pattern": "https://meet.example.org/"}, "holds {room} once"),
        ({"room_pattern": "https://x.example/{room}" + "x" * 300}, "Use 300 letters at most"),
        ({"remind": "7"}, "Choose one of these"),
        ({"meet_phone": "x" * 301}, "Use 300 letters at most"),
    ],
)
def test_settings_say_what_will_not_do(nora, typed, said):
    assert settings(nora, **typed).status_code == 422
    assert said in nora.text


def test_an_offering_has_its_way(app, nora):
    path = f"/desk/offerings/{HOUR}"
    nora.get(path)
    facts = {
        "title": "Power hour",
        "listed": "y",
        "slug": HOUR,
        "text": "Words.",
        "kind": "session",
        "sessions": "1",
        "length": "60",
        "price": "95",
        "before": "15",
        "after": "15",
        "interval": "30",
        "notice": "24",
        "horizon": "60",
        "cutoff": "24",
        "position": "0",
        "active": "y",
    }
    assert nora.post(path, facts | {"way": "phone"}).status_code == 303
    with app.app_context():
        assert offering(HOUR).way == "phone"
    assert '<option selected value="phone">' in nora.get(path).get_data(as_text=True)
    assert nora.post(path, facts | {"way": "pigeon"}).status_code == 422
    assert "Choose one of the three ways" in nora.text

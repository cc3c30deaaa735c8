"""Around a session, on its own page: coming late, what to do if she does not come, the agreed words, a new zone."""

from datetime import timedelta

import pytest

from coachapp import clock, vault
from coachapp.booking.around import change_zone
from coachapp.booking.models import Appointment, Place
from coachapp.clients.models import Wishes
from coachapp.clients.operations import agree_words, wish
from coachapp.clients.queries import wishes
from coachapp.clients.rules import Absence, WishesRow
from tests.booking.test_room import begins_in
from tests.cast import CHARLIE, NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

HEBREW = "דברי איתי על מזג האוויר"


@pytest.fixture
def booked(world):
    return world.paid()


def wished(world, walker):
    with world.app.app_context():
        return wishes(walker.place().client_id)


# ---- late ----


def press(walker, action, **typed):
    """Open the page of her time and press a button on it."""
    path = walker.place_path
    walker.get(path)
    return walker.post(f"{path}/{action}", typed)


def late(walker, minutes):
    return press(walker, "late", minutes=minutes)


def test_late_is_told_to_the_coach_once_and_to_nobody_else(world, booked):
    world.send_mail()
    mine, hers = len(world.mails_to(booked.person.email)), len(world.mails_to(NORA.email))
    begins_in(world, 10)
    assert late(booked, "10").headers["Location"] == booked.place_path
    assert late(booked, "15").status_code == 303
    world.send_mail()
    assert len(world.mails_to(booked.person.email)) == mine
    [*_earlier, mail] = world.mails_to(NORA.email)
    assert len(_earlier) == hers and "10 minutes late" in mail.text and booked.person.name not in mail.text
    place = booked.place()
    assert place.late_min == 15 and abs(place.late_at - clock.now()) < timedelta(minutes=1)
    booked.get(booked.place_path)
    assert "you said that you come 15 minutes late. Nora knows." in booked.text
    late(booked, "0")
    assert (booked.place().late_min, booked.place().late_at) == (None, None)


@pytest.mark.parametrize("minutes", ["", "7", "-5", "²", "5 ", "999999999999", "soon"])
def test_other_minutes_are_not_taken(world, booked, minutes):
    begins_in(world, 10)
    assert late(booked, minutes).status_code == 409
    assert booked.place().late_min is None


@pytest.mark.parametrize("minutes", [20, -61])
def test_too_early_and_afterwards_it_cannot_be_said(world, booked, minutes):
    path = booked.place_path
    begins_in(world, 10)
    booked.get(path)
    begins_in(world, minutes)
    assert booked.post(f"{path}/late", {"minutes": "5"}).status_code == 409
    assert "Nothing was sent" in booked.text and booked.place().late_min is None
    booked.get(path)
    assert "One press" not in booked.text


@pytest.mark.safety("D5")
def test_who_may_not_see_all_may_do_nothing_here(world):
    walker = world.paid(inbox="shared")
    begins_in(world, 5)
    path, stranger = walker.place_path, world.walker(CHARLIE)
    stranger.get(path)
    token = stranger.token
    for action, data in (
        ("late", {"minutes": "5"}),
        ("zone", {"take": "yes"}),
        ("wishes", {"absence": "wait"}),
    ):
        answer = stranger.post(f"{path}/{action}", data | {"csrf_token": token})
        assert answer.status_code == 404, action
    assert stranger.get(f"{path}/wishes").status_code == 404
    assert world.rows(Wishes.client_id) == [] and walker.place().late_min is None


# ---- if I do not come ----


def test_nothing_is_required_and_the_default_is_said(world, booked):
    booked.get(booked.place_path)
    assert "If you do not come, Nora waits 15 minutes and does nothing." in booked.text
    assert "You are not reminded" not in booked.text, "she was not asked yet"
    assert world.rows(Wishes.client_id) == []
    assert wished(world, booked) == WishesRow()


def test_she_chooses_a_call_and_changes_her_mind(world, booked):
    path = f"{booked.place_path}/wishes"
    call = {"absence": "call", "number": " +1 (212) 555-0100 ", "hours": "weekdays 9 to 17", "remind": "120"}
    assert booked.fill(path, call).headers["Location"] == booked.place_path
    row = wished(world, booked)
    assert (row.absence, row.number, row.hours) == (Absence.CALL, "+1 (212) 555-0100", "weekdays 9 to 17")
    assert row.remind_min == 120 and row.was_asked
    booked.get(booked.place_path)
    assert "you would like a call. When: weekdays 9 to 17. You are reminded two hours before." in booked.text
    booked.fill(path, {**call, "absence": "own", "words": HEBREW, "remind": ""})
    row = wished(world, booked)
    assert (row.absence, row.words, row.number, row.hours) == (Absence.OWN, HEBREW, "", "")
    assert row.remind_min is None
    booked.fill(path, {"absence": "wait"})
    row = wished(world, booked)
    assert (row.absence, row.words) == (Absence.WAIT, "")


def test_her_words_lie_sealed(world, booked):
    booked.fill(f"{booked.place_path}/wishes", {"absence": "own", "words": "a word of mine"})
    [(client_id, sealed)] = world.rows(Wishes.client_id, Wishes.absence_sealed)
    assert b"word" not in sealed
    with world.app.app_context():
        assert vault.open_(client_id, "wishes.absence", client_id, sealed) == "a word of mine"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose what you would like to happen"),
        ({"absence": "sing"}, "Choose what you would like to happen"),
        ({"absence": "call", "hours": "always"}, "Enter the number to call"),
        ({"absence": "call", "number": "call me", "hours": "always"}, "Enter the number to call"),
        ({"absence": "call", "number": "12345"}, "Say when a call is safe"),
        ({"absence": "own", "words": "   "}, "Write what you would like"),
        ({"absence": "own", "words": "x" * 501}, "Please keep this to 500 letters"),
        ({"absence": "wait", "remind": "60"}, "Choose whether you would like to be reminded"),
        ({"absence": "call", "number": "1" * 41, "hours": "x" * 121}, "Use 40 letters at most"),
    ],
)
def test_what_cannot_be_taken_is_said_and_kept(world, booked, typed, said):
    answer = booked.fill(f"{booked.place_path}/wishes", typed)
    assert answer.status_code == 422 and said in booked.text
    html = answer.get_data(as_text=True)
    assert 'class="err-sum"' in html and "<title>Error: Details" in html
    for word in typed.values():
        assert word.strip() in html or word in ("sing", "60"), "what no radio says cannot be kept"
    assert world.rows(Wishes.client_id) == []


@pytest.mark.safety("D2")
def test_mail_is_offered_only_where_mail_may_be_sent(world):
    walker = world.paid(inbox="none", email="")
    path = f"{walker.place_path}/wishes"
    walker.get(path)
    assert "Send me a neutral mail" not in walker.text and "none to remind you with" in walker.text
    assert walker.post(path, {"absence": "mail"}).status_code == 422
    assert walker.post(path, {"absence": "wait", "remind": "120"}).status_code == 303
    assert wished(world, walker).remind_min is None


def test_the_exact_words_stand_beside_the_choice(world, booked):
    booked.get(f"{booked.place_path}/wishes")
    assert "A mail called “Your update” that says:" in booked.text and "New York time" in booked.text


def test_a_client_being_erased_leaves_the_lists_standing(world, booked):
    client_id = booked.place().client_id
    with world.app.app_context():
        wish(client_id, WishesRow(Absence.OWN, words="mine"), now=clock.now())
        vault.destroy_key(client_id)
    with world.app.app_context():
        assert wishes(client_id).words == ""


# ---- the agreed words ----


def test_the_agreed_words_wait_folded_beside_the_room(world, booked):
    with world.app.app_context():
        agree_words(booked.place().client_id, "Did you see the weather?", now=clock.now())
    for minutes, shown in ((30, False), (10, True), (-50, True), (-61, False)):
        begins_in(world, minutes)
        html = booked.get(booked.place_path).get_data(as_text=True)
        assert ("Did you see the weather?" in html) is shown
        if shown:
            folded = html[html.index("<details><summary") :]
            assert "Show our agreed words" in folded[: folded.index("Did you see")]


# ---- another zone ----


def test_a_new_zone_keeps_the_moment_and_asks(world, booked):
    place = booked.place()
    with world.app.app_context():
        change_zone(place.client_id, "Europe/Lisbon", now=clock.now())
    asked = booked.place()
    assert (asked.starts_at, asked.zone, asked.asked_zone) == (place.starts_at, place.zone, "Europe/Lisbon")
    booked.get(booked.place_path)
    assert "Still right for you?" in booked.text and "Keep New York time" in booked.text
    for wrong in ("", "maybe"):
        assert press(booked, "zone", take=wrong).status_code == 400
    assert press(booked, "zone", take="yes").headers["Location"] == booked.place_path
    after = booked.place()
    assert (after.starts_at, after.zone, after.asked_zone) == (place.starts_at, "Europe/Lisbon", None)
    booked.get(booked.place_path)
    assert "Still right for you?" not in booked.text and "Lisbon time" in booked.text
    press(booked, "zone", take="yes")
    assert booked.place().zone == "Europe/Lisbon", "twice is once"


def test_she_may_keep_the_old_one_and_is_not_asked_again_by_the_same_zone(world, booked):
    place = booked.place()
    with world.app.app_context():
        change_zone(place.client_id, "Europe/Lisbon", now=clock.now())
    press(booked, "zone", take="no")
    with world.app.app_context():
        change_zone(place.client_id, "Europe/Lisbon", now=clock.now())
    after = booked.place()
    assert (after.zone, after.asked_zone) == (place.zone, None)
    with world.app.app_context():
        change_zone(place.client_id, place.zone, now=clock.now())
    assert booked.place().asked_zone is None, "back where the time was booked there is nothing to ask"


@pytest.mark.parametrize("gone", ["over", "cancelled"])
def test_what_is_over_or_cancelled_is_not_asked_about(world, booked, gone):
    begins_in(world, -120) if gone == "over" else world.change(Appointment, state="cancelled")
    with world.app.app_context():
        change_zone(booked.place().client_id, "Europe/Lisbon", now=clock.now())
    assert world.rows(Place.asked_zone) == [(None,)]

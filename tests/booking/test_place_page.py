"""One appointment without an account: who sees what, the four words, the calendar file, cancelling."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from coachapp import clock
from coachapp.booking.models import Appointment
from coachapp.booking.queries import place_token
from coachapp.safe_contact.operations import things_changed
from coachapp.web.limits import Count
from tests.cast import CHARLIE
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name


@pytest.mark.safety("D5")
@pytest.mark.parametrize("inbox", ["only_me", "shared", "none"])
def test_what_the_link_alone_shows(world, inbox):
    walker = world.paid(inbox=inbox)
    path = walker.place_path
    assert walker.person.name in walker.get(path).get_data(as_text=True)
    stranger = world.walker(CHARLIE)
    page = stranger.get(path).get_data(as_text=True)
    full = inbox == "only_me"
    assert (walker.person.name in page) is full
    assert ("What happens next" in stranger.text) is full
    assert ("Power hour" in page or "/join/" in page or "/cancel" in page) is full
    assert "New York time" in stranger.text
    assert stranger.get(f"{path}/cancel").status_code == (200 if full else 404)
    if not full:
        token = stranger.get(path) and stranger.token
        assert stranger.post(f"{path}/cancel", {"csrf_token": token}).status_code == 404
        assert world.ledger()[0] == ["confirmed"]


@pytest.mark.safety("D5")
def test_four_words_open_it_on_another_device(world):
    walker = world.walker()
    walker.to_payment(inbox="none")
    words = walker.words
    assert re.fullmatch(r"[a-z]+(-[a-z]+){3}", words)
    walker.pay()
    path = walker.place_path
    assert words in (walker.get(path) and walker.text)
    stranger = world.walker(CHARLIE)
    typed = "  " + words.upper().replace("-", "  ") + "\t"
    stranger.fill("/b", {"code": typed})
    assert stranger.page.status_code == 303
    assert stranger.page.headers["Location"] == path
    stranger.follow()
    assert walker.person.name in stranger.text
    stranger.fill(f"{path}/cancel", {})
    assert world.ledger()[0] == ["cancelled"]


@pytest.mark.safety("D5")
def test_four_words_lead_back_to_a_time_not_paid_yet(world):
    walker = world.walker()
    walker.to_payment(hope="to sleep well")
    words = walker.words
    elsewhere = world.walker()
    elsewhere.fill("/b", {"code": words})
    elsewhere.follow()
    assert elsewhere.page.status_code == 200 and words in elsewhere.text
    assert "to sleep well" in elsewhere.get("/book/details").get_data(as_text=True)


@pytest.mark.safety("D2", "D5")
def test_once_things_have_changed_the_mailed_link_shows_the_time_only(world):
    walker = world.paid(inbox="only_me")
    with world.app.app_context():
        things_changed(walker.place().client_id, now=clock.now())
    stranger = world.walker(CHARLIE)
    assert walker.person.name not in stranger.get(walker.place_path).get_data(as_text=True)
    assert stranger.get(f"{walker.place_path}/cancel").status_code == 404


@pytest.mark.safety("D4", "D5")
def test_leaving_closes_the_booking_behind_her_and_four_words_open_it_again(world):
    walker = world.walker()
    walker.to_payment(inbox="none", hope="to sleep well")
    words = walker.words
    for paid in (False, True):
        if paid:
            walker.pay()
        walker.get("/leave", headers={"Sec-Fetch-Site": "same-origin"})
        assert walker.get("/book/details").status_code == 409
        assert walker.get("/book/done").headers["Location"] == "/b"
        walker.fill("/b", {"code": words})
        walker.follow()
        assert walker.page.status_code == 200
    assert walker.person.name in walker.text


def test_leaving_before_there_are_four_words_leaves_nothing_to_open(world, walker):
    walker.hold()
    walker.tell(hope="to sleep well", email="not one")
    walker.get("/leave", headers={"Sec-Fetch-Site": "same-origin"})
    assert walker.get("/book/details").status_code == 409
    assert "to sleep well" not in walker.text


def test_letting_go_from_a_page_left_open_does_not_say_so_of_a_time_that_is_booked(world):
    walker = world.walker()
    walker.to_payment()
    walker.get("/book/code")
    walker.pay()
    assert walker.post("/book/let-go").headers["Location"] == "/book/done"
    assert world.ledger()[:2] == (["confirmed"], ["paid"])


def test_wrong_words(world):
    walker = world.walker()
    walker.to_payment()
    words = walker.words
    walker.pay()
    wrong = ("-".join(words.split("-")[::-1]), words.rpartition("-")[0], words + "-x", "a b c d")
    stranger = world.walker(CHARLIE)
    for typed in wrong:
        stranger.fill("/b", {"code": typed})
        assert stranger.page.status_code == 422
        assert "These four words do not open anything" in stranger.text
        assert f'value="{typed}"' in stranger.page.get_data(as_text=True)
    stranger.fill("/b", {"code": ""})
    assert (stranger.page.status_code, "Type the four words" in stranger.text) == (422, True)


@pytest.mark.safety("D9")
def test_guessing_words_is_slowed_down(world):
    stranger = world.walker(CHARLIE)
    for number in range(20):
        assert stranger.fill("/b", {"code": f"a b c {number}"}).status_code == 422
    stranger.fill("/b", {"code": "a b c d"})
    assert stranger.page.status_code == 429
    assert re.search(r"try again from \d\d:\d\d", stranger.text)
    world.change(Count, until=clock.now() - timedelta(seconds=1))
    assert stranger.fill("/b", {"code": "a b c d"}).status_code == 422


def test_the_words_of_a_held_time_open_the_road_again(world):
    walker = world.walker()
    walker.go_to_code()
    words = walker.words
    other = world.walker(CHARLIE)
    other.fill("/b", {"code": words})
    assert other.page.status_code == 303
    other.get("/book/done")
    assert other.page.headers["Location"] == "/book/code"
    assert walker.get("/book/code").status_code == 409, "one road at a time"


def test_what_is_not_booked_has_no_page(world):
    walker = world.walker()
    walker.to_payment()
    with world.app.app_context():
        path = f"/b/{place_token(walker.place().id)}"
    for each in (path, f"{path}.ics", f"{path}/cancel", "/b/unknown", "/b/unknown.ics", "/b/%00"):
        assert walker.get(each).status_code == 404, each


@pytest.mark.safety("T14")
def test_the_calendar_file_read_back(world):
    walker = world.paid()
    path, place = walker.place_path, walker.place()

    def event():
        answer = walker.get(f"{path}.ics")
        assert answer.mimetype == "text/calendar"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="appointment.ics"'
        (found,) = Calendar.from_ical(answer.data).walk("VEVENT")
        file = Calendar.from_ical(answer.data)
        assert {*file} == {"PRODID", "VERSION"} and str(file["PRODID"]) == "-//Calendar//EN"
        assert not found.subcomponents
        assert {*found} == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"}
        return found

    booked = event()
    assert (booked["DTSTART"].dt, booked["DTEND"].dt) == (place.starts_at, place.ends_at)
    assert (str(booked["SUMMARY"]), str(booked["STATUS"]), booked["SEQUENCE"]) == (
        "Appointment",
        "CONFIRMED",
        0,
    )
    walker.fill(f"{path}/cancel", {})
    gone = event()
    assert (str(gone["UID"]), str(gone["STATUS"]), gone["SEQUENCE"]) == (str(booked["UID"]), "CANCELLED", 1)


@pytest.mark.parametrize(("hours", "back"), [(24.01, [95_00]), (23.99, [])])
def test_the_cut_off(world, hours, back):
    walker = world.paid()
    path = walker.place_path
    start = clock.now() + timedelta(hours=hours)
    world.change(Appointment, starts_at=start, ends_at=start + timedelta(hours=1))
    walker.get(f"{path}/cancel")
    assert world.ledger()[0] == ["confirmed"], "asking changes nothing"
    walker.post(f"{path}/cancel")
    assert walker.page.status_code == 303
    walker.follow()
    assert "This time is free again" in walker.text
    assert ("€95 goes back" in walker.text) is bool(back)
    refunds = [each for each in world.stripe.state()["objects"].values() if each["object"] == "refund"]
    assert [each["amount"] for each in refunds] == back


def test_cancelling_twice_or_too_late(world):
    walker = world.paid()
    path = walker.place_path
    walker.fill(f"{path}/cancel", {})
    token = walker.get("/book/power-hour") and walker.token
    walker.post(f"{path}/cancel", {"csrf_token": token})
    assert walker.page.status_code == 409
    assert "This time can no longer be cancelled here" in walker.text
    assert world.ledger() == (["cancelled"], ["paid"], [95_00], ["succeeded"])


def test_what_has_begun_cannot_be_cancelled(world):
    walker = world.paid()
    path = walker.place_path
    start = clock.now() - timedelta(minutes=1)
    world.change(Appointment, starts_at=start, ends_at=start + timedelta(hours=1))
    walker.fill(f"{path}/cancel", {})
    assert walker.page.status_code == 409
    assert world.ledger()[0] == ["confirmed"]


def test_a_cancelled_time_can_be_booked_again(world):
    walker = world.paid()
    start = int(walker.place().starts_at.timestamp()) // 60
    walker.fill(f"{walker.place_path}/cancel", {})
    other = world.walker(CHARLIE)
    other.hold(start)
    assert other.page.status_code == 303

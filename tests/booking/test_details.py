"""The details: three questions, nothing ticked beforehand, and nothing typed is ever lost."""

import re
import threading
from datetime import timedelta
from itertools import product

import pytest

from coachapp import clock, db
from coachapp.booking.models import Appointment
from coachapp.clients.models import Client
from coachapp.intake.models import Consent, IntakeAnswer
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

GOOD, BAD = "alex@example.com", "alex at example"
NO_CHOICE = "Choose who can see this inbox"
NO_ADDRESS = "Add an email address above, or choose no mail at all"
NOT_ONE = "Enter an email address with an @"
CHOICES = ("only_me", "shared", "unsure", "none", "somebody", None)


def expected(email, inbox):
    """What is said about this combination (nothing: it is fine) and how she may then be reached."""
    if inbox == "none":
        return None, Inbox.NONE
    if email == BAD:
        return NOT_ONE, None
    if inbox in (None, "somebody"):
        return (NO_CHOICE, None) if email else (None, Inbox.NONE)
    if not email:
        return NO_ADDRESS, None
    return None, Inbox.ONLY_ME if inbox == "only_me" else Inbox.SHARED


@pytest.mark.safety("D2")
def test_every_combination_of_address_and_inbox(walker, world):
    walker.hold()
    for email, inbox in product((GOOD, BAD, "", "   "), CHOICES):
        said, reached = expected(email.strip(), inbox)
        walker.tell(email=email, inbox=inbox, hope="to sleep well")
        case = (email, inbox, walker.text[:200])
        assert walker.page.status_code == (422 if said else 303), case
        if said:
            assert said in walker.text, case
            page = walker.page.get_data(as_text=True)
            assert "to sleep well" in page and f'value="{walker.person.name}"' in page
            assert email.strip() in page
            assert page.startswith("<!doctype html>") and "<title>Error: " in page
            continue
        place = walker.place()
        with world.app.app_context():
            kept = contact(place.client_id)
            assert kept.inbox is reached, case
            assert kept.address == (None if reached is Inbox.NONE else GOOD), case


def test_nothing_is_chosen_beforehand(walker):
    walker.hold()
    page = walker.get("/book/details").get_data(as_text=True)
    assert not re.search(r"<input[^>]*\schecked", page)


def test_what_must_be_there(walker):
    walker.hold()
    walker.tell(name="  ", agree=None, hope="one\ntwo")
    assert walker.page.status_code == 422
    for said in ("Write any name you like to be called by", "Tick this if you agree"):
        assert said in walker.text
    assert "one\ntwo" in walker.page.get_data(as_text=True).replace("\r\n", "\n")
    walker.tell(name="n" * 81, hope="h" * 4001)
    assert walker.page.status_code == 422
    for said in ("Use a shorter name, of 80 letters at most", "Please keep this to 4,000 letters"):
        assert said in walker.text
    assert "h" * 4001 in walker.page.get_data(as_text=True)


def test_the_draft_is_saved_as_she_goes_and_is_there_when_she_comes_back(walker, world):
    walker.hold()
    walker.get("/book/details")
    typed = {"name": "Al", "email": "not yet", "inbox": "shared", "hope": "to sleep well"}
    walker.post("/book/details/save", typed)
    assert (walker.page.status_code, walker.page.data) == (204, b"")
    page = walker.get("/book/details").get_data(as_text=True)
    for words in ('value="Al"', 'value="not yet"', "to sleep well"):
        assert words in page
    assert re.search(r'<input[^>]*value="shared"[^>]*\schecked|\schecked[^>]*value="shared"', page)
    assert world.rows(Consent.id) == [], "a draft agrees to nothing"


def test_a_draft_needs_its_token(walker):
    walker.hold()
    assert walker.client.post("/book/details/save", data={"name": "Al"}).status_code == 400


def test_a_draft_is_sealed(walker, world):
    walker.hold()
    walker.tell(name="Zephyrine", hope="canary", inbox=None)
    walker.tell(name="Zephyrine", hope="canary")
    kept = repr([row for table in (IntakeAnswer, Client) for row in world.rows(*table.__table__.columns)])
    assert "Zephyrine" not in kept and "canary" not in kept


def test_autosave_and_submit_at_the_same_moment(walker, world):
    walker.hold()
    walker.get("/book/details")
    token = walker.token
    typed = {"csrf_token": token, "name": "Al", "email": GOOD, "inbox": "shared", "agree": "y"}
    cookies = {name: walker.client.get_cookie(name).value for name in ("r", "v")}
    together, answers = threading.Barrier(6), []

    def send(path):
        client = world.app.test_client()
        for name, value in cookies.items():
            client.set_cookie(name, value)
        together.wait()
        answers.append(client.post(path, data=typed).status_code)

    paths = ["/book/details", "/book/details/save"] * 3
    threads = [threading.Thread(target=send, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [204, 204, 204, 303, 303, 303]
    assert len(world.rows(IntakeAnswer.id)) == 4
    assert len(world.rows(Consent.id)) == 1


def test_booking_with_somebodys_address_never_touches_her_record(world):
    """Always a record of its own, whoever it may be."""
    world.paid(email="maya@example.com", name="Maya")
    other = world.paid(email="maya@example.com", name="Mallory", inbox="shared")
    assert len(world.rows(Client.id)) == 2
    page = other.get(other.place_path).get_data(as_text=True)
    assert "Mallory" in page and "Maya" not in page.replace("maya@", "")


def test_free_needs_no_card(walker, world):
    walker.go_to_code(slug="first-conversation")
    assert "This is free. No card is needed." in (walker.get("/book/code") and walker.text)
    walker.press_pay()
    assert walker.page.headers["Location"] == "/book/done"
    walker.follow()
    assert "Booked" in walker.text and "Booked and paid" not in walker.text
    assert world.ledger() == (["confirmed"], [], [], [])
    assert world.stripe.requests == ()
    assert world.outbox() == [("booked", "waiting")]
    with world.app.app_context():
        db.session().rollback()


def test_details_come_before_the_code(walker):
    walker.hold()
    for answer in (walker.get("/book/code"), walker.fill("/book/details", {}) and walker.post("/book/code")):
        assert answer.status_code == 303
        assert answer.headers["Location"] == "/book/details"


def test_a_package_is_shown_and_not_booked(walker, world):
    walker.get("/book/steady-ground")
    assert walker.page.status_code == 200
    walker.get("/book/power-hour")
    walker.post("/book/steady-ground", {"slot": str(walker.free()[0])})
    assert walker.page.status_code < 500
    assert world.ledger()[0] == []


@pytest.mark.parametrize("path", ["/book/details", "/book/details/save"])
@pytest.mark.parametrize("released", [True, False])
def test_words_sent_after_the_hold_has_ended_come_along_to_another_time(walker, world, path, released):
    walker.hold()
    walker.get("/book/details")
    token = walker.token
    world.change(Appointment, hold_until=clock.now() - timedelta(minutes=1))
    if released:
        world.tick()
    sent = {"csrf_token": token, "name": "Al", "email": GOOD, "inbox": "only_me", "agree": "y"}
    answer = walker.client.post(path, data=sent | {"hope": "to sleep well"})
    assert answer.status_code == 409 and "what you wrote comes along" in answer.get_data(as_text=True)
    walker.hold()
    page = walker.get("/book/details").get_data(as_text=True)
    assert "to sleep well" in page and 'value="Al"' in page and GOOD in page

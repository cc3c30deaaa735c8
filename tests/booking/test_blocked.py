"""People who may not book: never confirmed, never at Stripe, never told why; and nothing to tell them apart."""

import re
from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.booking import blocking
from coachapp.booking.models import Appointment, BlockedPerson
from coachapp.notifications.models import OutboxMessage
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from coachapp.safe_contact.models import SafeContact
from tests.accounts.people import Statements
from tests.booking.whobooks import (
    SOMEBODY,
    add_maya,
    coach_id,
    link_for,
    neutral,
    nora_at_desk,
    open_link,
    sign_in_as,
    who_books,
)
from tests.cast import ALEX, CHARLIE, MAYA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

FREE = "first-conversation"
SPELLINGS = ["CHARLIE+new@Example.com", "charlie@example.com", " charlie@EXAMPLE.com"]


@pytest.fixture
def blocked(world):
    """Charlie may not book."""
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    return world


@pytest.mark.safety("A9", "D12")
@pytest.mark.parametrize("slug", [FREE, "power-hour"])
def test_whoever_is_blocked_hears_that_the_time_is_taken_each_time(blocked, slug):
    walker = blocked.walker(CHARLIE)
    for tries, email in enumerate(SPELLINGS, start=1):
        start = walker.hold(slug=slug)
        walker.tell(email=email, hope="let me in")
        assert walker.page.status_code == 409
        assert "That time has been taken These are close to it." in walker.text
        page = walker.page.get_data(as_text=True)
        assert 'name="slot"' in page and f'value="{start}"' not in page
        assert blocked.rows(BlockedPerson.tries) == [(tries,)]
        assert walker.get("/book/code").status_code == 409
    assert set(blocked.ledger()[0]) == {"released"} and blocked.ledger()[1:] == ([], [], [])
    assert blocked.stripe.requests == ()
    assert blocked.rows(OutboxMessage.id) == [], "neither to him nor to the coach"
    assert blocked.rows(SafeContact.client_id) == []
    walker.hold(slug=slug)
    assert "let me in" in walker.get("/book/details").get_data(as_text=True), "what was written is kept"


@pytest.mark.safety("D12", "D16")
def test_the_page_is_that_of_a_time_truly_taken(blocked):
    """Byte for byte but for the form's token, header for header."""
    mine = blocked.walker(CHARLIE)
    start = mine.hold()
    truly = blocked.walker(CHARLIE)
    truly.hold(start)
    mine.tell(email=CHARLIE.email)
    assert mine.page.status_code == truly.page.status_code == 409
    assert neutral(mine.page.get_data(as_text=True)) == neutral(truly.page.get_data(as_text=True))
    assert headers(mine.page) == headers(truly.page)


def headers(answer):
    left_out = ("Content-Length", "Set-Cookie", "Date")
    return sorted((name, value) for name, value in answer.headers if name not in left_out)


@pytest.mark.safety("D16")
def test_the_check_is_the_same_work_for_everyone(blocked):
    counted = []
    for email in (CHARLIE.email, ALEX.email, "", "07700 900123", "x" * 250 + "@a.b"):
        with blocked.app.app_context():
            with Statements(blocked.app) as said:
                blocking.tried(coach_id(blocked), email, now=clock.now())
            counted.append([re.sub(r"\s+", " ", each) for each in said.all])
    assert all(each == counted[0] for each in counted) and any("UPDATE" in each for each in counted[0])


@pytest.mark.safety("A9", "D12", "T9")
def test_where_first_bookings_wait_nothing_tells_them_apart(blocked):
    who_books(blocked, "approved")
    seen = {}
    for person in (CHARLIE, ALEX):
        walker = blocked.walker(person)
        pages, work = [], []
        for step in (
            lambda walker=walker: walker.hold(slug=FREE),
            lambda walker=walker: walker.tell(name="Sam"),
            lambda walker=walker: walker.get("/book/code"),
            lambda walker=walker: walker.press_pay(),
            lambda walker=walker: walker.get("/book/done"),
            lambda walker=walker: walker.follow(),
        ):
            with Statements(blocked.app) as said:
                step()
            pages.append(walker.page)
            work.append(len(said.all))
        seen[person.name] = (
            [(page.status_code, headers_of_place(page)) for page in pages],
            [times_away(neutral(page.get_data(as_text=True))) for page in pages],
            work,
        )
    assert seen[CHARLIE.name] == seen[ALEX.name]
    assert blocked.ledger()[0] == ["requested", "requested"]
    assert blocked.stripe.requests == ()
    blocked.tick(timedelta(days=8))
    assert [kind for kind, _state in blocked.outbox()] == ["not possible"] * 2


def headers_of_place(answer):
    return [(name, re.sub(r"/b/[\w-]+", "/b/…", value)) for name, value in headers(answer)]


def times_away(page):
    """Without this person's own time, address and zone, which differ between any two people."""
    page = re.sub(r"/b/[\w-]+", "/b/…", page)
    page = re.sub(r"\d\d:\d\d", "–", page)
    page = re.sub(r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d+ \w+|\w{3} \d+ \w{3}", "–", page)
    return re.sub(r"(London|New York) time", "–", page)


def test_blocked_between_the_details_and_paying(world):
    walker = world.walker(CHARLIE)
    walker.go_to_code()
    walker.get("/book/code")
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    walker.press_pay()
    assert walker.page.status_code == 409 and "That time has been taken" in walker.text
    assert (world.ledger()[0], world.stripe.requests) == (["released"], ())


def test_blocked_while_the_payment_page_is_open(world):
    walker = world.walker(CHARLIE)
    walker.to_payment()
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    walker.pay()
    world.tick(timedelta(hours=1))
    assert "confirmed" not in world.ledger()[0]
    assert world.ledger()[2:] == ([95_00], ["succeeded"]), "the money goes back"


def test_choosing_no_mail_does_not_hide_the_address(blocked):
    walker = blocked.walker(CHARLIE)
    walker.hold(slug=FREE)
    walker.tell(inbox="none")
    assert walker.page.status_code == 409
    assert set(blocked.ledger()[0]) == {"released"}


def test_with_a_link_for_whoever_holds_it_too(blocked):
    who_books(blocked, "invited")
    walker = blocked.walker(CHARLIE)
    open_link(walker, path := link_for(blocked))
    walker.hold(slug=FREE)
    walker.tell()
    assert walker.page.status_code == 409
    assert blocked.walker().get(path).status_code == 200, "the link is not used"


@pytest.mark.parametrize("way", ["link", "signed in"])
def test_a_client_who_is_blocked(world, way):
    maya = add_maya(world)
    walker = sign_in_as(world, maya) if way == "signed in" else world.walker(MAYA)
    if way == "link":
        open_link(walker, link_for(world, maya))
    with world.app.app_context():
        blocking.block(coach_id(world), MAYA.email, "No longer", by=SOMEBODY, now=clock.now())
    walker.hold(slug=FREE)
    walker.fill("/book/details", {"agree": "y"})
    assert walker.page.status_code == 409 and "That time has been taken" in walker.text
    assert set(world.ledger()[0]) == {"released"}


def test_an_offering_put_away_meanwhile(blocked):
    walker = blocked.walker(CHARLIE)
    walker.hold(slug=FREE)
    walker.get("/book/details")
    with blocked.app.app_context():
        save_offering(offering(FREE).id, slug=FREE, active=False)
    walker.tell()
    assert walker.page.status_code == 409
    assert blocked.rows(Appointment.state) == [("released",)]


# ---- at the desk ----


def test_the_list_at_the_desk(world):
    nora = nora_at_desk(world)
    nora.get("/desk/blocked")
    assert "Nobody is on it" in nora.text
    for typed in (CHARLIE.email, "Charlie+2@example.com"):
        nora.fill("/desk/blocked", {"typed": typed, "word": "Uncle <b>Bob</b>"})
        assert nora.page.status_code == 303
    nora.follow()
    assert "Uncle <b>Bob</b>" in nora.text and "tried" not in nora.text
    assert len(world.rows(BlockedPerson.id)) == 1, "one person, one line"
    kept = repr(world.rows(*BlockedPerson.__table__.columns))
    assert "charlie" not in kept.casefold() and "Uncle" not in kept
    walker = world.walker(CHARLIE)
    walker.hold()
    walker.tell()
    nora.get("/desk/")
    assert "Someone you blocked tried to book" in nora.text and "Uncle" in nora.text
    nora.get("/desk/blocked")
    assert "tried 1 time, on" in nora.text
    assert world.mails_to("nora@example.com") == [] and world.rows(OutboxMessage.id) == []
    remove = re.search(r'"(/desk/blocked/[^"]+/remove)"', nora.page.get_data(as_text=True))[1]
    nora.post(remove)
    assert nora.page.status_code == 303
    nora.get("/desk/blocked")
    assert nora.post(remove).status_code == 404
    walker.hold()
    walker.tell()
    assert walker.page.status_code == 303


@pytest.mark.parametrize(
    ("typed", "word", "said"),
    [
        ("", "x", "Enter an email address or a phone number"),
        ("nobody", "x", "Enter an email address or a phone number"),
        ("123", "x", "Enter an email address or a phone number"),
        (CHARLIE.email, "", "Write a word you will know it by"),
        (CHARLIE.email, "x" * 201, "Use 200 letters at most"),
        ("x" * 250 + "@example.com", "x", "Use a shorter address"),
    ],
)
def test_what_cannot_stand_on_the_list(world, typed, word, said):
    nora = nora_at_desk(world)
    nora.fill("/desk/blocked", {"typed": typed, "word": word})
    assert nora.page.status_code == 422 and said in nora.text
    assert world.rows(BlockedPerson.id) == []


def test_each_list_is_one_coachs_and_holds_in_the_whole_practice(blocked):
    with blocked.app.app_context():
        assert blocking.is_blocked(coach_id(blocked), "x@y.example", CHARLIE.email)
        assert blocking.is_blocked(coach_id(blocked) + 1, CHARLIE.email)
        assert blocking.blocked_people(coach_id(blocked) + 1) == []
        assert not blocking.is_blocked(coach_id(blocked), "", "nobody")
        [row] = blocking.blocked_people(coach_id(blocked))
        assert not blocking.unblock(coach_id(blocked) + 1, row.id, by=SOMEBODY, now=clock.now())
        with pytest.raises(ValueError, match="neither"):
            blocking.block(coach_id(blocked), "nobody", "x", by=SOMEBODY, now=clock.now())

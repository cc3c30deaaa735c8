"""Where two parts of a booking meet: links and rooms, requests and four words, late money, covered pages."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.accounts.models import Account, SignIn
from coachapp.booking import blocking, confirming, requests
from coachapp.booking.models import Appointment, BlockedPerson, Place
from coachapp.booking.rules import HoldEnded
from coachapp.clients.models import Client, PrivateNote
from coachapp.clients.operations import write_note
from coachapp.clients.queries import client
from coachapp.intake.queries import answers
from coachapp.practice.models import Coach
from coachapp.safe_contact.rules import Inbox
from tests.booking.whobooks import (
    SOMEBODY,
    add_maya,
    asked,
    coach_id,
    link_for,
    nora_at_desk,
    open_link,
    sign_in_as,
    who_books,
)
from tests.cast import CHARLIE, MAYA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

HOUR = timedelta(hours=1)


def at(world, begins, lasts=HOUR):
    world.change(Appointment, starts_at=begins, ends_at=begins + lasts)


@pytest.mark.parametrize("path", ["/book/code", "/book/details"])
def test_back_on_the_road_after_booking_leads_to_what_is_booked(world, path):
    walker = world.paid()
    assert walker.get(path).headers["Location"] == walker.place_path
    token = walker.get("/book/power-hour") and walker.token
    assert walker.post("/book/code", {"csrf_token": token}).headers["Location"] == walker.place_path
    assert world.ledger()[:2] == (["confirmed"], ["paid"])


def test_money_that_comes_when_the_time_is_over_goes_back(world, walker):
    walker.to_payment()
    at(world, clock.now() - 2 * HOUR)
    walker.pay()
    world.tick()
    assert (world.ledger()[2], world.ledger()[3]) == ([95_00], ["succeeded"])
    assert "confirmed" not in world.ledger()[0]


def test_a_free_time_that_is_over_is_not_booked(world, walker):
    walker.go_to_code(slug="first-conversation")
    at(world, clock.now() - 2 * HOUR)
    assert walker.get("/book/code").status_code == 409, "it is not kept beyond its own end"
    token = walker.get("/book/power-hour") and walker.token
    assert walker.post("/book/code", {"csrf_token": token}).status_code == 409
    with world.app.app_context(), pytest.raises(HoldEnded):
        confirming.confirm_free(walker.place(), world.url, now=clock.now())
    assert world.ledger()[0] == ["held"]


@pytest.mark.safety("D8")
def test_covered_pages_cover_the_booking_too(world):
    maya = add_maya(world, Inbox.SHARED)
    walker = sign_in_as(world, maya)
    walker.hold(slug="first-conversation")
    walker.fill("/book/details", {"agree": "y"})
    walker.get("/book/code")
    walker.press_pay()
    path = walker.place_path
    assert "Maya" in walker.get(path).get_data(as_text=True)
    world.change(SignIn, seen_at=clock.now() - HOUR)
    assert walker.get("/book/done").headers["Location"] == "/b"
    assert walker.get("/book/details").headers["Location"] == "/unlock"
    assert walker.get(f"{path}/wishes").status_code == 404
    assert "Maya" not in walker.get(path).get_data(as_text=True)
    walker.hold(slug="first-conversation")
    assert walker.get("/book/details").status_code == 200, "who begins anew there is nobody's client"


@pytest.mark.safety("A10")
@pytest.mark.parametrize("came_before", [True, False])
def test_the_room_of_a_link_does_not_tell_whether_she_came_before(world, came_before):
    world.change(Coach, room_link="https://meet.example.org/nora")
    maya = add_maya(world)
    holder = world.walker(CHARLIE)
    if came_before:
        herself = sign_in_as(world, maya)
        herself.hold(slug="first-conversation")
        herself.fill("/book/details", {"agree": "y"})
        herself.get("/book/code")
        herself.press_pay()
    open_link(holder, link_for(world, maya))
    holder.hold(slug="first-conversation")
    holder.fill("/book/details", {"agree": "y"})
    holder.get("/book/code")
    holder.press_pay()
    path = holder.place_path
    for where, speaks_of_it in (("", "video link opens"), ("/room", "The room opens")):
        assert speaks_of_it in (holder.get(path + where) and holder.text)
        assert "The first time" not in holder.text
    assert holder.get(f"{path}/wishes").status_code == 404


@pytest.mark.safety("D5")
def test_a_link_in_the_mail_shows_no_four_words_and_nothing_that_was_typed(world):
    who_books(world, "approved")
    walker = world.walker()
    path = asked(walker, hope="to sleep well")
    words = walker.page and walker.get(path) and walker.text
    with world.app.app_context():
        requests.approve(walker.place(), world.url, by=SOMEBODY, now=clock.now())
    reader = world.walker(CHARLIE)
    reader.get(path)
    token = reader.token
    assert reader.post(f"{path}/go", {"csrf_token": token}).headers["Location"] == "/b"
    for where in ("/book/code", "/book/details"):
        assert "to sleep well" not in reader.get(where).get_data(as_text=True)
    walker.get(path)
    assert walker.post(f"{path}/go").headers["Location"] == "/book/code" and words


@pytest.mark.safety("A9", "D12")
def test_an_autosave_does_not_talk_past_the_list(world):
    """Details with a blocked address, another one saved in passing, then the question: it is marked all the same."""
    who_books(world, "approved")
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "", by=SOMEBODY, now=clock.now())
    walker = world.walker(CHARLIE)
    walker.go_to_code(email=CHARLIE.email)
    token = walker.get("/book/code") and walker.token
    walker.post("/book/details/save", {"csrf_token": token, "email": "other@example.com", "name": "C"})
    walker.press_pay()
    with world.app.app_context():
        place = walker.place()
        assert place.state == "requested"
        assert blocking.is_blocked(place.coach_id, *blocking.addresses_of(place))


@pytest.mark.safety("A9", "D12")
def test_a_client_who_is_blocked_cannot_type_another_address(world):
    maya = add_maya(world)
    walker = sign_in_as(world, maya)
    with world.app.app_context():
        blocking.block(coach_id(world), MAYA.email, "", by=SOMEBODY, now=clock.now())
    walker.hold()
    token = walker.get("/book/details") and walker.token
    walker.post("/book/details/save", {"csrf_token": token, "email": "other@example.com"})
    assert walker.post("/book/details", {"csrf_token": token, "agree": "y"}).status_code == 409
    assert world.rows(BlockedPerson.tries) == [(1,)]
    with world.app.app_context():
        assert "email" not in answers(walker.place().id), "how she is reached stands on her record alone"


def test_who_has_only_asked_has_no_record_to_open(world):
    who_books(world, "approved")
    asked(world.walker())
    nora = nora_at_desk(world)
    ref = world.rows(Client.ref)[0][0]
    for path in ("", "/notes", "/sessions", "/details", "/worksheets"):
        assert nora.get(f"/desk/clients/{ref}{path}").status_code == 404, path
    assert nora.get(f"/desk/links/for/{ref}").status_code == 404


def test_a_record_something_belongs_to_is_kept_whole_and_stops_nobody(world):
    """A note on the record of someone who never booked: she stays readable,
    and the next one is forgotten all the same."""
    for name in ("one", "two"):
        world.walker().go_to_code(email=f"{name}@example.com")
    first, second = [client_id for (client_id,) in world.rows(Client.id)]
    nora_at_desk(world)
    nora = world.rows(Account.id)[0][0]
    with world.app.app_context():
        write_note(first, "met by chance", by=nora, now=clock.now())
    assert world.tick(timedelta(days=2)) == ()
    with world.app.app_context():
        assert client(first).name and [row for (row,) in world.rows(Client.id)] == [first]
    assert len(world.rows(PrivateNote.id)) == 1 and second not in world.rows(Client.id)


def test_a_move_answers_the_question_about_the_zone(world):
    walker = world.paid()
    path, start = walker.place_path, walker.morning()[7]
    world.change(Place, asked_zone="Asia/Tokyo")
    walker.get(f"{path}/move")
    walker.post(f"{path}/move", {"slot": str(start), "tz": "Asia/Tokyo"})
    assert world.rows(Place.zone, Place.asked_zone) == [("Asia/Tokyo", None)]

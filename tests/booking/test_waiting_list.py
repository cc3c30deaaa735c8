"""Asking to be told of another time: who may, what she sees, how she leaves, and when she is off it by herself."""

import re
from datetime import timedelta

import pytest

from coachapp import clock, vault
from coachapp.booking import around, blocking, wait_queries, waiting
from coachapp.booking.desk_operations import set_week
from coachapp.booking.models import FreedTime, Place, Wait
from coachapp.clients.models import Client
from coachapp.clients.operations import set_state
from coachapp.clients.rules import State
from coachapp.intake.models import Consent
from coachapp.notifications.models import OutboxMessage
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from coachapp.safe_contact.models import SafeContact
from tests.booking.waitlist import DAY, HOUR, far, joins, lines, offer, on_list, words_of
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
PAGE = f"/book/{HOUR}/later"


def test_the_page_of_times_leads_there(world, walker):
    page = walker.get(f"/book/{HOUR}").get_data(as_text=True)
    assert f'href="{PAGE}"' in page and 'href="/write"' in page
    with world.app.app_context():
        set_week(coach_id(world), [])
    walker.get(f"/book/{HOUR}")
    assert "Tell me when times open" in walker.text and f'href="{PAGE}"' in walker.page.get_data(as_text=True)


def test_someone_without_an_account_gets_four_words(world, walker):
    on_list(walker, weekdays=["0", "2"], parts=["morning"])
    for said in ("Power hour", "Mondays, Wednesdays; mornings", "Madrid time", "one link", "Your four words"):
        assert said in walker.text
    assert not re.search(r"\d+(st|nd|rd|th)|place \d|\d+ people", walker.text), "nobody sees a rank"
    words = words_of(walker)
    [(state,)] = world.rows(Client.state)
    assert state == "asked" and len(world.rows(Consent.id)) == 1
    assert world.rows(OutboxMessage.id) == [], "nothing is sent for it, to anyone"
    kept = repr(world.rows(*Wait.__table__.columns))
    assert "alex" not in kept.casefold() and words.split()[0] not in kept
    elsewhere = world.walker()
    assert elsewhere.get(PAGE).get_data(as_text=True).count("What should we call you?") == 1
    elsewhere.fill("/b", {"code": words.upper()})
    assert elsewhere.page.headers["Location"] == PAGE
    elsewhere.follow()
    assert "You are on the list" in elsewhere.text and words in elsewhere.text


def test_an_older_cookie_counts_no_more_once_the_words_were_given(world, walker):
    on_list(walker)
    elsewhere = world.walker()
    elsewhere.fill("/b", {"code": words_of(walker)})
    walker.get(PAGE)
    assert "You are on the list" not in walker.text


def test_a_client_who_is_signed_in_types_nothing(world):
    maya = add_maya(world)
    walker = sign_in_as(world, maya)
    page = walker.get(PAGE).get_data(as_text=True)
    assert 'name="email"' not in page and 'name="name"' not in page and "maya@example.com" not in page
    on_list(walker)
    assert (
        "any day, any hour" in walker.text
        and "Lisbon time" in walker.text
        and "four words" not in walker.text
    )
    [(whose, code)] = world.rows(Wait.client_id, Wait.code_hash)
    assert (whose, code, len(world.rows(Client.id))) == (maya, None, 1)
    walker.get("/me/")
    assert "You are on the list for Power hour, until " in walker.text
    walker.post(f"{PAGE}/leave")
    assert walker.page.headers["Location"] == "/me/"
    walker.follow()
    assert "You are off the list" in walker.text and world.rows(Wait.id) == []


def test_asking_again_changes_what_suits_her_and_keeps_her_where_she_was(world):
    walker = sign_in_as(world, add_maya(world))
    page = joins(walker)
    [(since,)] = world.rows(Wait.since)
    token = walker.token or None
    walker.get("/me/")
    token = walker.token
    last = (clock.now() + 10 * DAY).date()
    walker.client.post(PAGE, data={"csrf_token": token, "last": last, "weekdays": "4", "parts": "evening"})
    assert page.status_code == 303 and world.rows(Wait.since, Wait.weekdays, Wait.parts) == [(since, 16, 4)]


def test_the_same_form_sent_twice_is_one_line(world, walker):
    walker.get(PAGE)
    once, token = walker.hidden("once"), walker.token
    sent = {"csrf_token": token, "once": once, "name": "Alex", "email": ALEX.email, "inbox": "only_me"}
    sent |= {"agree": "y", "last": str((clock.now() + DAY).date())}
    assert [walker.client.post(PAGE, data=sent).status_code for _ in range(3)] == [303] * 3
    assert (len(world.rows(Wait.id)), len(world.rows(Client.id))) == (1, 1)
    walker.get(PAGE)
    assert "Your four words" in walker.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": None}, "Write any name you like to be called by"),
        ({"name": "x" * 81}, "Use a shorter name"),
        ({"agree": None}, "Tick this if you agree"),
        ({"inbox": None}, "Choose who can see this inbox"),
        ({"email": "nobody"}, "Enter an email address with an @"),
        ({"email": None}, "Add an email address above"),
        ({"weekdays": ["7"]}, "Choose from these, or leave all of them empty"),
        ({"weekdays": ["0", "²"]}, "Choose from these, or leave all of them empty"),
        ({"parts": ["night"]}, "Choose from these, or leave all of them empty"),
        ({"last": ""}, "Enter a day"),
        ({"last": "0001-01-01"}, "Choose today or a later day"),
        ({"last": "9999-12-31"}, "times are not given further ahead"),
        ({"last": "tomorrow"}, "Enter a day"),
    ],
)
def test_what_needs_another_look_is_said_and_everything_else_kept(world, walker, typed, said):
    typed = {"parts": ["evening"], **typed}
    assert joins(walker, **typed).status_code == 422
    assert said in walker.text and world.rows(Wait.id) == []
    page = walker.page.get_data(as_text=True)
    assert "Error: " in page and (
        typed.get("email", "x") is None or "example.com" in page or "nobody" in page
    )


@pytest.mark.parametrize("name", ["王小明", "زينب", "Ζωή", "O’Neill <b>x</b>", "👩‍🦰", "x" * 80])
def test_any_name_will_do(world, walker, name):
    on_list(walker, name=name)
    nora = nora_at_desk(world)
    nora.get("/desk/waiting")
    assert name.split()[0] in nora.text


def test_without_mail_nothing_is_asked_of_the_inbox(world, walker):
    on_list(walker, inbox="none", email=None)
    assert "Nothing is sent. Look here with your four words" in walker.text
    assert world.rows(SafeContact.inbox) == [("none",)]


def test_letters_that_no_address_has(world, walker):
    for path in ("/book/nothing/later", "/book/%00/later", "/book/steady-ground/later"):
        status = walker.get(path).status_code
        assert status in (303, 404), path
    walker.get(PAGE)
    walker.post("/book/nothing/later", {})
    assert walker.page.status_code == 404
    walker.get(PAGE)
    walker.post(f"{PAGE}/leave")
    assert walker.page.status_code == 303, "nothing to leave is fine"


# ---- who may ----


def test_by_invitation_only_clients_and_people_with_a_link_may_ask(world, walker):
    who_books(world, "invited")
    walker.get("/book")
    assert walker.get(PAGE).headers["Location"] == f"/book/{HOUR}"
    walker.follow()
    walker.get("/write")
    walker.post(PAGE, {"name": "Alex", "agree": "y", "last": str(clock.now().date())})
    assert walker.page.status_code == 303 and world.rows(Wait.id) == []
    open_link(walker, link_for(world))
    on_list(walker)
    on_list(sign_in_as(world, add_maya(world)))
    assert len(world.rows(Wait.id)) == 2


@pytest.mark.safety("A9", "D12")
def test_a_link_made_for_a_client_tells_nothing_of_her_here_either(world):
    maya = add_maya(world)
    walker = world.walker(CHARLIE)
    open_link(walker, link_for(world, maya))
    page = walker.get(PAGE).get_data(as_text=True)
    assert "Maya" not in page and 'name="email"' in page
    on_list(walker)
    assert (maya,) not in world.rows(Wait.client_id), "whoever holds the link is not her"


@pytest.mark.safety("A9", "D12", "D16")
def test_someone_blocked_sees_what_everyone_sees(world):
    with world.app.app_context():
        blocking.block(coach_id(world), CHARLIE.email, "The uncle", by=SOMEBODY, now=clock.now())
    seen = []
    for person in (CHARLIE, ALEX):
        walker = on_list(world.walker(person), name="Sam")
        seen.append((walker.page.status_code, neutral(walker.page.get_data(as_text=True))))
    assert seen[0] == seen[1]
    nora = nora_at_desk(world)
    nora.get("/desk/")
    assert "Someone you blocked tried to book" in nora.text
    nora.get("/desk/waiting")
    assert nora.text.count("Blocked") == 1
    offers = re.findall(r'/desk/waiting/[^"]+/offer"', nora.page.get_data(as_text=True))
    assert len(offers) == 1, "only one of them can be offered a time"


def test_too_many_from_one_network(world, walker):
    for _ in range(20):
        joins(world.walker(), last="")
    assert joins(walker).status_code == 429
    assert world.rows(Wait.id) == []


# ---- off it again ----


def test_she_leaves_and_is_forgotten_like_any_booking_nobody_finished(world, walker):
    on_list(walker)
    [(client_id,)] = world.rows(Client.id)
    world.tick(5 * DAY)
    assert len(world.rows(Client.id)) == 1, "not while she waits"
    walker.get(PAGE)
    walker.post(f"{PAGE}/leave")
    walker.follow()
    assert "You are off the list" in walker.text
    world.tick(timedelta(hours=25))
    assert world.rows(Client.id) == world.rows(Wait.id) == world.rows(SafeContact.inbox) == []
    with world.app.app_context(), pytest.raises(vault.KeyGone):
        vault.seal(client_id, "client.name", client_id, "Alex")


def test_after_its_last_day_she_is_off_it_and_nothing_is_sent(world, walker):
    on_list(walker, last=str((clock.now() + 3 * DAY).date()))
    words = words_of(walker)
    world.tick(2 * DAY)
    assert len(world.rows(Wait.id)) == 1
    world.tick(5 * DAY)
    assert world.rows(Wait.id) == world.rows(Client.id) == world.rows(OutboxMessage.id) == []
    elsewhere = world.walker()
    elsewhere.fill("/b", {"code": words})
    assert elsewhere.page.status_code == 422
    walker.get(PAGE)
    assert "You are on the list" not in walker.text


def test_who_books_otherwise_does_not_wait_any_more(world):
    walker = sign_in_as(world, add_maya(world))
    on_list(walker)
    on_list(walker, FREE)
    walker.hold(slug=FREE)
    walker.fill("/book/details", {"agree": "y"})
    walker.get("/book/code")
    walker.press_pay()
    with world.app.app_context():
        [left] = world.rows(Wait.offering_id)
        assert left == (offering(HOUR).id,), "of another kind she still does"


def test_a_time_chosen_in_the_same_browser_is_for_the_same_person(world, walker):
    on_list(walker, FREE)
    [(client_id,)] = world.rows(Client.id)
    walker.go_to_code(slug=FREE)
    assert len(world.rows(Wait.id)) == 1, "not before it is booked"
    walker.press_pay()
    assert world.rows(Place.client_id) == [(client_id,)] and world.rows(Wait.id) == []
    world.tick(40 * DAY)
    assert world.rows(Client.id, Client.state) == [(client_id, "active")]


def test_who_moves_her_time_herself_has_found_one(world):
    maya = add_maya(world)
    walker = sign_in_as(world, maya)
    walker.hold(slug=FREE)
    walker.fill("/book/details", {"agree": "y"})
    walker.get("/book/code")
    walker.press_pay()
    path = walker.place_path
    on_list(walker, FREE)
    walker.get(f"{path}/move")
    walker.post(f"{path}/move", {"slot": str(walker.free(FREE)[-1]), "tz": MAYA.zone})
    assert walker.page.status_code == 303, walker.text
    assert world.rows(Wait.id) == []


def test_an_offering_that_was_put_away(world, walker):
    on_list(walker)
    with world.app.app_context():
        save_offering(offering(HOUR).id, slug=HOUR, active=False)
    assert world.walker().get(PAGE).status_code == 404
    walker.get(PAGE)
    assert "You are on the list" in walker.text
    walker.post(f"{PAGE}/leave")
    assert walker.page.status_code == 303 and world.rows(Wait.id) == []


def test_the_coach_takes_someone_off(world, walker):
    on_list(walker)
    nora = nora_at_desk(world)
    nora.get("/desk/waiting")
    remove = re.search(r'"(/desk/waiting/[^"]+/remove)"', nora.page.get_data(as_text=True))[1]
    nora.post(remove)
    nora.follow()
    assert "Taken off the list" in nora.text and world.rows(Wait.id) == world.rows(OutboxMessage.id) == []
    assert nora.post(remove).status_code == 404


def test_nothing_is_noted_while_nobody_waits_for_it(world, walker):
    walker.hold()
    walker.get("/book/details")
    walker.post("/book/let-go")
    assert world.rows(FreedTime.id) == []


@pytest.mark.safety("D2")
@pytest.mark.parametrize("inbox", ["only_me", "shared", "none"])
def test_looking_changes_nothing(world, walker, inbox):
    on_list(walker, inbox=inbox)
    start = far(walker)
    offer(world, lines(world)[0], start)
    nora = nora_at_desk(world)
    nora.get("/desk/waiting")
    before = world.everything("rate_count", "sign_in", "audit_entry")
    walker.get(PAGE)
    kept = re.search(r'"(/b/[\w-]+)"', walker.page.get_data(as_text=True))[1]
    for who in (walker, world.walker(CHARLIE)):
        for path in (PAGE, f"{PAGE}/leave", kept, f"{kept}/go", f"{kept}/let-go", "/b", "/book/code"):
            who.client.get(path)
            who.client.head(path)
    [wait_id] = lines(world)
    for path in ("", f"/{wait_id}/offer", f"/{wait_id}/offer/go", f"/{wait_id}/remove", f"/at/{start}"):
        nora.client.get(f"/desk/waiting{path}")
    assert world.everything("rate_count", "sign_in", "audit_entry") == before


def test_leaving_the_site_closes_it(world, walker):
    on_list(walker)
    walker.get("/leave")
    walker.get(PAGE)
    assert "You are on the list" not in walker.text


def test_another_coach_does_not_see_it(world, walker):
    on_list(walker)
    [wait_id] = lines(world)
    with world.app.app_context():
        with pytest.raises(wait_queries.NotWaiting):
            wait_queries.wait(wait_id, coach_id=coach_id(world) + 1)
        assert wait_queries.waits(coach_id(world) + 1, now=clock.now()) == []
        waiting.leave(wait_id, now=clock.now())
        waiting.leave(wait_id, now=clock.now())


def test_a_client_being_erased_is_passed_over_at_the_desk(world, walker):
    on_list(walker)
    with world.app.app_context():
        vault.destroy_key(world.rows(Client.id)[0][0])
    nora = nora_at_desk(world)
    assert nora.get("/desk/waiting").status_code == 200
    assert nora.get("/desk/").status_code == 200
    assert nora.get(f"/desk/waiting/{lines(world)[0]}/offer").status_code == 404


def test_who_is_a_client_by_now_is_not_brought_along_by_a_cookie(world, walker):
    """She waits for two kinds of time and has booked one: the browser that is left behind does not book as her."""
    on_list(walker, FREE)
    [(client_id,)] = world.rows(Client.id)
    with world.app.app_context():
        set_state(client_id, State.ACTIVE)
    walker.hold(slug=FREE)
    assert world.rows(Place.client_id) == [(None,)]
    assert 'name="email"' in walker.get("/book/details").get_data(as_text=True)


def test_the_list_follows_her_clock(world):
    """Mornings are hers wherever she is, and the last day is the one she named."""
    maya = add_maya(world)
    walker = on_list(sign_in_as(world, maya), parts=["morning"])
    with world.app.app_context():
        before = wait_queries.waits_of(maya)[0]
        around.change_zone(maya, "Asia/Tokyo", now=clock.now())
        after = wait_queries.waits_of(maya)[0]
    assert (before.zone, after.zone, after.last_day) == (MAYA.zone, "Asia/Tokyo", before.last_day)
    assert after.ends_at < before.ends_at
    walker.get(PAGE)
    assert "mornings. Tokyo time" in walker.text

"""Buying a package on the public page, with a first time and without one; and booking with its sessions."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from coachapp import clock, db
from coachapp.accounts.models import JoinToken
from coachapp.booking import link_queries
from coachapp.booking.blocking import block as block_person
from coachapp.booking.inviting import invite
from coachapp.booking.models import Appointment, Purchase
from coachapp.clients.models import Client
from coachapp.payments import credits
from coachapp.payments.credit_models import CreditEntry, Package
from coachapp.payments.models import Attempt, Order
from coachapp.practice.operations import save_offering, save_practice
from coachapp.practice.queries import offering
from tests.booking.sold import ONE, PRICE, SINGLE, SLUG, a_client, given, one_package, sell, signed_in, sums
from tests.cast import ALEX, CHARLIE, NORA
from tests.road import MINUTE
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture


@pytest.fixture
def walker(world):
    sell(world)
    return world.walker()


def hold_first(walker, at=0):
    start = walker.morning()[at]
    walker.get(f"/book/{SLUG}/first")
    walker.post(f"/book/{SLUG}/first", {"slot": str(start), "tz": walker.person.zone})
    assert walker.page.status_code == 303, walker.text
    return start


def to_payment_with_time(walker, **typed):
    hold_first(walker)
    walker.tell(**typed)
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]


def to_payment_without_time(walker, **typed):
    usual = {"name": walker.person.name, "email": walker.person.email, "inbox": "only_me", "agree": "y"}
    walker.fill(f"/book/{SLUG}/buy", {**usual, **typed})
    assert walker.page.status_code == 303, walker.text
    walker.follow()
    walker.post("/book/words")
    assert walker.page.status_code == 303, walker.text
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]


def test_the_page_says_everything_before_anything_is_chosen(walker):
    walker.get(f"/book/{SLUG}")
    for words in (
        "€420",
        "€70 each",
        "6 sessions: Power hour",
        "Good for 12 months",
        "less €95",
        "NE* SERVICES",
    ):
        assert words in walker.text
    assert "Choose a first time" in walker.text and "Buy it without a time" in walker.text


def test_one_that_pays_for_nothing_is_only_asked_about(world):
    walker = world.walker()
    walker.get(f"/book/{SLUG}")
    assert "Ask about this" in walker.text and "Choose a first time" not in walker.text
    for path in ("first", "buy", "first/zones"):
        assert walker.get(f"/book/{SLUG}/{path}").status_code == 404
    sell(world)
    with world.app.app_context():
        save_offering(offering(SINGLE).id, slug=SINGLE, active=False)
    walker.get(f"/book/{SLUG}")
    assert "Choose a first time" not in walker.text
    assert walker.get(f"/book/{SLUG}/first").status_code == 404


def test_with_a_first_time_paying_confirms_it(world, walker):
    start = hold_first(walker)
    walker.get("/book/details")
    assert "Steady ground" in walker.text and "€420" in walker.text
    walker.tell()
    walker.get("/book/code")
    assert "6 sessions: Power hour" in walker.text and "The first of them" in walker.text
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    assert sums(world) == []
    walker.pay()
    assert world.ledger() == (["confirmed"], ["paid"], [PRICE], [])
    assert sums(world) == [(5, 1, 0, 0)]
    assert walker.place().starts_at.timestamp() == start * 60
    assert world.outbox() == [("booked", "waiting")]
    walker.come_back()
    assert "Your sessions are ready" in walker.text
    walker.get("/book/done")
    walker.follow()
    assert "See you on" in walker.text and "Open my space" in walker.text


def test_without_a_time_it_leads_to_a_space_of_her_own(world, walker):
    to_payment_without_time(walker)
    walker.pay()
    assert world.ledger() == ([], ["paid"], [PRICE], [])
    assert sums(world) == [(6, 0, 0, 0)]
    assert world.outbox() == [], "nothing is sent to her"
    world.send_mail()
    assert [mail.subject for mail in world.mails_to(NORA.email)] == ["A package was bought"]
    walker.come_back()
    assert "Your sessions are ready" in walker.text
    walker.get("/book/done")
    walker.follow()
    assert "6 sessions left" in walker.text
    found = re.search(r'href="(/join/[^"]+)"', walker.page.get_data(as_text=True))
    assert found
    walker.fill(found[1], {"name": "alex", "passphrase": ALEX.passphrase})
    assert walker.page.status_code == 303, walker.text
    walker.get("/me/packages")
    assert "6 of 6 sessions left" in walker.text


def test_the_four_words_lead_back_to_what_was_bought(world, walker):
    to_payment_without_time(walker, inbox="none", email="")
    walker.get("/book/words")
    found = re.search(r'translate="no">([^<]+)<', walker.page.get_data(as_text=True))
    walker.pay()
    other = world.walker(CHARLIE)
    assert other.get("/book/sessions").status_code == 303, "nothing of hers for others"
    other.fill("/b", {"code": found[1].upper()})
    assert other.page.headers["Location"].endswith("/book/sessions")
    other.follow()
    assert "6 sessions left" in other.text
    walker.get("/book/sessions")
    assert walker.page.status_code == 303, "the earlier cookie no longer counts"


def test_before_paying_the_words_lead_on_to_paying(world, walker):
    to_payment_without_time(walker)
    walker.get("/book/sessions")
    assert walker.page.headers["Location"].endswith("/book/words")
    walker.get("/book/words")
    first = walker.session_id
    walker.post("/book/words")
    assert walker.page.headers["Location"].rpartition("/")[2] == first, "the open session is used again"


@pytest.mark.parametrize("left_out", ["name", "agree"])
def test_what_is_needed_is_asked_for_and_the_rest_is_kept(walker, left_out):
    typed = {"name": "Alex", "email": "alex@", "inbox": "only_me", "agree": "y"}
    typed.pop(left_out)
    walker.fill(f"/book/{SLUG}/buy", typed)
    assert walker.page.status_code == 422
    assert "answers need another look" in walker.text and 'value="alex@"' in walker.page.get_data(
        as_text=True
    )


def test_changing_ones_mind_leaves_one_record_and_one_package(world, walker):
    for name in ("Alex", "Alex B"):
        walker.fill(f"/book/{SLUG}/buy", {"name": name, "agree": "y"})
        assert walker.page.status_code == 303
    assert (
        len(world.rows(Client.id)) == len(world.rows(Package.id)) == len(world.rows(Purchase.package_id)) == 1
    )


def test_what_nobody_paid_is_forgotten_with_everything(world, walker):
    to_payment_without_time(walker)
    world.stripe.lever(clock_offset=25 * 3600)
    for hours in (25, 26, 27):
        world.tick(timedelta(hours=hours))
    for table in (Client.id, Package.id, Purchase.package_id, CreditEntry.id):
        assert world.rows(table) == []


def test_what_was_paid_is_not_forgotten(world, walker):
    to_payment_without_time(walker)
    walker.pay()
    world.tick(timedelta(days=40))
    assert sums(world) == [(6, 0, 0, 0)]


def test_the_webhook_twice_and_late_grants_once(world, walker):
    to_payment_with_time(walker)
    world.stripe.lever(webhook_duplicate=2)
    walker.pay()
    walker.come_back()
    world.tick(MINUTE * 10)
    assert sums(world) == [(5, 1, 0, 0)] and world.ledger()[2:] == ([PRICE], [])
    assert len(world.rows(CreditEntry.id)) == 1 + 6 + 1


def test_nobody_comes_back_and_no_webhook_either_tick_knows(world, walker):
    to_payment_without_time(walker)
    world.stripe.lever(webhook_off=True)
    walker.pay()
    assert sums(world) == []
    world.tick(MINUTE * 10)
    assert sums(world) == [(6, 0, 0, 0)]


def test_the_time_is_gone_when_the_money_comes_and_the_sessions_are_hers(world, walker):
    to_payment_with_time(walker)
    start = int(walker.place().starts_at.timestamp()) // 60
    world.change(Appointment, state="released", hold_until=None)
    other = world.walker(CHARLIE)
    other.hold(start)
    assert other.page.status_code == 303
    walker.pay()
    assert world.ledger()[2:] == ([PRICE], []) and sums(world) == [(6, 0, 0, 0)]
    world.send_mail()
    (mail,) = world.mails_to(ALEX.email)
    assert mail.text.startswith("Not possible: ")
    assert len(world.rows(JoinToken.id)) == 1, "there is a way to her sessions"
    walker.come_back()
    walker.get("/book/done")
    assert "All of your sessions are here" in walker.text and "6 sessions left" in walker.text
    assert "/join/" in walker.page.get_data(as_text=True)


def test_the_hold_stands_as_long_as_it_can_be_paid(world, walker):
    to_payment_with_time(walker)
    world.tick(timedelta(hours=2))
    assert world.ledger()[0] == ["held"], "Stripe has not said that the link ended"
    world.stripe.lever(clock_offset=2 * 3600)
    world.tick(timedelta(hours=2, minutes=10))
    assert world.ledger()[:2] == (["released"], ["expired"])


def test_letting_go_frees_the_time_and_ends_the_link(world, walker):
    to_payment_with_time(walker)
    walker.get("/book/code")
    walker.post("/book/let-go")
    assert world.ledger()[:2] == (["released"], ["expired"])
    with pytest.raises(RuntimeError):
        walker.pay()  # Stripe does not take it any more
    assert sums(world) == []


def test_cancelled_in_time_the_session_comes_back_and_no_money_moves(world, walker):
    to_payment_with_time(walker)
    walker.pay()
    walker.get(f"{walker.place_path}/cancel")
    assert "The session goes back to your package at once" in walker.text
    walker.fill(f"{walker.place_path}/cancel", {})
    assert sums(world) == [(6, 0, 0, 0)] and world.ledger()[3] == []


def test_where_a_first_booking_waits_the_package_waits_with_it(world, walker):
    with world.app.app_context():
        save_practice(who_books="approved")
    walker.get(f"/book/{SLUG}")
    assert "Buy it without a time" not in walker.text
    assert walker.get(f"/book/{SLUG}/buy").status_code == 404
    hold_first(walker)
    walker.tell()
    walker.fill("/book/code", {})
    assert world.ledger()[:2] == (["requested"], [])
    assert world.asked("POST", "/v1/checkout") == []


def test_by_invitation_only_strangers_see_no_times(world, walker):
    with world.app.app_context():
        save_practice(who_books="invited")
    walker.get(f"/book/{SLUG}")
    assert "Times are given by invitation" in walker.text
    for path in ("first", "buy"):
        assert walker.get(f"/book/{SLUG}/{path}").status_code == 404


def block(world, person=ALEX):
    with world.app.app_context():
        block_person(1, person.email, "", by=uuid4(), now=clock.now())


def test_someone_blocked_never_gets_as_far_as_paying(world, walker):
    block(world)
    walker.fill(f"/book/{SLUG}/buy", {"name": "Alex", "email": ALEX.email, "inbox": "only_me", "agree": "y"})
    assert walker.page.status_code == 409 and "Nothing was charged" in walker.text
    assert not world.stripe.requests and world.rows(Package.id) == []


@pytest.mark.parametrize("way", [to_payment_with_time, to_payment_without_time])
def test_blocked_while_the_payment_page_was_open_it_all_goes_back(world, walker, way):
    way(walker)
    block(world)
    walker.pay()
    assert world.ledger()[2:] == ([PRICE], ["succeeded"]) and sums(world) == []
    walker.come_back()
    assert "on its way back" in walker.text


def test_pressed_twice_one_order_is_opened(world, walker):
    walker.fill(f"/book/{SLUG}/buy", {"name": "Alex", "agree": "y"})
    walker.follow()
    walker.post("/book/words")
    walker.get("/book/words")
    walker.post("/book/words")
    assert len(world.rows(Order.id)) == len(world.rows(Attempt.id)) == 1


def test_an_address_that_is_none(walker):
    for path in ("%00", "nothing", "../desk", "x" * 300):
        for more in ("first", "buy", "first/zones"):
            assert walker.get(f"/book/{path}/{more}").status_code == 404


# ---- with a session ----


def test_a_link_made_for_her_shows_and_uses_nothing_of_hers(world):
    client_id = a_client(world)
    given(world, client_id)
    with world.app.app_context():
        row = invite(1, client_id, None, clock.now() + timedelta(days=5), by=client_id, now=clock.now())
        token = link_queries.token_of(row)
    stranger = world.walker(CHARLIE)
    stranger.fill(f"/i/{token}", {})
    stranger.hold()
    assert stranger.page.headers["Location"].endswith("/book/details")
    assert stranger.get("/book/session").status_code == 409
    stranger.get("/book/details")
    assert stranger.post("/book/session").status_code in (303, 409)
    assert sums(world) == [(4, 0, 0, 0)]


def test_two_presses_and_nothing_typed(world):
    client_id = a_client(world)
    given(world, client_id)
    walker = signed_in(world)
    start = walker.morning()[0]
    walker.get(f"/book/{SINGLE}")
    walker.post(f"/book/{SINGLE}", {"slot": str(start)})  # the first press
    walker.follow()
    assert "Use one of your 4 sessions" in walker.text and "Pay €95 instead" in walker.text
    walker.post("/book/session")  # the second
    walker.follow()
    assert "See you on" in walker.text
    assert world.ledger() == (["confirmed"], [], [], []) and sums(world) == [(3, 1, 0, 0)]
    assert not world.stripe.requests, "Stripe hears nothing of it"
    assert world.outbox() == [("booked", "waiting")]


def with_session(world, sessions=1, person=ALEX):
    """Someone signed in who holds a time, in front of the second press."""
    client_id = a_client(world, person)
    given(world, client_id, sessions)
    walker = signed_in(world, person)
    walker.hold()
    walker.follow()
    return walker


def test_pressed_twice_one_session_is_used(world):
    walker = with_session(world, 2)
    walker.post("/book/session")
    walker.get("/book/session")
    assert walker.page.headers["Location"].startswith("/b/"), "it is booked by now"
    walker.fill("/book/power-hour", {})
    walker.post("/book/session")
    assert sums(world) == [(1, 1, 0, 0)]


def test_paying_by_card_stays_a_way(world):
    walker = with_session(world)
    walker.fill("/book/details", {"agree": "y"})
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()
    assert world.ledger() == (["confirmed"], ["paid"], [ONE], []) and sums(world) == [(1, 0, 0, 0)]


def test_a_card_payment_that_comes_after_the_session_was_used_goes_back(world):
    walker = with_session(world)
    walker.fill("/book/details", {"agree": "y"})
    walker.press_pay()
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.get("/book/session")
    walker.post("/book/session")
    assert sums(world) == [(0, 1, 0, 0)]
    walker.pay()
    assert world.ledger() == (["confirmed"], ["paid"], [ONE], ["succeeded"])
    assert sums(world) == [(0, 1, 0, 0)]


def test_the_last_session_went_elsewhere_meanwhile(world):
    walker = with_session(world)
    with world.app.app_context():
        place = walker.place()
        credits.use(place.client_id, place.offering_id, uuid4(), now=clock.now())
    walker.post("/book/session")
    assert walker.page.headers["Location"].endswith("/book/details"), "paying is still possible"
    assert world.ledger()[0] == ["held"]


def test_someone_elses_hold_is_not_booked_with_my_session(world):
    walker = with_session(world)
    stranger = world.walker(CHARLIE)
    stranger.hold(walker.morning()[4])
    stranger.get("/book/session")
    assert stranger.page.status_code == 409
    stranger.get("/book/details")
    stranger.post("/book/session")
    assert sums(world) == [(1, 0, 0, 0)]


def test_late_it_stays_used_and_unsafe_it_comes_back(world):
    walker = with_session(world, 2)
    walker.post("/book/session")
    path = walker.place_path
    soon = clock.now() + timedelta(hours=3)
    world.change(Appointment, starts_at=soon, ends_at=soon + timedelta(hours=1))
    walker.get(f"{path}/cancel")
    assert "no longer be cancelled for the session to come back by itself" in walker.text
    assert "The session goes back to your package at once. Nobody asks" in walker.text
    walker.post(f"{path}/unsafe")
    assert sums(world) == [(2, 0, 0, 0)]
    walker.hold(walker.morning()[4])
    walker.follow()
    walker.post("/book/session")
    path = walker.place_path
    with world.app.app_context(), db.transaction() as session:
        row = session.get_one(Appointment, walker.place().appointment_id)
        row.starts_at, row.ends_at = soon, soon + timedelta(hours=1)
    walker.fill(f"{path}/cancel", {})
    assert sums(world) == [(1, 1, 0, 0)]


def test_moving_keeps_the_session(world):
    walker = with_session(world)
    walker.post("/book/session")
    path, other = walker.place_path, walker.morning()[4]
    walker.get(f"{path}/move")
    walker.post(f"{path}/move", {"slot": str(other)})
    assert walker.page.status_code == 303, walker.text
    assert sums(world) == [(0, 1, 0, 0)]


def test_paused_it_is_not_offered(world):
    client_id = a_client(world)
    given(world, client_id)
    walker = signed_in(world)
    walker.get("/me/packages")
    walker.post(f"/me/packages/{one_package(world).id}/pause")
    walker.hold()
    assert walker.page.headers["Location"].endswith("/book/details")
    walker.get("/me/packages")
    walker.post(f"/me/packages/{one_package(world).id}/go-on")
    walker.hold(walker.morning()[4])
    assert walker.page.headers["Location"].endswith("/book/session")

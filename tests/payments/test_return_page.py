"""`/paid/<token>`: it trusts nothing, asks Stripe now and then, and keeps the time until somebody lets it go."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from coachapp.booking.models import Appointment
from coachapp.payments.models import Attempt
from tests.road import MINUTE, at_utc
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

BOOKED = (["confirmed"], ["paid"], [95_00], [])
OPEN = (["held"], ["open"], [], [])
LET_GO = (["released"], ["expired"], [], [])
SESSIONS = "/v1/checkout/sessions"


@pytest.fixture
def waiting(walker):
    """Someone on the payment page, whose webhooks do not come."""
    walker.world.stripe.lever(webhook_off=True)
    walker.to_payment()
    return walker


def asked_again(world):
    """Ten seconds later, as far as the attempt knows."""
    world.change(Attempt, asked_at=None)


def test_without_any_webhook_the_page_confirms(waiting):
    waiting.pay()
    waiting.come_back()
    assert "Paid Done. Your time is booked" in waiting.text
    assert waiting.world.ledger() == BOOKED
    assert waiting.place_path.startswith("/b/")


def test_the_address_alone_proves_nothing(waiting):
    waiting.come_back()
    assert "Not paid yet" in waiting.text
    waiting.get(waiting.return_path + "?paid=1&session_id=cs_1&redirect_status=succeeded")
    assert "Not paid yet" in waiting.text
    assert waiting.world.ledger() == OPEN


def test_stripe_is_asked_at_most_once_in_ten_seconds(waiting):
    for _ in range(4):
        waiting.come_back()
    assert len(waiting.world.asked("GET", SESSIONS)) == 1
    asked_again(waiting.world)
    waiting.come_back()
    assert len(waiting.world.asked("GET", SESSIONS)) == 2


def test_it_works_in_another_browser_and_names_nobody(waiting):
    stranger = waiting.world.walker()
    stranger.get(waiting.return_path)
    assert stranger.page.status_code == 200
    page = stranger.page.get_data(as_text=True)
    assert waiting.person.name not in page and waiting.person.email not in page
    assert "Power hour" not in page
    assert stranger.page.headers["Referrer-Policy"] == "no-referrer"
    assert stranger.page.headers["Cache-Control"] == "no-store"


def test_an_unknown_token(walker):
    for path in ("/paid/x", "/paid/" + "a" * 24, "/paid/%00"):
        assert walker.get(path).status_code == 404


def test_going_back_keeps_the_time_and_the_words(waiting):
    world = waiting.world
    assert world.stripe.go_back(waiting.session_id).endswith(waiting.return_path)
    waiting.come_back()
    kept_until = at_utc(world.stripe.sessions[waiting.session_id]["expires_at"] // 60) + 5 * MINUTE
    there = kept_until.astimezone(ZoneInfo(waiting.person.zone))
    assert f"kept until {there:%H:%M}, New York time" in waiting.text
    assert waiting.place().hold_until.replace(second=0) == kept_until
    waiting.get("/book/details")
    assert f'value="{waiting.person.name}"' in waiting.page.get_data(as_text=True)
    assert world.ledger() == OPEN


def test_carrying_on_uses_the_session_that_is_open(waiting):
    waiting.come_back()
    token = waiting.token
    waiting.post(f"{waiting.return_path}/go")
    assert waiting.page.status_code == 303
    assert waiting.page.headers["Location"].endswith(waiting.session_id)
    waiting.press_pay()
    assert waiting.page.headers["Location"].endswith(waiting.session_id)
    assert list(waiting.world.stripe.sessions) == [waiting.session_id]
    waiting.pay()
    asked_again(waiting.world)
    waiting.come_back()
    waiting.post(f"{waiting.return_path}/go", {"csrf_token": token})
    assert waiting.page.headers["Location"] == waiting.return_path


def test_letting_go_ends_it_at_stripe_first(waiting):
    waiting.come_back()
    start = int(waiting.place().starts_at.timestamp()) // 60
    waiting.post(f"{waiting.return_path}/let-go")
    assert waiting.page.status_code == 303
    waiting.follow()
    assert "Nothing was charged" in waiting.text
    assert waiting.world.stripe.sessions[waiting.session_id]["status"] == "expired"
    assert waiting.world.ledger() == LET_GO
    assert waiting.world.walker().hold(start) == start
    assert waiting.world.ledger()[0] == ["held", "released"]


def test_letting_go_from_the_booking_page_too(waiting):
    waiting.fill("/book/details", {})
    waiting.post("/book/let-go")
    waiting.follow()
    assert "The time is free again" in waiting.text
    assert waiting.world.stripe.sessions[waiting.session_id]["status"] == "expired"
    assert waiting.world.ledger() == LET_GO


@pytest.mark.parametrize("button", ["return page", "booking page"])
def test_while_stripe_is_away_nothing_is_let_go(waiting, button):
    world = waiting.world
    waiting.come_back()
    path = f"{waiting.return_path}/let-go" if button == "return page" else "/book/let-go"
    world.stripe.lever(fail_next={"times": 1, "should_retry": False})
    waiting.post(path)
    assert waiting.page.status_code == 503
    assert "Your time and your words are kept" in waiting.text
    assert world.ledger() == OPEN
    waiting.come_back()
    waiting.post(path)
    assert world.ledger() == LET_GO


def test_letting_go_of_what_was_just_paid_confirms_it(waiting):
    waiting.come_back()
    waiting.pay()
    waiting.post(f"{waiting.return_path}/let-go")
    waiting.follow()
    assert "Done. Your time is booked" in waiting.text
    assert waiting.world.ledger() == BOOKED


def test_stripe_away_on_the_way_back(waiting):
    waiting.world.stripe.lever(fail_next={"times": 1, "should_retry": False})
    waiting.come_back()
    assert waiting.page.status_code == 200
    assert "We cannot reach Stripe just now" in waiting.text


def test_a_link_that_ended_frees_the_time_after_five_minutes(waiting):
    world = waiting.world
    world.stripe.lever(clock_offset=36 * 60)
    asked_again(world)
    waiting.come_back()
    assert "Nothing was charged" in waiting.text
    assert world.ledger() == (["held"], ["expired"], [], [])
    world.tick(39 * MINUTE)
    assert world.ledger()[0] == ["held"]
    world.tick(40 * MINUTE + timedelta(seconds=1))
    assert world.ledger()[0] == ["released"]


def test_while_stripe_cannot_be_asked_the_time_is_kept(waiting):
    world = waiting.world
    world.stripe.lever(fail_next={"times": 99, "should_retry": False})
    assert world.tick(50 * MINUTE) == ("ask for news that never came", "ask about open payments")
    assert world.ledger() == OPEN
    world.stripe.lever(fail_next=None, clock_offset=50 * 60)
    world.tick(51 * MINUTE)
    assert world.ledger() == LET_GO


def test_nobody_comes_back_and_no_webhook_comes(waiting):
    """Tick asks by itself."""
    waiting.pay()
    assert waiting.world.ledger() == OPEN
    waiting.world.tick(2 * MINUTE)
    assert waiting.world.ledger() == BOOKED
    assert waiting.world.rows(Appointment.hold_until) == [(None,)]

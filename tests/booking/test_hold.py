"""A time is held for exactly as long as the pages say, by one person, and never after that."""

import time
from datetime import timedelta
from threading import Event, Thread

import pytest

from coachapp import clock
from coachapp.booking import queries
from coachapp.booking.holding import expire_holds, hold_time, let_go, still_held
from coachapp.booking.models import Appointment, Place
from coachapp.booking.operations import go_to_pay
from coachapp.booking.rules import AppointmentState, HoldEnded, TimeTaken, on_paid
from coachapp.db import transaction
from coachapp.payments.models import Attempt
from coachapp.practice.queries import offering
from tests.cast import CHARLIE
from tests.road import MINUTE, Walker

SECOND = timedelta(seconds=1)


def test_forty_minutes_to_the_second(walker, world):
    walker.hold()
    place = walker.place()
    kept_until = place.changed_at + 40 * MINUTE
    assert place.hold_until == kept_until
    with world.app.app_context():
        assert still_held(place, kept_until - SECOND)
        assert not still_held(place, kept_until)
        assert expire_holds(now=kept_until) == 0
        assert expire_holds(now=kept_until + SECOND) == 1
    assert world.ledger()[0] == ["released"]


def test_the_hold_outlasts_the_link_by_five_minutes(walker, world):
    walker.go_to_code()
    place = walker.place()
    later = (place.changed_at + 39 * MINUTE).replace(microsecond=0)
    with world.app.app_context():
        attempt = go_to_pay(place, "http://127.0.0.1/paid/", now=later)
        assert attempt.expires_at == later + 35 * MINUTE
        assert queries.place(place.id).hold_until == later + 40 * MINUTE
        again = go_to_pay(place, "http://127.0.0.1/paid/", now=later + 20 * MINUTE)
        assert again.id == attempt.id
        assert queries.place(place.id).hold_until == later + 40 * MINUTE


def test_too_late_to_go_and_pay(walker, world):
    walker.go_to_code()
    place = walker.place()
    with world.app.app_context(), pytest.raises(HoldEnded):
        go_to_pay(place, "http://127.0.0.1/paid/", now=place.hold_until)
    assert world.rows(Attempt.id) == []


def test_a_time_that_is_taken(walker, world):
    start = walker.hold()
    other = world.walker(CHARLIE)
    for near in (start, start + 30, start + 60, start + 70):
        other.hold(near)
        assert other.page.status_code == 409, near - start
        assert "That time has been taken" in other.text
    other.hold(start + 90)
    assert other.page.status_code == 303
    assert world.ledger()[0] == ["held", "held"]


def test_a_stale_hold_is_cleared_by_the_next_person_without_any_tick(walker, world):
    start = walker.hold()
    world.change(Appointment, hold_until=clock.now() - SECOND)
    other = world.walker(CHARLIE)
    other.hold(start)
    assert other.page.status_code == 303
    assert world.ledger()[0] == ["held", "released"]


def test_a_stale_hold_that_can_still_be_paid_is_not_cleared(walker, world):
    world.stripe.lever(webhook_off=True)
    walker.to_payment()
    start = int(walker.place().starts_at.timestamp()) // 60
    world.change(Appointment, hold_until=clock.now() - SECOND)
    other = world.walker(CHARLIE)
    other.hold(start)
    assert other.page.status_code == 409
    with world.app.app_context():
        assert expire_holds(now=clock.now() + timedelta(days=1)) == 0
    walker.pay()
    walker.come_back()
    assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])


def test_choosing_again_lets_the_first_time_go_and_brings_the_words_along(walker, world):
    first = walker.hold()
    walker.tell(name="Al", email="al@example.com", inbox="shared", hope="to sleep well")
    second = walker.hold(first + 30)
    assert walker.page.status_code == 303
    assert world.ledger()[0] == ["held", "released"]
    page = walker.get("/book/details").get_data(as_text=True)
    for words in ("Al", "al@example.com", "to sleep well"):
        assert words in page
    assert walker.place().starts_at.timestamp() == second * 60
    assert len({client for (client,) in world.rows(Place.client_id) if client}) == 1
    walker.get("/book/code")
    assert walker.page.status_code == 303, "the four words are made anew, for the new time"


def test_a_time_that_was_taken_meanwhile_leaves_the_held_one_alone(walker, world):
    held = walker.hold()
    other = world.walker(CHARLIE)
    other.hold(held + 120)
    walker.hold(held + 120)
    assert walker.page.status_code == 409
    assert walker.get("/book/details").status_code == 200
    assert world.ledger()[0] == ["held", "held"]


def test_a_time_that_is_being_paid_is_not_let_go_by_choosing_another(walker, world):
    walker.to_payment()
    walker.hold(walker.free()[-1])
    assert world.ledger()[0] == ["held", "held"]
    walker.pay()
    assert world.ledger()[0] == ["confirmed", "held"]


def test_letting_go_while_a_payment_begins(walker, world):
    """Two tabs, one press each: the time stays with the payment that has begun."""
    walker.go_to_code()
    place, begun = walker.place(), Event()

    def pay():
        with world.app.app_context(), transaction():
            go_to_pay(place, "http://127.0.0.1/paid/", now=clock.now())
            begun.set()
            time.sleep(0.5)  # long enough for the other to come to the row and wait

    def leave():
        begun.wait(10)
        with world.app.app_context():
            let_go(place, now=clock.now())

    at_once = [Thread(target=pay), Thread(target=leave)]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    assert world.ledger()[:2] == (["held"], ["created"])


@pytest.mark.parametrize("minutes", [-60, 7, 23 * 60, 61 * 24 * 60])
def test_only_what_is_on_offer(walker, world, minutes):
    """In the past, between two starts, within the notice, beyond the horizon."""
    start = int(clock.now().timestamp()) // 60 + minutes
    walker.hold(start if minutes != 7 else walker.free()[0] + 7)
    assert walker.page.status_code == 409
    assert world.ledger()[0] == []


def test_the_operation_itself_refuses(walker, world):
    start = walker.morning()[1]
    with world.app.app_context():
        hold_time(offering("power-hour"), start, "UTC", None, now=clock.now())
        with pytest.raises(TimeTaken):
            hold_time(offering("first-conversation"), start + 30, "UTC", None, now=clock.now())


def test_the_cookie_of_the_road_is_ours_alone(walker):
    walker.hold()
    (cookie,) = (each for each in walker.page.headers.getlist("Set-Cookie") if each.startswith("r="))
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Max-Age=10800" in cookie


def test_every_state_has_its_meaning():
    assert {state: on_paid(state).value for state in AppointmentState} == {
        "requested": "refund",
        "held": "confirm",
        "confirmed": "keep",
        "blocked": "refund",
        "released": "take again",
        "cancelled": "refund",
    }


def test_after_the_hold_has_ended_every_page_of_the_road_is_calm(walker, world):
    walker.go_to_code()
    token = walker.get("/book/code") and walker.token
    world.change(Appointment, hold_until=clock.now() - SECOND)
    for path in ("/book/details", "/book/code"):
        assert walker.get(path).status_code == 409
        assert "This time is no longer kept" in walker.text
    for path in ("/book/details", "/book/details/save", "/book/code"):
        walker.post(path, {"csrf_token": token, "name": "Al", "agree": "y"})
        assert walker.page.status_code == 409, path
    assert world.rows(Attempt.id) == []


def test_without_a_cookie_the_road_has_no_pages(world):
    stranger = Walker(world)
    for path in ("/book/details", "/book/code"):
        assert stranger.get(path).status_code == 409
    assert stranger.get("/book/done").headers["Location"] == "/b"

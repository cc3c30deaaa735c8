"""Stripe in trouble while a payment page is to be opened: the hold stays, and a retry finds the same session."""

import threading
from datetime import timedelta

import pytest
import time_machine

from coachapp import clock
from coachapp.payments.models import Attempt, Payment, Refund
from tests.cast import NORA
from tests.road import MINUTE
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

ONE_TRY = {"times": 1, "should_retry": False, "method": "POST"}
CALM = "Your time and your words are kept; try again in a few minutes."


@pytest.mark.parametrize(
    ("trouble", "tries"),
    [
        ({"fail_next": {**ONE_TRY}}, 2),
        ({"fail_next": {"status": 429}}, 2),
        ({"fail_next": {"times": 2}}, 1),
        ({"drop_connection": {"times": 2, "stage": "before"}}, 1),
        ({"drop_connection": {"times": 1, "stage": "after"}}, 1),
    ],
)
def test_one_session_in_the_end(walker, trouble, tries):
    world = walker.world
    walker.go_to_code()
    world.stripe.lever(**trouble)
    walker.press_pay()
    if tries == 2:
        assert walker.page.status_code == 503
        assert CALM in walker.text
        assert world.ledger() == (["held"], ["created"], [], [])
        walker.press_pay()
    assert walker.page.status_code == 303
    assert len(world.stripe.sessions) == 1
    assert len({got.headers["idempotency-key"] for got in world.asked("POST", "/v1")}) == 1
    walker.session_id = next(iter(world.stripe.sessions))
    walker.pay()
    assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])


def test_a_line_that_stays_dead(walker):
    world = walker.world
    walker.go_to_code()
    world.stripe.lever(drop_connection={"times": 3, "stage": "after"})
    walker.press_pay()
    assert walker.page.status_code == 503
    walker.press_pay()
    assert walker.page.status_code == 303
    assert len(world.stripe.sessions) == 1


def test_no_transaction_is_held_while_stripe_thinks(walker):
    """Somebody else books meanwhile; on SQLite a held lock would keep her waiting."""
    world, other = walker.world, walker.world.walker()
    walker.go_to_code()
    world.stripe.lever(stall={"seconds": 1.5, "path": "/v1/checkout", "times": 1})
    going = threading.Thread(target=walker.press_pay)
    going.start()
    try:
        other.hold()
        assert other.page.status_code == 303
        assert going.is_alive()
    finally:
        going.join()
    assert walker.page.status_code == 303


def test_the_return_page_or_tick_repeats_a_create_call_that_never_answered(walker):
    world = walker.world
    walker.go_to_code()
    world.stripe.lever(drop_connection={"times": 3, "stage": "after"})
    walker.press_pay()
    assert world.ledger()[1] == ["created"]
    world.tick(2 * MINUTE)
    assert world.ledger()[1] == ["open"]
    assert len(world.stripe.sessions) == 1


def test_refused_for_good_is_a_calm_page_and_the_next_try_is_a_new_one(walker):
    world = walker.world
    walker.go_to_code()
    world.stripe.lever(fail_next={**ONE_TRY, "status": 400})
    walker.press_pay()
    assert walker.page.status_code == 503
    assert CALM in walker.text
    assert world.ledger() == (["held"], ["failed"], [], [])
    walker.press_pay()
    assert walker.page.status_code == 303
    assert world.ledger() == (["held"], ["failed", "open"], [], [])


def test_a_500_that_stripe_keeps_does_not_hold_the_time_for_ever(walker):
    world = walker.world
    walker.go_to_code()
    world.stripe.lever(fail_next={**ONE_TRY, "stage": "kept"})
    walker.press_pay()
    for _ in range(2):
        walker.press_pay()
        assert walker.page.status_code == 503, "Stripe repeats its first answer"
    world.tick(36 * MINUTE)
    assert world.ledger() == (["held"], ["failed"], [], [])
    world.tick(41 * MINUTE)
    assert world.ledger() == (["released"], ["failed"], [], [])


def test_a_second_click_opens_no_second_session(walker):
    world = walker.world
    walker.go_to_code()
    both = [walker, world.walker()]
    both[1].client.set_cookie("r", walker.client.get_cookie("r").value)
    threads = [threading.Thread(target=each.press_pay) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {each.page.status_code for each in both} == {303}
    assert len({each.page.headers["Location"] for each in both}) == 1
    assert len(world.stripe.sessions) == 1
    assert len(world.rows(Attempt.id)) == 1


def test_declined_and_tried_again(walker):
    world = walker.world
    walker.to_payment()
    world.stripe.decline(walker.session_id)
    assert world.ledger() == (["held"], ["open"], [], [])
    walker.pay()
    assert world.ledger() == (["confirmed"], ["paid"], [95_00], [])


def test_a_dispute_is_told_to_the_coach_once(world):
    world.paid()
    [intent] = [payment for (payment,) in world.rows(Payment.intent_id)]
    [charge] = [
        made
        for made in world.stripe.state()["objects"].values()
        if made.get("payment_intent") == intent and made["object"] == "charge"
    ]
    world.stripe.dispute(charge["id"])
    assert world.stripe.wait_idle()
    world.tick()
    world.tick()
    told = [mail for mail in world.mails_to(NORA.email) if "disputed" in mail.text]
    assert len(told) == 1 and "Alex" not in told[0].text


def test_a_refund_that_stays_pending_is_asked_about(world):
    walker = world.paid()
    walker.fill(f"{walker.place_path}/cancel", {})
    assert world.stripe.wait_idle()
    world.change(Refund, state="pending")
    world.tick()
    assert world.ledger()[3] == ["pending"], "not within the hour"
    world.tick(timedelta(hours=1))
    assert world.ledger()[3] == ["succeeded"]


def test_an_attempt_past_its_end_is_settled_before_a_new_one_begins(world, walker):
    first = walker.to_payment()
    with time_machine.travel(clock.now() + 36 * MINUTE):
        walker.press_pay()
        assert walker.page.status_code == 303
        second = walker.page.headers["Location"].rpartition("/")[2]
    assert second != first
    assert sorted(session["status"] for session in world.stripe.sessions.values()) == ["expired", "open"]

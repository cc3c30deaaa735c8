"""News that Stripe never delivered is learnt all the same, once, whoever asks and whatever breaks off in between."""

import dataclasses
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
import requests

from coachapp import clock, db
from coachapp.doctor.checks import check_news
from coachapp.payments.dispute_models import Dispute, DisputeDecided
from coachapp.payments.models import Attempt, Payment, Refund, StripeEvent
from coachapp.payments.news import ask_for_news
from coachapp.payments.news_models import NewsMarker
from coachapp.payments.rules import GatewayAway
from coachapp.payments.runtime import gateway, payables
from tests.payments.test_what_stripe_sees import NEXT_PAGE, is_allowed
from tests.road import MINUTE, both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

MOVING = ("audit_entry", "news_marker", "outbox_message", "stripe_event")
STEP, DAY = "ask for news that never came", timedelta(days=1)


def at_stripe(world, kind):
    return [each for each in world.stripe.state()["objects"].values() if each["object"] == kind]


def in_the_dashboard(world, amount):
    form = {"payment_intent": at_stripe(world, "payment_intent")[0]["id"], "amount": amount}
    key = {"Authorization": "Bearer sk_test_dashboard", "User-Agent": "dashboard"}
    requests.post(f"{world.stripe.api_base}/v1/refunds", form, headers=key, timeout=5)
    assert world.stripe.wait_idle()


def marker(world):
    found = world.rows(NewsMarker.asked_at, NewsMarker.gap_from, NewsMarker.gap_until)
    return found[0] if found else None


def ask(world, later=timedelta()):
    with world.app.app_context():
        ask_for_news(gateway(), payables(), now=clock.now() + later)


@contextmanager
def cut_at_the_second_page(world):
    """Once the first page has come, the line is dead."""
    stop = Event()

    def cut():
        while not stop.wait(0.001) and not [got for got in world.asked("GET", "/v1/events") if got.status]:
            pass
        world.stripe.lever(drop_connection={"path": "/v1/events", "times": 9, "stage": "before"})

    world.stripe.lever(stall={"path": "/v1/events", "seconds": 0.3, "times": 2})
    cutting = Thread(target=cut)
    cutting.start()
    yield
    stop.set()
    cutting.join()
    world.stripe.lever(drop_connection=None, stall=None)


def doctor(world, later=timedelta()):
    """(level, what it says) about news."""
    with world.app.app_context():
        found = check_news(world.app.config["COACHAPP"], clock.now() + later)
        return [(each.level.value, each.says) for each in found]


@pytest.fixture
def paid(world):
    """Alex has paid €95, and from then on no webhook comes."""
    world.paid()
    world.stripe.lever(webhook_off=True)
    return world


def test_what_was_never_delivered_is_learnt_once(paid):
    world = paid
    in_the_dashboard(world, 40_00)
    charge = at_stripe(world, "charge")[0]["id"]
    lost = world.stripe.dispute(charge)
    world.stripe.close_dispute(lost, "lost")
    assert world.rows(Refund.id) == world.rows(Dispute.id) == []
    assert world.tick() == ()
    assert world.rows(Refund.amount_minor, Refund.state) == [(40_00, "succeeded")]
    assert world.rows(DisputeDecided.dispute_id, DisputeDecided.verdict) == [(lost, "lost")]
    before = world.everything(*MOVING)
    world.stripe.fail_refund(at_stripe(world, "refund")[0]["id"])
    assert world.tick(14 * MINUTE) == () and world.rows(Refund.state) == [("succeeded",)], "not asked yet"
    assert len(world.asked("GET", "/v1/events")) == 1
    assert world.tick(15 * MINUTE) == () and world.rows(Refund.state) == [("failed",)]
    after = world.everything(*MOVING)
    world.stripe.lever(webhook_off=False)
    for event in world.stripe.events:
        world.stripe.resend(event["id"])
    assert world.stripe.wait_idle() and world.tick(40 * MINUTE) == ()
    assert world.everything(*MOVING) == after != before, "late, and known"
    assert set(world.events()) == {"done"}
    for got in world.asked("GET", "/v1/events"):
        is_allowed(got)


def test_a_payment_that_nobody_told_and_news_about_it_that_come_first(world, walker):
    """A bank disputes what we have not heard was paid: it is kept until we have."""
    world.stripe.lever(webhook_off=True)
    walker.to_payment()
    walker.pay()
    world.stripe.dispute(at_stripe(world, "charge")[0]["id"])
    with world.app.app_context():
        session = [each["id"] for each in world.stripe.events if each["type"].startswith("checkout")]
        with db.transaction() as here:  # what tells of the payment is not looked at yet
            row = {"type": "x", "object_id": "x", "state": "done", "received_at": clock.now()}
            here.add(StripeEvent(id=session[0], not_before=clock.now(), **row))
    world.tick()
    assert world.rows(Dispute.id) == world.rows(Payment.id) == []
    assert world.tick(2 * MINUTE) == () and len(world.rows(Payment.id)) == 1, "its open page was asked about"
    world.tick(5 * MINUTE)
    assert [minor for (minor,) in world.rows(Dispute.amount_minor)] == [95_00]


def test_away_nothing_moves_and_the_next_tick_asks_again(paid):
    world = paid
    world.tick()
    before = marker(world)
    in_the_dashboard(world, 40_00)
    world.stripe.lever(fail_next={"path": "/v1/events", "times": 1, "should_retry": False})
    assert world.tick(20 * MINUTE) == (STEP,)
    assert marker(world) == before and world.rows(Refund.id) == []
    assert world.tick(21 * MINUTE) == () and len(world.rows(Refund.id)) == 1
    assert marker(world) > before


def test_many_pages_are_read_to_the_end_or_none_counts(paid):
    """Cut off at the second page, nothing has moved on; asked again, not one of 205 is missing, oldest first."""
    world = paid
    charge = at_stripe(world, "charge")[0]["id"]
    for _ in range(205):
        world.stripe.dispute(charge)
    with cut_at_the_second_page(world), pytest.raises(GatewayAway):
        ask(world)
    assert marker(world) is None and len(world.rows(StripeEvent.id)) == 1
    assert [got.status for got in world.asked("GET", "/v1/events")][:2] == [200, None]
    ask(world)
    known = [row[0] for row in world.rows(StripeEvent.id)]
    assert sorted(known) == sorted(each["id"] for each in world.stripe.events) and len(known) == 206
    pages = [got for got in world.asked("GET", "/v1/events") if got.status == 200][1:]
    assert [is_allowed(got, {("GET", "/v1/events"): [NEXT_PAGE]})[1] for got in pages[1:]] == [
        tuple(sorted(NEXT_PAGE))
    ] * 2


@both_databases
def test_two_ticks_at_once(paid):
    world = paid
    in_the_dashboard(world, 40_00)
    world.stripe.dispute(at_stripe(world, "charge")[0]["id"])
    failed = []
    ticks = [Thread(target=lambda: failed.append(world.tick())) for _ in range(3)]
    for each in ticks:
        each.start()
    for each in ticks:
        each.join()
    assert failed == [()] * 3
    assert world.tick(2 * MINUTE) == ()
    assert len(world.rows(Refund.id)) == len(world.rows(Dispute.id)) == len(world.rows(NewsMarker.id)) == 1
    assert set(world.events()) == {"done"}


def test_nobody_is_asked_without_a_key_or_before_anyone_was_sent_there(world):
    world.tick()
    assert marker(world) is None and world.stripe.requests == () and doctor(world) == []
    world.paid()
    assert doctor(world) == [] and "was never asked for news" in doctor(world, timedelta(hours=7))[0][1]
    world.app.config["COACHAPP"] = dataclasses.replace(world.app.config["COACHAPP"], stripe_api_key=None)
    world.tick()
    assert marker(world) is None and world.asked("GET", "/v1/events") == []


def test_the_first_time_reaches_back_to_the_first_of_ours_or_thirty_days(paid):
    world = paid
    for before, hours in ((timedelta(days=3), 3 * 24 + 1), (400 * DAY, 30 * 24)):
        world.change(Attempt, created_at=clock.now() - before)
        with world.app.app_context(), db.transaction() as here:
            here.query(NewsMarker).delete()
        ask(world)
        asked = int(world.asked("GET", "/v1/events")[-1].params["created"]["gte"])
        assert abs(clock.now().timestamp() - asked - hours * 3600) < 60
        assert marker(world)[1] is None, "what was before us is no gap"


def test_after_more_than_thirty_days_of_silence_it_is_said_and_open_disputes_are_asked_about(paid):
    world = paid
    world.stripe.lever(webhook_off=False)
    open_one = world.stripe.dispute(at_stripe(world, "charge")[0]["id"])
    assert world.stripe.wait_idle() and world.tick() == ()
    assert [level for level, _says in doctor(world)] == ["good"]
    assert [level for level, _says in doctor(world, 7 * timedelta(hours=1))] == ["warning"]
    world.stripe.lever(webhook_off=True)
    in_the_dashboard(world, 40_00)  # refused: it is disputed
    world.stripe.close_dispute(open_one, "lost")
    with world.app.app_context(), db.transaction() as here:  # one that Stripe does not know any more
        known = here.get_one(Dispute, open_one)
        money = {"amount_minor": 1, "currency": "EUR", "opened_at": known.opened_at - DAY}
        here.add(Dispute(id="du_0", payment_id=known.payment_id, order_id=known.order_id, **money))
    ((level, says),) = doctor(world, 40 * DAY)
    assert level == "fault" and "older than thirty days is not to be had" in says
    world.stripe.lever(clock_offset=40 * 24 * 3600)
    assert STEP not in world.tick(40 * DAY)
    assert world.rows(DisputeDecided.verdict) == [("lost",)], "asked about by its name"
    last, gap_from, gap_until = marker(world)
    assert gap_until - gap_from > 9 * DAY and last > gap_until
    assert [level for level, _says in doctor(world, 40 * DAY)] == ["good", "warning"]
    assert "was not to be had any more" in doctor(world, 41 * DAY)[-1][1]
    assert "was not to be had" not in str(doctor(world, 140 * DAY))

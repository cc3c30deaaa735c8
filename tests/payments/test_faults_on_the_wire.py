"""Every call to Stripe, and everything that can go wrong on the wire while it is made.

However an answer is late, refused or lost: never two charges, never two refunds, and what was paid is seen by the next
tick at the latest. Real HTTP, the real library with its own retries.
"""

from datetime import timedelta

import pytest
import requests

from coachapp import clock, db
from coachapp.payments.models import Attempt, Fee, Payment, Refund
from coachapp.payments.news_models import NewsMarker
from tests.cast import CHARLIE, NORA
from tests.road import MINUTE
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

SESSIONS, REFUNDS, DISPUTES = "/v1/checkout/sessions", "/v1/refunds", "/v1/disputes"
EVENTS = "/v1/events"
HOUR = timedelta(hours=1)
# The library tries three times; where it is told not to try again, once is for good.
ONCE = {"times": 1, "should_retry": False}
FAULTS = {
    "delay": {"stall": {"seconds": 0.4}},
    "500": {"fail_next": {**ONCE}},
    "500, remembered": {"fail_next": {**ONCE, "stage": "kept"}},
    "500, though it was done": {"fail_next": {**ONCE, "stage": "after"}},
    "500, and the library tries again": {"fail_next": {"times": 1}},
    "409": {"fail_next": {**ONCE, "status": 409}},
    "429": {"fail_next": {**ONCE, "status": 429}},
    "dropped before": {"drop_connection": {"times": 3, "stage": "before"}},
    "dropped after": {"drop_connection": {"times": 3, "stage": "after"}},
    "dropped after, and the library tries again": {"drop_connection": {"times": 1, "stage": "after"}},
}
WELL = {"stall": None, "fail_next": None, "drop_connection": None, "webhook_off": False}
CALLS = {}


def call(method, path, everyday):
    """A call of ours: what comes before it, and (as what this returns) what makes it. One fault is for every day."""

    def keep(prepare):
        CALLS[prepare.__name__] = (method, path, everyday, prepare)
        return prepare

    return keep


@call("POST", SESSIONS, "500, though it was done")
def create_a_session(walker):
    walker.go_to_code()
    return walker.press_pay


@call("GET", SESSIONS, "429")
def fetch_a_session_when_the_webhook_knocks(walker):
    walker.to_payment()
    return walker.pay


@call("GET", SESSIONS, "500")
def fetch_a_session_when_she_comes_back(walker):
    walker.world.stripe.lever(webhook_off=True)
    walker.to_payment()
    walker.pay()
    return walker.come_back


@call("POST", SESSIONS, "409")
def end_a_session(walker):
    walker.to_payment()
    walker.get(walker.return_path)
    return lambda: walker.post(f"{walker.return_path}/let-go")


@call("POST", SESSIONS, "500")
def end_a_session_that_was_paid(walker):
    walker.world.stripe.lever(webhook_off=True)
    walker.to_payment()
    walker.get(walker.return_path)
    walker.pay()
    return lambda: walker.post(f"{walker.return_path}/let-go")


@call("POST", REFUNDS, "500, though it was done")
def refund(walker):
    walker.to_payment()
    walker.pay()
    walker.world.stripe.lever(webhook_off=True)
    return lambda: walker.fill(f"{walker.place_path}/cancel", {})


@call("GET", REFUNDS, "500")
def look_for_a_refund_after_a_day(walker):
    """Stripe forgets our key after a day: whether it did what we asked is looked up, not tried again."""
    world = walker.world
    refund(walker)
    world.stripe.lever(fail_next={**ONCE, "stage": "after", "path": REFUNDS, "method": "POST"})
    walker.fill(f"{walker.place_path}/cancel", {})
    assert world.ledger()[3] == ["asked"]
    with world.app.app_context(), db.transaction() as here:  # news of it was not to be had
        here.add(NewsMarker(id=1, asked_at=clock.now() + 26 * HOUR))
    world.stripe.lever(clock_offset=26 * 3600)
    return lambda: world.tick(26 * HOUR)


@call("GET", REFUNDS, "429")
def fetch_a_refund_of_the_dashboard(walker):
    world = walker.world
    walker.to_payment()
    walker.pay()
    ((intent,),) = world.rows(Payment.intent_id)

    def in_the_dashboard():
        form, key = {"payment_intent": intent, "amount": 40_00}, {"Authorization": "Bearer sk_test_dashboard"}
        requests.post(f"{world.stripe.api_base}{REFUNDS}", form, headers=key, timeout=5)
        assert world.stripe.wait_idle()

    return in_the_dashboard


@call("GET", DISPUTES, "500")
def fetch_a_dispute(walker):
    world = walker.world
    walker.to_payment()
    walker.pay()

    def dispute():
        world.stripe.dispute(at_stripe(world, "charge")[0]["id"])
        assert world.stripe.wait_idle()

    return dispute


@call("GET", EVENTS, "dropped after")
def ask_for_news(walker):
    """Nobody was ever told of what was paid, and of what went back."""
    world = walker.world
    world.stripe.lever(webhook_off=True)
    walker.to_payment()
    walker.pay()
    ((intent,),) = [(each["payment_intent"],) for each in at_stripe(world, "charge")]
    form, key = {"payment_intent": intent, "amount": 40_00}, {"Authorization": "Bearer sk_test_dashboard"}
    requests.post(f"{world.stripe.api_base}{REFUNDS}", form, headers=key, timeout=5)
    return world.tick


@call("GET", SESSIONS, "429")
def ask_for_the_fee(walker):
    walker.to_payment()
    walker.pay()
    return lambda: walker.world.tick(11 * MINUTE)


def cases():
    for name, (_method, _path, everyday, _prepare) in CALLS.items():
        for fault in FAULTS:
            marks = () if fault == everyday else pytest.mark.proof
            yield pytest.param(name, fault, marks=marks, id=f"{name}: {fault}")


@pytest.mark.parametrize(("name", "fault"), list(cases()))
def test_never_twice_and_never_unseen(walker, name, fault):
    world, (method, path, _everyday, prepare) = walker.world, CALLS[name]
    act = prepare(walker)
    before = len(world.asked(method, path))
    ((lever, trouble),) = FAULTS[fault].items()
    world.stripe.lever(**{lever: {**trouble, "method": method, "path": path}})
    act()
    assert walker.page.status_code in (200, 303, 503), "calm, whatever it was"
    assert len(world.asked(method, path)) > before, "the call was made"
    world.stripe.lever(**WELL)
    day = 26 * HOUR if "after_a_day" in name else timedelta()
    failed = world.tick(day + 6 * MINUTE)
    assert failed == () or (name == "create_a_session" and "500" in fault), "Stripe repeats that answer"
    all_seen(world)
    {"create_a_session": pay_after_all, "end_a_session": let_go_after_all}.get(name, lambda w: None)(walker)
    for hours in (8, 27, 54, 81):  # by then Stripe has forgotten its keys, too
        world.stripe.lever(clock_offset=hours * 3600)
        assert world.tick(hours * HOUR) == ()
    all_seen(world)
    as_it_ought_to_be(world, name)


def test_a_page_that_stripe_will_not_open_holds_up_nobody_who_has_paid(walker):
    """One try to pay is refused for good; the next one, by somebody else, was paid, and nobody knocked."""
    world, other = walker.world, walker.world.walker(CHARLIE)
    walker.go_to_code()
    world.stripe.lever(fail_next={**ONCE, "stage": "kept"}, webhook_off=True)
    walker.press_pay()
    assert walker.page.status_code == 503
    other.to_payment(other.morning()[-1])
    other.pay()
    assert world.tick(6 * MINUTE) == ("ask about open payments",)
    assert world.ledger() == (["confirmed", "held"], ["created", "paid"], [95_00], [])


def pay_after_all(walker):
    """She presses again; where Stripe repeats its first answer to that, her time is free in the end, unpaid."""
    walker.press_pay()
    if walker.page.status_code == 303:
        walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
        walker.pay()
        assert walker.world.ledger() == (["confirmed"], ["paid"], [95_00], [])


def let_go_after_all(walker):
    """Where she was told that it could not be done she presses again, on the page she finds."""
    if walker.page.status_code == 503:
        walker.world.change(Attempt, asked_at=None)
        walker.get(walker.return_path)
        is_open = "Not paid yet" in walker.text
        walker.get(walker.return_path if is_open else "/book/details")
        walker.post(f"{walker.return_path}/let-go" if is_open else "/book/let-go")
    assert walker.world.ledger() == (["released"], ["expired"], [], [])


def at_stripe(world, kind):
    return [each for each in world.stripe.state()["objects"].values() if each["object"] == kind]


def all_seen(world):
    """What Stripe charged is what we hold, once; what it sent back was asked for once."""
    charged = [each["payment_intent"] for each in at_stripe(world, "charge")]
    assert len(charged) <= 1, "never two charges"
    assert [intent for (intent,) in world.rows(Payment.intent_id)] == charged, "never a paid order unseen"
    ours = [each["metadata"]["refund"] for each in at_stripe(world, "refund") if each["metadata"]]
    assert len(ours) == len(set(ours)), "never two refunds"


def as_it_ought_to_be(world, name):
    """In the end each call has come to what it was made for."""
    appointments, attempts, came, back = world.ledger()
    sent_back = sorted(each["amount"] for each in at_stripe(world, "refund"))
    assert sorted(minor for (minor,) in world.rows(Refund.amount_minor)) == sent_back
    assert set(back) <= {"succeeded"} and not {"created", "open"} & set(attempts)
    if name in ("refund", "look_for_a_refund_after_a_day"):
        assert (appointments, came, sent_back) == (["cancelled"], [95_00], [95_00])
    elif name in ("fetch_a_refund_of_the_dashboard", "ask_for_news"):
        assert (came, sent_back) == ([95_00], [40_00])
    elif name == "fetch_a_dispute":
        told = [mail for mail in world.mails_to(NORA.email) if "disputed" in mail.text]
        assert len(told) == 1
    elif name in ("create_a_session", "end_a_session"):
        assert appointments == (["confirmed"] if came else []), "what nobody paid is forgotten"
    else:
        assert (appointments, came, sent_back) == (["confirmed"], [95_00], [])
    assert [minor is not None for (minor,) in world.rows(Fee.fee_minor)] == [True] * len(came)

"""Stripe is away for an hour: times are shown, bookings are kept or go another way, and afterwards all is settled.

No call to Stripe is answered and no webhook comes, neither then nor later. People go on as they do.
"""

from datetime import timedelta

import pytest
import time_machine

from coachapp import clock
from coachapp.booking.models import Appointment
from coachapp.payments.models import Attempt, Payment, Refund
from coachapp.tick import STEPS
from tests.booking.by_hand import allow, by_transfer, mark
from tests.booking.sold import a_client, coach_at_desk, given, sell, signed_in, sums
from tests.cast import ALEX, CHARLIE
from tests.road import MINUTE
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture
from tests.road import world as bare_world  # noqa: F401  # a fixture

AWAY = {"fail_next": {"times": 10**6, "status": 503, "should_retry": False}, "webhook_off": True}
CALM = "Your time and your words are kept; try again in a few minutes."
ASK_STRIPE = {
    "ask for news that never came",
    "ask about open payments",
    "note fees",
    "ask about pending refunds",
}


@pytest.fixture
def house(bare_world):  # noqa: F811
    """A practice that takes transfers and sells packages; Alex has a session of one."""
    world = bare_world
    allow(world)
    sell(world)
    given(world, a_client(world), 1)
    return world


def state_of(world, walker_place):
    ((state,),) = [
        row[1:]
        for row in world.rows(Appointment.id, Appointment.state)
        if row[0] == walker_place.appointment_id
    ]
    return state


def minutes(world, hour, count):
    """So many minutes go by, with a tick every five; only what asks Stripe may come to nothing."""
    for _ in range(count // 5):
        hour.shift(5 * MINUTE)
        failed = set(world.tick())
        assert failed <= ASK_STRIPE, failed
        assert failed <= {step.name for step in STEPS}


def test_the_hour_without_stripe(house):
    world = house
    with time_machine.travel(clock.now()) as hour:
        # Before: one is about to pay, one has paid and cancels later, one is on Stripe's page and will stay there.
        paying, cancelling, staying = (world.walker() for _ in range(3))
        cancelling.to_payment(cancelling.morning()[4])
        cancelling.pay()
        cancelled_path, cancelled = cancelling.place_path, cancelling.place()
        paying.to_payment(paying.morning()[0])
        paid_place = paying.place()
        staying.to_payment(staying.free()[-1])
        stays = staying.place()

        world.stripe.lever(**AWAY)
        paying.pay()  # she presses Pay there, and we are not told
        paying.come_back()
        assert paying.page.status_code == 200 and "We cannot reach Stripe just now" in paying.text
        minutes(world, hour, 10)

        # Times are shown all the while, and what needs no card is booked as ever.
        new = world.walker(CHARLIE)
        assert new.free() and new.get("/book/power-hour").status_code == 200
        free = world.walker()
        free.go_to_code(free.morning("first-conversation")[8], "first-conversation")
        free.press_pay()
        assert free.page.status_code == 303 and state_of(world, free.place()) == "confirmed"
        hers = signed_in(world)
        hers.hold(hers.morning()[9])
        hers.fill("/book/session", {})
        assert hers.page.status_code == 303 and sums(world) == [(0, 1, 0, 0)]

        # Who wants to pay is told calmly that her time is kept, however often she tries; or she goes another way.
        new.go_to_code(new.free()[-9])
        held = new.place()
        for _ in range(2):
            new.press_pay()
            assert new.page.status_code == 503 and CALM in new.text
            minutes(world, hour, 10)
            assert state_of(world, held) == "held"
        other = world.walker(CHARLIE)
        other.go_to_code(other.free()[-20])
        by_transfer(other)
        assert other.page.status_code == 303 and state_of(world, other.place()) == "held"
        transferred = other.place()

        # A cancellation stands, its money waits; nobody is freed of what Stripe may still be paid for.
        cancelling.fill(f"{cancelled_path}/cancel", {})
        assert cancelling.page.status_code == 303 and state_of(world, cancelled) == "cancelled"
        staying.get(staying.return_path)
        staying.post(f"{staying.return_path}/let-go")
        assert staying.page.status_code == 503
        minutes(world, hour, 30)
        assert world.rows(Refund.state) == [("asked",)] and state_of(world, paid_place) == "held"
        assert state_of(world, stays) == "held"
        assert new.free() and new.get("/book/power-hour").status_code == 200

        # The hour is over. Nobody knocks for what was missed: the next tick sees to it.
        world.stripe.lever(fail_next=None)
        hour.shift(6 * MINUTE)
        assert world.tick() == ()
        assert state_of(world, paid_place) == "confirmed"
        paying.come_back()
        assert "Your time is booked" in paying.text
        assert world.rows(Refund.state) == [("succeeded",)]

        # She whose link never opened begins anew; the transfer is marked; what nobody paid is free again.
        new.go_to_code(new.free()[-9])
        new.press_pay()
        assert new.page.status_code == 303, new.text
        new.session_id = new.page.headers["Location"].rpartition("/")[2]
        new.pay()
        new.come_back()
        assert state_of(world, new.place()) == "confirmed"
        mark(coach_at_desk(world), transferred.id)
        assert state_of(world, transferred) == "confirmed"
        hour.shift(timedelta(minutes=11))
        assert world.tick() == ()
        assert state_of(world, stays) == "released"
        all_settled(world)


def all_settled(world):
    """Stripe's books and ours say the same, nothing is open, and everybody was told once."""
    objects = world.stripe.state()["objects"].values()
    charged = sorted(each["payment_intent"] for each in objects if each["object"] == "charge")
    assert sorted(intent for (intent,) in world.rows(Payment.intent_id) if intent) == charged
    sent_back = [each["amount"] for each in objects if each["object"] == "refund"]
    assert sent_back == [minor for (minor,) in world.rows(Refund.amount_minor)] == [95_00]
    assert {state for (state,) in world.rows(Attempt.state)} <= {"paid", "expired", "failed"}
    assert {state for (state,) in world.rows(Appointment.state)} <= {"confirmed", "cancelled", "released"}
    assert world.outbox().count(("booked", "sent")) == 6
    assert ALEX.email in {mail.to[0] for mail in world.mail.mails()}

"""Money by hand in the ledger, on both databases: what may be written, what never, and two who press at once."""

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from coachapp import clock, db
from coachapp.booking.awaiting import pay_later
from coachapp.booking.models import Appointment
from coachapp.booking.pay_rules import PaysBy
from coachapp.money import Money
from coachapp.payments import by_hand
from coachapp.payments.models import Attempt, Order, Payment, PaymentUndone, Refund
from coachapp.payments.queries import order, received_between
from coachapp.payments.refunds import ask_refund
from coachapp.payments.rules import AlreadyPaid, Method, NotUndoable, OrderState, RefundState
from coachapp.payments.runtime import payables
from coachapp.web import limits
from tests.booking.by_hand import allow, money, payment_id, waits

BY = UUID(int=7)
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def awaited(world):
    """Someone's time that waits for a transfer."""
    allow(world)
    waits(world)
    return world


def order_id(world):
    ((found,),) = world.rows(Order.id)
    return found


def take(world, method=Method.TRANSFER):
    with world.app.app_context():
        return by_hand.take(order_id(world), method, payables(), by=BY, now=clock.now())


def undo(world, which):
    with world.app.app_context():
        by_hand.undo(which, by=BY, now=clock.now())


def state(world):
    with world.app.app_context():
        return order(order_id(world)).state


def insert(world, **facts):
    usual = {
        "id": uuid4(),
        "order_id": order_id(world),
        "amount_minor": 95_00,
        "currency": "EUR",
        "received_at": clock.now(),
    }
    with world.app.app_context(), db.transaction() as session:
        session.execute(sa.insert(Payment).values(**{**usual, **facts}))


@pytest.mark.parametrize(
    "facts",
    [
        {"method": "card"},
        {"method": "card", "turn": 1},
        {"method": "card", "intent_id": "pi_1"},
        {"method": "transfer", "intent_id": "pi_1", "turn": 1},
        {"method": "transfer"},
        {"method": "gold", "turn": 1},
    ],
)
def test_the_database_takes_card_money_with_its_attempt_and_other_money_without(awaited, facts):
    with pytest.raises(IntegrityError):
        insert(awaited, **facts)
    insert(awaited, method="cash", turn=1)
    with pytest.raises(IntegrityError):
        insert(awaited, method="cash", turn=1)


def test_the_ledger_is_only_added_to(awaited):
    taken = take(awaited)
    undo(awaited, taken.payment_id)
    for change in (
        sa.update(Payment).values(amount_minor=1),
        sa.update(Payment).values(method="cash"),
        sa.update(PaymentUndone).values(at=clock.now()),
        sa.delete(PaymentUndone),
    ):
        with awaited.app.app_context(), pytest.raises(IntegrityError), db.transaction() as session:
            session.execute(change)


def test_sums_follow_from_what_stands(awaited):
    assert state(awaited) is OrderState.DUE
    taken = take(awaited)
    assert state(awaited) is OrderState.PAID
    undo(awaited, taken.payment_id)
    assert state(awaited) is OrderState.DUE
    with awaited.app.app_context():
        long_ago, soon = clock.now().replace(year=2020), clock.now().replace(year=2090)
        assert received_between(long_ago, soon, "EUR").is_zero
    take(awaited, Method.CASH)
    with awaited.app.app_context():
        assert received_between(long_ago, soon, "EUR").minor == 95_00
    assert money(awaited) == ([("cash", 95_00)], [])


def test_what_goes_back_is_not_undone_and_what_is_undone_does_not_go_back(awaited):
    taken = take(awaited)
    with awaited.app.app_context():
        ask_refund(taken.payment_id, Money(1, "EUR"), "part", now=clock.now())
    with pytest.raises(NotUndoable):
        undo(awaited, taken.payment_id)
    awaited.change(Refund, state=RefundState.FAILED)
    undo(awaited, taken.payment_id)
    with awaited.app.app_context(), pytest.raises(IntegrityError):
        ask_refund(taken.payment_id, Money(1, "EUR"), "part", now=clock.now())


def test_a_card_payment_is_not_undone(world):
    walker = world.paid()
    with pytest.raises(NotUndoable):
        undo(world, payment_id(world))
    with pytest.raises(NotUndoable):
        undo(world, uuid4())
    assert walker.world.ledger()[2] == [95_00]


def together(world, *works):
    """Run these at the same moment; what each returned, or the error's name; sorted."""
    barrier, said, lock = threading.Barrier(len(works)), [], threading.Lock()

    def run(work):
        with world.app.app_context():
            barrier.wait()
            try:
                result = str(work())
            except Exception as error:
                result = type(error).__name__
        with lock:
            said.append(result)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_marked_by_many_at_once_it_is_paid_once(awaited, proof):
    world, key = awaited, order_id(awaited)
    said = together(
        world,
        *[lambda: by_hand.take(key, Method.TRANSFER, payables(), by=BY, now=clock.now()).stands]
        * proof(4, 8),
    )
    assert said.count("True") == 1 and set(said) == {"True", "AlreadyPaid"}
    assert money(world) == ([("transfer", 95_00)], [])
    assert [kind for kind, _state in world.outbox()].count("booked") == 1


def test_marked_and_paid_by_card_at_the_same_moment(awaited, proof):
    """Both are money for one time: whichever is second goes back, or is not written down; never two."""
    world = awaited
    walker = world.walker()
    for _ in range(proof(1, 10)):
        walker = waits(world)
        walker.post(f"{walker.place_path}/go")
        walker.press_pay()
        session_id = walker.page.headers["Location"].rpartition("/")[2]
        place = walker.place()
        with world.app.app_context():
            key = db.session().scalar(sa.select(Order.id).where(Order.payable_id == place.id))
        together(
            world,
            lambda session_id=session_id: world.stripe.pay(session_id),
            lambda key=key: by_hand.take(key, Method.TRANSFER, payables(), by=BY, now=clock.now()),
        )
        assert world.stripe.wait_idle()
        world.tick()
        with world.app.app_context():
            now = order(key)
            assert now.paid.minor - now.refunded.minor == 95_00
            limits.forget_old(clock.now() + timedelta(days=1))  # the next round comes from another network
        assert walker.place().state.value == "confirmed"


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_a_card_payment_that_comes_while_it_is_marked_counts(awaited):
    """Its news is worked between the look at what is due and the confirmation; SQLite lets nobody in between."""
    world = awaited
    walker = waits(world)
    walker.post(f"{walker.place_path}/go")
    walker.press_pay()
    session_id, place = walker.page.headers["Location"].rpartition("/")[2], walker.place()

    def card_first(place_id, now):
        world.stripe.pay(session_id)
        assert world.stripe.wait_idle()
        return real.on_paid(place_id, now)

    with world.app.app_context():
        real = payables()["appointment"]
        key = db.session().scalar(sa.select(Order.id).where(Order.payable_id == place.id))
        with pytest.raises(AlreadyPaid):
            by_hand.take(
                key,
                Method.TRANSFER,
                {"appointment": replace(real, on_paid=card_first)},
                by=BY,
                now=clock.now(),
            )
    assert money(world) == ([("card", 95_00)], [])
    assert walker.place().state.value == "confirmed"


def test_freed_and_marked_at_the_same_moment(awaited):
    """Whichever is first: it is paid and stands, as nobody else took it."""
    world, key = awaited, order_id(awaited)
    from_now = world.rows(Appointment.hold_until)[0][0]
    later = from_now - clock.now()
    world.tick(later - (later / 2))
    together(
        world,
        lambda: world.tick(later + later),
        lambda: by_hand.take(key, Method.TRANSFER, payables(), by=BY, now=clock.now()),
    )
    assert world.ledger()[0] == ["confirmed"]
    assert money(world) == ([("transfer", 95_00)], [])


def test_a_transfer_chosen_twice_at_once_is_one(world):
    allow(world)
    walker = world.walker()
    walker.go_to_code(walker.morning()[-1])
    place = walker.place()
    said = together(world, *[lambda: pay_later(place, PaysBy.TRANSFER, BASE, now=clock.now())] * 3)
    assert said == ["None"] * 3
    assert len(world.rows(Order.id)) == 1 and world.outbox() == [("kept", "waiting")]


def test_no_call_to_stripe_for_money_it_has_never_seen(awaited):
    world = awaited
    taken = take(world)
    with world.app.app_context():
        ask_refund(taken.payment_id, Money(95_00, "EUR"), "x", now=clock.now())
    for _ in range(2):
        world.tick()
    assert money(world)[1] == ["to give"]
    ((refund_id,),) = world.rows(Refund.id)
    with world.app.app_context():
        today = clock.now().date()
        done = [
            by_hand.given_back(refund_id, Method.CASH, today, payables(), by=BY, now=clock.now())
            for _ in range(2)
        ]
    assert done == [True, False]
    assert world.rows(Refund.method, Refund.given_on) == [("cash", today)]
    assert state(world) is OrderState.REFUNDED
    assert not world.stripe.requests


def test_the_second_one_hears_that_it_is_paid(awaited):
    take(awaited)
    with pytest.raises(AlreadyPaid):
        take(awaited)
    assert awaited.rows(Attempt.id) == []

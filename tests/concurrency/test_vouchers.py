"""One voucher and eight who pay with it at the same moment: never more than was on it, on both databases."""

from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from coachapp import clock, db
from coachapp.booking.by_voucher import pay
from coachapp.booking.confirming import cancel
from coachapp.booking.models import Appointment
from coachapp.booking.queries import place
from coachapp.money import Money
from coachapp.payments import voucher_queries, vouchers
from coachapp.payments.asking import ask_any
from coachapp.payments.models import Order, Payment, PaymentUndone
from coachapp.payments.queries import orders_of
from coachapp.payments.refunds import send_refund
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.voucher_models import VoucherEntry
from coachapp.practice.queries import today_of
from tests.concurrency.test_last_code import BASE, NORA, begun, kinds, practice, starts  # noqa: F401
from tests.concurrency.test_racing_settle import race

WORTH = 190_00


@pytest.fixture
def voucher(practice):  # noqa: F811  # the fixture, by its name
    with practice.app_context():
        return a_voucher()


def a_voucher():
    now = clock.now()
    made = vouchers.make(
        1, Money(WORTH, "EUR"), None, "", method="cash", on=today_of(1, now), by=NORA, now=now
    )
    return voucher_queries.voucher(made)


def row(app, voucher):
    with app.app_context():
        return voucher_queries.voucher(voucher.id)


def agree(app):
    with app.app_context():
        return voucher_queries.disagreeing() == 0


def test_eight_at_once_and_two_have_it(practice, voucher):  # noqa: F811
    with practice.app_context():
        places = [begun(start) for start in starts(8)]
    results = race(
        practice, [lambda each=each: pay(each, voucher.code, payables(), now=clock.now()) for each in places]
    )
    assert kinds(results) == {"Money": 2, "NoSuchVoucher": 6}
    assert row(practice, voucher).left.minor == 0 and agree(practice)
    with practice.app_context():
        states = Counter(db.session().scalars(sa.select(Appointment.state)))
    assert states == {"confirmed": 2, "held": 6}


def test_eight_who_wait_for_nothing_but_the_voucher(practice, voucher):  # noqa: F811
    """Two times of one coach queue for her anyway; money that is asked for by itself does not."""
    with practice.app_context():
        now, owner = clock.now(), begun(starts(1)[0]).client_id
        asked = [
            ask_any(owner, 1, Money(95_00, "EUR"), now + timedelta(days=1), in_space=False, by=NORA, now=now)
            for _ in range(8)
        ]
        orders = [each.id for each in orders_of(asked).values()]
    results = race(practice, [lambda each=each: pay_order(each, voucher) for each in orders])
    assert kinds(results) == {"NoneType": 2, "NoSuchVoucher": 6}
    assert row(practice, voucher).left.minor == 0 and agree(practice)


def pay_order(order_id, voucher):
    with db.transaction():
        mine = vouchers.take_up(1, voucher.code, Money(95_00, "EUR"), now=clock.now())
        vouchers.pay(order_id, mine, payables(), now=clock.now())


def test_ended_by_the_coach_while_somebody_pays(practice, voucher):  # noqa: F811
    with practice.app_context():
        mine, today = begun(starts(1)[0]), today_of(1, clock.now())
    ending = [lambda: vouchers.end(voucher.id, method="cash", on=today, by=NORA, now=clock.now())] * 3
    results = race(practice, [*ending, lambda: pay(mine, voucher.code, payables(), now=clock.now())])
    counted = kinds(results)
    assert counted["NoneType"] + counted["Money"] == 1, counted
    assert set(counted) <= {"NoneType", "Money", "NotUnused", "NoSuchVoucher"}
    assert row(practice, voucher).left.minor in (0, WORTH - 95_00) and agree(practice)


def test_one_time_in_eight_windows(practice, voucher):  # noqa: F811
    with practice.app_context():
        mine = begun(starts(1)[0])
    results = race(practice, [lambda: pay(mine, voucher.code, payables(), now=clock.now())] * 8)
    assert kinds(results) == {"Money": 1, "HoldEnded": 7}
    assert row(practice, voucher).left.minor == WORTH - 95_00 and agree(practice)


def test_given_back_by_eight_at_once_while_another_pays(practice, voucher):  # noqa: F811
    with practice.app_context():
        first, second, third = (begun(start) for start in starts(3))
        for each in (first, second):
            pay(each, voucher.code, payables(), now=clock.now())
        (refund,) = cancel(place(first.id), BASE, by="client", now=clock.now())
    giving = [lambda: send_refund(refund, gateway(), payables(), now=clock.now())] * 8
    results = race(practice, [*giving, lambda: pay(third, voucher.code, payables(), now=clock.now())])
    assert kinds(results)["NoneType"] == 8 and set(kinds(results)) <= {"NoneType", "Money", "NoSuchVoucher"}
    assert row(practice, voucher).left.minor == 95_00 * (1 - kinds(results)["Money"]) and agree(practice)


def test_the_database_itself_refuses_what_is_not_there(practice, voucher):  # noqa: F811
    """Past the operation that looks: payments are written, and more entries than it is worth."""
    with practice.app_context():
        client_id = begun(starts(1)[0]).client_id
        payments = [paid_by_voucher(client_id) for _ in range(8)]
    written = race(practice, [lambda each=each: entry(voucher, each) for each in payments])
    assert kinds(written) == {"NoneType": 2, IntegrityError.__name__: 6}
    assert row(practice, voucher).left.minor == 0 and not agree(practice), "and the doctor sees the rest"
    unlike = [
        {"minor": -1},
        {"payment_id": None},
        {"kind": "sold", "minor": 5},
        {"kind": "back", "minor": 95_00},
    ]
    with practice.app_context():
        other = a_voucher()
        for facts in unlike:
            with pytest.raises(IntegrityError):
                entry(other, **{"payment_id": payments[0], **facts})
        with pytest.raises(IntegrityError), db.transaction() as session:
            session.add(PaymentUndone(payment_id=payments[0], at=clock.now()))


def paid_by_voucher(client_id) -> UUID:
    with db.transaction() as session:
        order, money = uuid4(), {"amount_minor": 95_00, "currency": "EUR"}
        session.add(
            Order(
                id=order,
                ref=order.hex[:16],
                client_id=client_id,
                payable_kind="appointment",
                payable_id=uuid4(),
                created_at=clock.now(),
                **money,
            )
        )
        session.flush()
        payment = Payment(
            id=uuid4(), order_id=order, method="voucher", turn=1, received_at=clock.now(), **money
        )
        session.add(payment)
        return payment.id


def entry(voucher, payment_id, **facts):
    usual = {"kind": "used", "minor": -95_00, "payment_id": payment_id}
    with db.transaction() as session:
        session.add(VoucherEntry(voucher_id=voucher.id, at=clock.now(), **{**usual, **facts}))

"""One use of a code is left and eight want it at the same moment: one has it, on both databases."""

from collections import Counter
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from coachapp import clock, db
from coachapp.booking import prices
from coachapp.booking.confirming import confirm_free
from coachapp.booking.holding import hold_time
from coachapp.booking.models import Place
from coachapp.booking.operations import Details, go_to_pay, save_details
from coachapp.booking.queries import place_by_road
from coachapp.booking.rules import IntroHad
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.money import Money
from coachapp.payments import coupons
from coachapp.payments.coupon_models import CouponUse as Use
from coachapp.payments.coupon_queries import uses
from coachapp.payments.coupon_rules import CodeGone, CouponUse
from coachapp.payments.models import Attempt
from coachapp.payments.rules import AttemptState
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering, today_of
from coachapp.safe_contact.rules import Inbox
from tests.concurrency.test_racing_settle import race
from tests.groups import evening, minutes
from tests.road import open_practice

BACK, BASE, NORA = "http://127.0.0.1/paid/", "http://127.0.0.1", UUID(int=1)


@pytest.fixture
def practice(app):
    with app.app_context():
        open_practice()
    return app


def a_code(*, percent=20, most=1, each=None):
    return coupons.make(
        1,
        "calm-20",
        percent=percent,
        off=None,
        currency="EUR",
        days=(None, None),
        most=most,
        most_each=each,
        offering_ids=[],
        by=NORA,
        now=clock.now(),
    )


def begun(start, client_id=None):
    """A held time with its details told, or one for a client of Nora's; its place."""
    road = hold_time(offering("power-hour"), start, "UTC", None, now=clock.now())
    place = place_by_road(road)
    if client_id is None:
        save_details(place, Details("Alex", Inbox.NONE, "", ""), now=clock.now())
    else:
        with db.transaction() as session:
            session.get_one(Place, place.id).client_id = client_id
    return place_by_road(road)


def with_code(start, client_id=None):
    place = begun(start, client_id)
    assert prices.use_code(place, "CALM-20", now=clock.now())
    return place


def starts(count):
    first = minutes(evening(3)) - 10 * 60
    return [first + 90 * (n % 5) + 1440 * (n // 5) for n in range(count)]


def kinds(results):
    return Counter(type(each).__name__ for each in results)


def counted(app, coupon_id):
    with app.app_context():
        return uses([coupon_id]).get(coupon_id, CouponUse())


@pytest.mark.parametrize("left", [1, 3])
def test_the_last_use(practice, left):
    with practice.app_context():
        coupon = a_code(most=left)
        places = [with_code(start) for start in starts(8)]
    results = race(practice, [lambda each=each: go_to_pay(each, BACK, now=clock.now()) for each in places])
    assert kinds(results) == {"AttemptRow": left, "CodeGone": 8 - left}
    assert counted(practice, coupon) == CouponUse(left, 0)
    assert {each.amount for each in results if not isinstance(each, CodeGone)} == {Money(76_00, "EUR")}
    with practice.app_context():
        assert db.session().scalar(sa.select(sa.func.count(Attempt.id))) == left


def test_the_last_use_where_nothing_is_left_to_pay(practice):
    with practice.app_context():
        coupon = a_code(percent=100)
        places = [with_code(start) for start in starts(8)]
    results = race(practice, [lambda each=each: confirm_free(each, BASE, now=clock.now()) for each in places])
    assert kinds(results) == {"NoneType": 1, "CodeGone": 7}
    assert counted(practice, coupon) == CouponUse(0, 1)


def test_one_client_on_eight_devices(practice):
    with practice.app_context():
        coupon = a_code(most=None, each=1)
        maya = new_client(1, "UTC", now=clock.now(), name="Maya", state=State.ACTIVE)
        places = [with_code(start, maya) for start in starts(8)]
    results = race(practice, [lambda each=each: go_to_pay(each, BACK, now=clock.now()) for each in places])
    assert kinds(results) == {"AttemptRow": 1, "CodeGone": 7}
    assert counted(practice, coupon) == CouponUse(1, 0)


def test_what_ended_unpaid_is_there_for_another(practice):
    with practice.app_context():
        coupon = a_code()
        first = go_to_pay(with_code(starts(1)[0]), BACK, now=clock.now())
        with db.transaction() as session:
            session.get_one(Attempt, first.id).state = AttemptState.EXPIRED
        places = [with_code(start) for start in starts(9)[1:]]
    results = race(practice, [lambda each=each: go_to_pay(each, BACK, now=clock.now()) for each in places])
    assert kinds(results) == {"AttemptRow": 1, "CodeGone": 7}
    assert counted(practice, coupon) == CouponUse(1, 0)


def test_the_introductory_price_on_eight_devices(practice):
    """A client who is known has it once, however many of her windows go on to pay together."""
    with practice.app_context():
        today = today_of(1, clock.now())
        days = {"intro_from": today, "intro_until": today}
        save_offering(offering("power-hour").id, slug="power-hour", intro_minor=80_00, **days)
        maya = new_client(1, "UTC", now=clock.now(), name="Maya", state=State.ACTIVE)
        sold = prices.at_her_price(offering("power-hour"), maya, clock.now())
        places = []
        for start in starts(8):
            place = place_by_road(hold_time(sold, start, "UTC", None, now=clock.now()))
            with db.transaction() as session:
                session.get_one(Place, place.id).client_id = maya
            places.append(place)
    results = race(practice, [lambda each=each: go_to_pay(each, BACK, now=clock.now()) for each in places])
    assert kinds(results) == {"AttemptRow": 1, IntroHad.__name__: 7}


@pytest.mark.parametrize("limits", [{"most": 1}, {"most": None, "each": 1}])
def test_the_database_itself_refuses_one_more(practice, limits):
    with practice.app_context():
        coupon = a_code(**limits)
        maya = new_client(1, "UTC", now=clock.now(), name="Maya", state=State.ACTIVE)
    written = race(practice, [lambda n=n: _written(coupon, maya, UUID(int=n)) for n in range(8)])
    assert kinds(written) == {"NoneType": 1, IntegrityError.__name__: 7}
    assert counted(practice, coupon) == CouponUse(0, 1)


def test_a_use_is_never_changed(practice):
    with practice.app_context():
        _written(a_code(), new_client(1, "UTC", now=clock.now(), name="Maya"), UUID(int=1))
        with pytest.raises(IntegrityError), db.transaction() as session:
            session.execute(sa.update(Use).values(left_minor=0))


def _written(coupon, client_id, payable_id):
    """A use written past the operation that counts."""
    with db.transaction() as session:
        session.add(
            Use(
                coupon_id=coupon,
                client_id=client_id,
                payable_id=payable_id,
                full_minor=95_00,
                left_minor=0,
                currency="EUR",
                taken_at=clock.now(),
            )
        )

"""A code on the way to paying: what it makes of the price, and when its use comes back."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.payments.models import CouponUse
from coachapp.payments.queries import orders_of
from coachapp.payments.rules import OrderState
from tests.booking.lower import CODE, a_code, asked_for, attempts, orders, press, type_code, used
from tests.cast import BOB
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

REFUSED = "This code does not lower this price"


def test_a_code_lowers_what_stripe_is_asked_for(world, walker):
    coupon = a_code(world, percent=20, most=1)
    walker.go_to_code()
    walker.get("/book/code")
    assert "Do you have a code?" in walker.text and "€95" in walker.text
    assert type_code(walker, "  cALM-20 ").status_code == 303
    walker.follow()
    assert "With the code Calm-20: €76 in place of €95" in walker.text
    assert used(world, coupon) == (0, 0)
    assert press(walker) == 303
    assert asked_for(world, walker) == 76_00 and used(world, coupon) == (1, 0)
    walker.pay()
    assert used(world, coupon) == (0, 1)
    assert world.state()[2] == [76_00] if hasattr(world, "state") else True
    place = walker.place()
    with world.app.app_context():
        order = orders_of([place.id])[place.id]
    assert (order.state, order.amount.minor, place.price.minor) == (OrderState.PAID, 76_00, 76_00)

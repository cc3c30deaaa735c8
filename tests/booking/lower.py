"""Codes and introductory prices in the small practice of the booking road."""

from datetime import timedelta
from uuid import UUID

from coachapp import clock
from coachapp.money import Money
from coachapp.payments import coupons
from coachapp.payments.coupon_queries import uses
from coachapp.payments.coupon_rules import CouponUse
from coachapp.payments.models import Attempt, Order
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering, today_of
from tests.waiting import eventually

CODE = "Calm-20"
SINGLE, PACKAGE = "power-hour", "steady-ground"
NORA_ID = UUID(int=1)


def a_code(world, code=CODE, *, percent=None, off=None, good_for=(), days=(None, None), most=None, each=None):
    """A code of Nora's; its id."""
    with world.app.app_context():
        return coupons.make(
            1,
            code,
            percent=percent,
            off=None if off is None else Money(off, "EUR"),
            currency="EUR",
            days=days,
            most=most,
            most_each=each,
            offering_ids=[offering(slug).id for slug in good_for],
            by=NORA_ID,
            now=clock.now(),
        )


def used(world, coupon_id):
    """(being paid with, used for good)."""
    with world.app.app_context():
        found = uses([coupon_id]).get(coupon_id, CouponUse())
        return found.taken, found.paid


def introduce(world, slug=SINGLE, minor=80_00, before=1, after=5):
    """Let an offering have an introductory price, from so many days ago until so many from now."""
    with world.app.app_context():
        today = today_of(1, clock.now())
        days = {"intro_from": today - timedelta(days=before), "intro_until": today + timedelta(days=after)}
        save_offering(offering(slug).id, slug=slug, intro_minor=minor, **days)


def type_code(walker, code=CODE, page="/book/code"):
    walker.get(page)
    return walker.post("/book/price", {"code": code})


def press(walker, page="/book/code"):
    """The button that goes on to paying; remembers Stripe's session."""
    walker.fill(page, {})
    named = walker.page.headers.get("Location", "").rpartition("/")[2]
    if named in walker.world.stripe.sessions:
        walker.session_id = named
    return walker.page.status_code


def press_twice(walker, page="/book/code"):
    """The same button, twice in a row; both answers."""
    walker.get(page)
    token = walker.hidden("csrf_token")
    return [walker.client.post(page, data={"csrf_token": token}).status_code for _ in range(2)]


def asked_for(world, walker):
    """What Stripe was asked to take, in minor units."""
    return world.stripe.sessions[walker.session_id]["amount_total"]


def orders(world):
    return sorted(amount for (amount,) in world.rows(Order.amount_minor))


def end_link(world, walker):
    """The link to pay ends at Stripe with nobody having paid, and Stripe says so."""
    world.stripe.lever(clock_offset=36 * 60)
    eventually(lambda: world.stripe.sessions[walker.session_id]["status"] == "expired", "the link ended")
    assert world.stripe.wait_idle()
    world.stripe.lever(clock_offset=0)


def attempts(world):
    return sorted(world.rows(Attempt.state, Attempt.amount_minor))


def noras_today(world):
    """The day it is on the coach's clock."""
    with world.app.app_context():
        return today_of(1, clock.now())

"""Codes and introductory prices in the small practice of the booking road."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.models import Place
from coachapp.money import Money
from coachapp.payments import coupons
from coachapp.payments.coupon_queries import uses
from coachapp.payments.coupon_rules import CouponUse
from coachapp.payments.models import Attempt, Order
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering

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
        today = clock.now().date()
        days = {"intro_from": today - timedelta(days=before), "intro_until": today + timedelta(days=after)}
        save_offering(offering(slug).id, slug=slug, intro_minor=minor, **days)


def type_code(walker, code=CODE, page="/book/code"):
    walker.get(page)
    return walker.post("/book/price", {"code": code})


def press(walker, page="/book/code"):
    """The button that goes on to paying; remembers Stripe's session."""
    walker.fill(page, {})
    if walker.page.status_code == 303 and "/c/" in walker.page.headers["Location"]:
        walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    return walker.page.status_code


def asked_for(world, walker):
    """What Stripe was asked to take, in minor units."""
    return world.stripe.sessions[walker.session_id]["amount_total"]


def orders(world):
    return sorted(amount for (amount,) in world.rows(Order.amount_minor))


def attempts(world):
    return sorted(world.rows(Attempt.state, Attempt.amount_minor))


def newest_place(world):
    with world.app.app_context():
        return db.session().scalar(sa.select(Place).order_by(Place.created_at.desc()).limit(1))

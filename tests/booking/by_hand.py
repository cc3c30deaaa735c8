"""Paying without a card, as tests walk it: a practice that allows it, someone who chooses it,
Nora who sees the money."""

import re

import sqlalchemy as sa

from coachapp import db
from coachapp.payments.models import Order, Payment, PaymentUndone, Refund
from coachapp.practice.models import Offering
from coachapp.practice.paying import Ways, save_ways

IBAN = "PT50 0002 0123 1234 5678 9015 4"
WAYS = Ways(5, "N. Ellis", IBAN, cash=False)


def allow(world, wanted=WAYS):
    with world.app.app_context():
        save_ways(wanted)


def in_person(world):
    """Everything is booked to meet in person: cash may be brought along."""
    world.change(Offering, way="person")
    allow(world, Ways(None, "", "", cash=True))


def waits(world, person=None, way="transfer", **typed):
    """Someone who has chosen to transfer the money; her browser."""
    walker = world.walker(person) if person else world.walker()
    walker.go_to_code(walker.morning()[-1], **typed)
    by_transfer(walker, way)
    assert walker.page.status_code == 303, walker.text
    return walker


def by_transfer(walker, way="transfer"):
    """The button on the page with the four words."""
    walker.get("/book/code")
    return walker.post(f"/book/code/{way}")


def place_of(world):
    """The id of the newest place."""
    return world.walker().place().id


def mark(nora, place_id, how="transfer"):
    return press(nora, f"places/{place_id}", how=how)


def press(nora, path, **typed):
    """A button of the page about payments."""
    nora.get("/desk/payments")
    return nora.post(f"/desk/payments/{path}", typed)


def money(world):
    """(method, minor) of each payment that counts, and the states of refunds; each sorted."""
    undone = {row for (row,) in world.rows(PaymentUndone.payment_id)}
    came = [
        (how, minor)
        for key, how, minor in world.rows(Payment.id, Payment.method, Payment.amount_minor)
        if key not in undone
    ]
    return sorted(came), sorted(state for (state,) in world.rows(Refund.state))


def payment_id(world):
    with world.app.app_context():
        return db.session().scalar(sa.select(Payment.id).order_by(Payment.received_at.desc()).limit(1))


def ref(world):
    ((found,),) = world.rows(Order.ref)
    return found


def plain(browser):
    """The words of the page on one line."""
    return re.sub(r"\s+", " ", browser.text)

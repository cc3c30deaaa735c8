"""One order's money at the desk: giving some of it back, once; what may not be; whose it is."""

from threading import Thread
from uuid import uuid4

import pytest

from coachapp import clock
from coachapp.booking.models import Appointment
from coachapp.money import Money
from coachapp.payments import credits
from coachapp.payments.credit_models import Package
from coachapp.payments.credit_rules import BadAmount
from coachapp.payments.giving_back import give_back
from coachapp.payments.models import Order, Refund
from coachapp.payments.operations import finish
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.operations import add_coach
from tests.booking.by_hand import allow, money, payment_id, waits
from tests.booking.sold import coach_at_desk, one_package, sell
from tests.booking.test_packages import to_payment_without_time
from tests.road import both_databases


@pytest.fixture
def paid(world):
    """The address of what Alex has paid, €95."""
    world.paid()
    ((order_id,),) = world.rows(Order.id)
    return f"/desk/payments/orders/{order_id}"


def give(nora, order, typed):
    """Some of it back, by the form on its page."""
    nora.get(order)
    return nora.post(f"{order}/back", typed)


def refunded(world):
    return sorted(world.rows(Refund.amount_minor, Refund.state))


def test_part_of_it_once_and_never_more_than_there_is(world, paid):
    nora = coach_at_desk(world)
    for amount in ("", "0", "-5", "95,01", "1e3", "٩", "9" * 40):
        give(nora, paid, {"amount": amount, "how": "card", "was": "0"})
        assert nora.page.status_code == 422, amount
        assert ("At most 95 is still paid" if amount == "95,01" else "Enter an amount") in nora.text, amount
    for was in ("", "-1", "40", "x", "²"):
        give(nora, paid, {"amount": "40", "how": "card", "was": was})
        assert nora.page.status_code == 422 and "Something went back in the meantime" in nora.text, was
    assert refunded(world) == []
    for status in (303, 422):
        nora.post(f"{paid}/back", {"amount": "40,50", "how": "card", "was": "0"})
        assert nora.page.status_code == status
        nora.get(paid)
    assert world.stripe.wait_idle() and refunded(world) == [(40_50, "succeeded")]
    give(nora, paid, {"amount": "4,50", "how": "hand", "was": nora.hidden("was")})
    assert refunded(world) == [(4_50, "to give"), (40_50, "succeeded")]
    place = world.walker().place()
    nora.get("/desk/payments")
    assert "€4.50" in nora.text and "It came by card" in nora.text
    nora.get(f"/desk/day/{place.starts_at.date()}")
    assert "Partly paid back" in nora.text


def test_what_is_due_is_marked_on_the_same_page_and_undone_there(world):
    allow(world)
    waits(world)
    nora, ((order_id,),) = coach_at_desk(world), world.rows(Order.id)
    here = f"/desk/payments/orders/{order_id}"
    for how, status in (("a shell", 422), ("transfer", 303), ("cash", 409)):
        nora.get(here)
        assert nora.post(f"{here}/come", {"how": how}).status_code == status, how
    assert money(world) == ([("transfer", 95_00)], [])
    nora.get(here)
    assert "Has €95 come?" not in nora.text and "Give it back" in nora.text
    nora.post(f"/desk/payments/{payment_id(world)}/undo")
    nora.get(here)
    assert "Undone" in nora.text and "Has €95 come?" in nora.text and "Give it back" not in nora.text


def test_nobody_marks_what_is_not_awaited(world):
    """A time that is being paid by card, and one that was given up."""
    world.walker().to_payment()
    nora, ((order_id,),) = coach_at_desk(world), world.rows(Order.id)
    for state in ("held", "cancelled"):
        world.change(Appointment, state=state)
        nora.get(f"/desk/payments/orders/{order_id}")
        assert "Not paid" in nora.text and "come?" not in nora.text
        assert nora.post(f"/desk/payments/orders/{order_id}/come", {"how": "cash"}).status_code == 404
    assert money(world) == ([], [])


def test_cancelled_afterwards_only_the_rest_goes_back(world, paid):
    nora = coach_at_desk(world)
    give(nora, paid, {"amount": "40", "how": "card", "was": "0"})
    place = world.walker().place()
    nora.get(paid)
    cancel = next(
        f"/desk/clients/{word}/sessions/{place.id}/cancel"
        for word in nora.page.get_data(as_text=True).split("/")
        if word.startswith("C-")
    )
    nora.get(cancel)
    assert "The full €55 goes back" in nora.text
    nora.post(cancel)
    assert world.stripe.wait_idle() and [minor for minor, _state in refunded(world)] == [40_00, 55_00]


def test_money_of_other_coaches_and_of_nobody(world, paid):
    nora = coach_at_desk(world)
    nora.get(f"{paid[:-4]}0000")
    assert nora.page.status_code == 404
    with world.app.app_context():
        other = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
    world.change(Appointment, coach_id=other)
    assert nora.get(paid).status_code == 404
    assert (
        nora.post(f"{paid}/back", {"amount": "40", "was": "0"}).status_code in (400, 404)
        and refunded(world) == []
    )


@both_databases
def test_two_at_once_give_once(world, paid):
    order_id, done = world.rows(Order.id)[0][0], []

    def press():
        with world.app.app_context():
            try:
                nothing, some = Money(0, "EUR"), Money(40_00, "EUR")
                by = world.rows(Order.client_id)[0][0]
                give_back(order_id, some, was=nothing, by_hand=False, by=by, now=clock.now())
                done.append("given")
            except BadAmount:
                done.append("too late")

    both = [Thread(target=press) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(done) == ["given", "too late"] and refunded(world) == [(40_00, "asked")]


def test_what_did_not_arrive_for_a_package_is_given_once_more(world):
    sell(world)
    buyer = world.walker()
    to_payment_without_time(buyer)
    buyer.pay()
    nora = coach_at_desk(world)
    ((order_id,),) = world.rows(Order.id)
    path = f"/desk/payments/orders/{order_id}"
    give(nora, path, {"amount": "40", "how": "card", "was": "0"})
    assert nora.page.status_code == 422 and refunded(world) == [], "its sessions are taken back first"
    world.change(Package, place_id=uuid4())
    assert nora.get(path).status_code == 200, "also once its first time is forgotten"
    world.change(Package, place_id=None)
    with world.app.app_context():
        refunds = credits.take_back(one_package(world).id, None, now=clock.now())
        finish(refunds, gateway(), payables(), now=clock.now())
    world.stripe.fail_refund(world.rows(Refund.stripe_id)[0][0])
    assert world.stripe.wait_idle() and refunded(world) == [(420_00, "failed")]
    nora.get("/desk/")
    assert "Money for Alex did not go back" in nora.text and path in nora.page.get_data(as_text=True)
    give(nora, path, {"amount": "420", "how": "hand", "was": "0"})
    assert refunded(world) == [(420_00, "failed"), (420_00, "to give")]
    nora.get("/desk/")
    assert "did not go back" not in nora.text

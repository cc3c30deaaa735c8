"""A price in parts beside the other ways to pay: a voucher, a transfer; and some of one part given back at the desk."""

import re

import pytest

from coachapp import clock, db
from coachapp.booking import buying, operations, purchases
from coachapp.booking.models import Appointment, Purchase
from coachapp.booking.parting import split_for, split_for_package
from coachapp.booking.rules import NotNow
from coachapp.payments.credit_models import Package
from coachapp.payments.models import Order, Refund
from coachapp.practice.operations import add_coach
from coachapp.practice.part_terms import PartTerms
from tests.booking.by_hand import allow, mark, money, place_of
from tests.booking.sold import PRICE, SLUG, coach_at_desk, sell, sums
from tests.booking.test_awaited_package import chooses, order_id
from tests.booking.test_parts import allow_parts, at_last_page, begun, go, still_open, to_pay_next
from tests.booking.vouched import a_voucher, agree, left, type_voucher
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture


def in_the_same_moment(world, go_to_pay, what, split):
    """Another window goes on to pay in parts, although this one has chosen another way."""
    with world.app.app_context(), pytest.raises(NotNow):
        go_to_pay(what(), f"{world.url}/paid/", now=clock.now(), split=split)


def a_purchase(package_id):
    return purchases.purchase_row(db.session().get_one(Purchase, package_id))


def offered(world, find):
    with world.app.app_context():
        return find(clock.now())


def asks_for_the_first_part(world):
    """Her payment page asks for a fifth of it; her browser, and what she had pressed."""
    walker = at_last_page(world)
    walker.get("/book/code")
    shown = walker.hidden("parts")
    go(walker, parts=shown)
    assert world.rows(Order.amount_minor) == [(19_00,)]
    return walker, shown


def test_a_voucher_pays_all_of_it_also_while_a_page_for_the_first_part_is_open(world):
    voucher = a_voucher(world)
    walker, _shown = asks_for_the_first_part(world)
    type_voucher(walker, voucher.code)
    assert walker.page.headers["Location"] == "/book/done", walker.text
    assert world.ledger() == (["confirmed"], ["expired"], [95_00], [])
    assert (left(world, voucher), still_open(world)) == (5_00, []) and agree(world)
    path = (walker.get("/book/done"), walker.page.headers["Location"])[1]
    walker.get(f"{path}/cancel")
    assert "The full €95 goes back onto your voucher" in walker.text
    walker.post(f"{path}/cancel")
    assert (left(world, voucher), world.ledger()[3]) == (100_00, ["succeeded"]) and agree(world)


def test_who_has_chosen_a_transfer_pays_the_whole_price_by_card_too(world):
    allow(world)
    walker, shown = asks_for_the_first_part(world)
    split = offered(world, lambda now: split_for(walker.place(), now))
    walker.get("/book/code")
    walker.post("/book/code/transfer")
    assert walker.page.headers["Location"] == "/book/done", walker.text
    assert (world.rows(Order.amount_minor), world.ledger()[1]) == ([(95_00,)], ["expired"])
    walker.get("/book/code")
    assert "Pay in parts" not in walker.text
    walker.fill("/book/code", {"parts": shown})
    assert walker.page.headers["Location"] == "/book/code" and world.rows(Order.amount_minor) == [(95_00,)]
    in_the_same_moment(world, operations.go_to_pay, walker.place, split)
    assert world.rows(Order.amount_minor) == [(95_00,)]
    mark(coach_at_desk(world), place_of(world))
    assert money(world) == ([("transfer", 95_00)], []) and still_open(world) == []


def test_a_package_whose_money_was_awaited_is_not_paid_in_parts(world):
    sell(world)
    allow(world)
    allow_parts(world, PartTerms(times=3), SLUG)
    walker = chooses(world.walker())
    walker.get("/book/words")
    walker.post("/book/words/leave")
    walker.get("/book/words")
    assert "Continue to payment" in walker.text and "Pay in parts" not in walker.text
    ((package_id,),) = world.rows(Package.id)
    split = offered(world, lambda now: split_for_package(package_id, now))
    in_the_same_moment(world, buying.go_to_pay, lambda: a_purchase(package_id), split)
    nora = coach_at_desk(world)
    nora.get(f"/desk/payments/orders/{order_id(world)}")
    nora.post(f"/desk/payments/orders/{order_id(world)}/come", {"how": "transfer"})
    assert money(world) == ([("transfer", PRICE)], []) and sums(world) == [(6, 0, 0, 0)]


def test_a_package_begun_in_parts_is_not_marked_as_paid_by_its_first_part(world):
    sell(world)
    allow_parts(world, PartTerms(times=3), SLUG)
    walker = world.walker()
    typed = {"name": walker.person.name, "email": walker.person.email, "inbox": "only_me", "agree": "y"}
    walker.fill(f"/book/{SLUG}/buy", typed)
    walker.get("/book/words")
    go(walker, "/book/words", parts=walker.hidden("parts"))
    nora, here = coach_at_desk(world), f"/desk/payments/orders/{order_id(world)}"
    nora.get(here)
    assert "It has come" not in nora.text
    assert nora.post(f"{here}/come", {"how": "cash"}).status_code == 404
    assert sums(world) == []


def test_some_of_a_later_part_goes_back_and_the_time_stays(world):
    walker = begun(world)
    to_pay_next(walker)
    walker.pay()
    nora = coach_at_desk(world)
    first, rest = (
        f"/desk/payments/orders/{found}"
        for (_minor, found) in sorted(world.rows(Order.amount_minor, Order.id))
    )
    page = nora.get(first).get_data(as_text=True)
    assert re.findall(r'href="(/desk/payments/orders/[^"]+)"', page) == [rest], "it leads to the other part"
    nora.get(rest)
    assert "Power hour" in nora.text and "€19" in nora.text
    nora.post(f"{rest}/back", {"amount": "6", "how": "card", "was": "0"})
    assert world.stripe.wait_idle() and world.rows(Refund.amount_minor, Refund.state) == [(6_00, "succeeded")]
    path = (walker.get("/book/done"), walker.page.headers["Location"])[1]
    walker.get(f"{path}/cancel")
    assert "€89" in walker.text, "what is left of both"
    with world.app.app_context():
        other = add_coach(first_name="Iris", full_name="Iris Vale", zone="Europe/Paris", email=None)
    world.change(Appointment, coach_id=other)
    assert nora.get(rest).status_code == 404, "a part's money is its time's coach's"

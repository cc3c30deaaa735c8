"""A price in parts, from the page before paying to the last of them."""

import re
from datetime import timedelta

import sqlalchemy as sa

from coachapp import clock, db
from coachapp.papers.models import Paper
from coachapp.papers.operations import save_terms
from coachapp.payments import by_hand, credits, parts
from coachapp.payments.credit_queries import package
from coachapp.payments.models import Order
from coachapp.payments.operations import finish
from coachapp.payments.part_models import Part
from coachapp.payments.part_queries import open_parts, wholes_of
from coachapp.payments.part_rules import KIND
from coachapp.payments.rules import Method
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.models import Offering
from coachapp.practice.part_terms import PartTerms
from coachapp.practice.parting import save_part_terms
from coachapp.practice.queries import offering
from tests.booking.lower import CODE, a_code
from tests.booking.sold import SINGLE, SLUG, a_client, one_package, sell, signed_in, sums
from tests.booking.test_packages import hold_first
from tests.cast import ALEX, MAYA
from tests.papers.terms import TERMS
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

# The rest is due after the time: at any hour of any day it is still to come.
REST = PartTerms(percent=20, rest_days=14)


def allow_parts(world, terms=REST, slug=SINGLE):
    with world.app.app_context():
        save_part_terms(offering(slug).id, terms)


def at_last_page(world, person=ALEX, terms=REST):
    """A client who is signed in, on the page before she pays a power hour; her browser."""
    allow_parts(world, terms)
    a_client(world, person)
    walker = signed_in(world, person)
    walker.hold()
    walker.fill("/book/details", {"agree": "y"})
    return walker


def go(walker, path="/book/code", **typed):
    """On from the last page, all at once or (`parts`) in these."""
    walker.fill(path, typed)
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]


def in_parts(walker, path="/book/code"):
    """Pay the first of the parts that the last page offers."""
    walker.get(path)
    go(walker, path, parts=walker.hidden("parts"))
    walker.pay()


def begun(world, person=ALEX):
    """A power hour whose first part is paid; her browser."""
    walker = at_last_page(world, person)
    in_parts(walker)
    return walker


def to_pay_next(walker):
    """The payment page of the first part on her list."""
    page = walker.get("/me/to-pay").get_data(as_text=True)
    part_id = re.findall(r'action="/me/to-pay/([^"]+)"', page)[0]
    walker.post(f"/me/to-pay/{part_id}")
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]


def still_open(world):
    with world.app.app_context():
        return [each.amount.minor for each in open_parts()]


def by_hand_of_the_rest(world):
    with world.app.app_context():
        (rest,) = open_parts()
        return by_hand.take(rest.order.id, Method.CASH, payables(), by=rest.client_id, now=clock.now())


def test_the_first_part_books_and_the_rest_is_paid_from_her_space(world):
    with world.app.app_context():
        save_terms(TERMS, now=clock.now())
    walker = at_last_page(world)
    walker.get("/book/code")
    assert "€19" in walker.text and "€76" in walker.text
    in_parts(walker)
    assert world.ledger() == (["confirmed"], ["paid"], [19_00], [])
    assert (still_open(world), world.outbox()) == ([76_00], [("booked", "waiting")])
    assert "€76 by " in (walker.get("/me/"), walker.text)[1]
    to_pay_next(walker)
    walker.pay()
    walker.come_back()
    assert "This part is paid" in walker.text
    assert world.ledger() == (["confirmed"], ["paid", "paid"], [19_00, 76_00], [])
    assert (still_open(world), world.outbox()) == ([], [("booked", "waiting")]), "nothing is sent about it"
    assert "Nothing is to be paid" in (walker.get("/me/to-pay"), walker.text)[1]
    assert sorted(minor for (minor,) in world.rows(Paper.amount_minor)) == [19_00, 76_00]
    for asked in world.asked("POST", "/v1/checkout/sessions"):
        assert asked.params["line_items"]["0"]["price_data"]["product_data"] == {"name": "Services"}
        assert "power" not in str(asked.params).lower() and "Alex" not in str(asked.params)


def test_cancelled_in_time_all_that_was_paid_goes_back_and_the_rest_is_let_go(world):
    walker = begun(world)
    path = (walker.get("/book/done"), walker.page.headers["Location"])[1]
    to_pay_next(walker)  # its page is open while she cancels
    walker.get(f"{path}/cancel")
    assert "not asked for any more" in walker.text
    walker.post(f"{path}/cancel")
    assert world.ledger()[3] == ["succeeded"]
    assert still_open(world) == []
    walker.pay()
    walker.come_back()
    assert "on its way back" in walker.text
    assert world.ledger() == (["cancelled"], ["paid", "paid"], [19_00, 76_00], ["succeeded", "succeeded"])
    with world.app.app_context():
        (whole,) = wholes_of([walker.place().id]).values()
        assert (whole.paid.minor, whole.refunded.minor, whole.due.minor) == (95_00, 95_00, 0)


def test_what_was_paid_in_both_parts_goes_back(world):
    walker = begun(world)
    to_pay_next(walker)
    walker.pay()
    path = (walker.get("/book/done"), walker.page.headers["Location"])[1]
    walker.get(f"{path}/cancel")
    assert "€95" in walker.text, "all of it, not the first part alone"
    walker.post(f"{path}/cancel")
    assert world.ledger()[3] == ["succeeded", "succeeded"]


def test_each_part_goes_back_the_way_it_came(world):
    walker = begun(world)
    by_hand_of_the_rest(world)
    path = (walker.get("/book/done"), walker.page.headers["Location"])[1]
    walker.get(f"{path}/cancel")
    assert "€95" in walker.text and "What did not come by card, Nora gives back" in walker.text
    walker.post(f"{path}/cancel")
    assert world.ledger()[3] == ["succeeded", "to give"]


def test_one_part_is_paid_once(world):
    walker = begun(world)
    to_pay_next(walker)
    assert by_hand_of_the_rest(world).stands
    walker.pay()
    assert world.ledger()[2:] == ([19_00, 76_00, 76_00], ["succeeded"]), "the second time goes back"
    part_id = world.rows(Part.id)[0][0]
    walker.get("/me/to-pay")
    assert walker.post(f"/me/to-pay/{part_id}").headers["Location"].endswith("/me/to-pay")


def test_a_part_is_hers_alone(world):
    begun(world)
    part_id = world.rows(Part.id)[0][0]
    a_client(world, MAYA)
    maya = signed_in(world, MAYA)
    assert "Nothing is to be paid" in (maya.get("/me/to-pay"), maya.text)[1]
    assert maya.post(f"/me/to-pay/{part_id}").status_code == 404


def test_who_turns_round_pays_in_the_other_way(world):
    walker = at_last_page(world)
    walker.get("/book/code")
    shown = walker.hidden("parts")
    go(walker, parts=shown)
    first = walker.session_id
    go(walker)
    assert walker.session_id != first, "the page for the first part was ended"
    walker.pay()
    assert world.ledger() == (["confirmed"], ["expired", "paid"], [95_00], [])
    assert (still_open(world), world.rows(Order.amount_minor)) == ([], [(95_00,)])


def test_parts_that_are_others_by_now_are_shown_before_anything_is_paid(world):
    walker = at_last_page(world)
    walker.get("/book/code")
    shown = walker.hidden("parts")
    allow_parts(world, PartTerms(percent=50, rest_days=14))
    for stale in (shown, "x", "9500", "🜁" * 400):
        walker.fill("/book/code", {"parts": stale})
        assert walker.page.headers["Location"] == "/book/code"
    assert world.ledger()[1] == []
    in_parts(walker)
    assert still_open(world) == [47_50]


def test_a_package_in_equal_parts_and_back_by_its_rule(world):
    sell(world)
    allow_parts(world, PartTerms(times=3), SLUG)
    walker = world.walker()
    typed = {"name": ALEX.name, "email": ALEX.email, "inbox": "only_me", "agree": "y"}
    walker.fill(f"/book/{SLUG}/buy", typed)
    in_parts(walker, "/book/words")
    assert (sums(world), world.ledger()[2]) == ([(6, 0, 0, 0)], [140_00])
    assert still_open(world) == [140_00, 140_00]
    by_hand_first = open_first(world)
    mine = one_package(world).id
    with world.app.app_context():
        now = clock.now()
        by_hand.take(by_hand_first, Method.TRANSFER, payables(), by=mine, now=now)
        finish(credits.take_back(mine, None, now=now), gateway(), payables(), now=now)
        (whole,) = wholes_of([mine]).values()
    assert (whole.paid.minor, whole.refunded.minor, whole.due.minor) == (280_00, 280_00, 0)
    assert sorted(world.ledger()[3]) == ["succeeded", "to give"], "each goes back the way it came"
    assert (sums(world), still_open(world)) == ([(0, 0, 0, 6)], [])


def open_first(world):
    with world.app.app_context():
        return open_parts()[0].order.id


def test_a_first_time_comes_with_a_package_in_parts_and_a_dispute_of_any_part_freezes_it(world):
    sell(world)
    allow_parts(world, PartTerms(times=3), SLUG)
    walker = world.walker()
    hold_first(walker)
    walker.tell()
    in_parts(walker)
    assert (sums(world), still_open(world)) == ([(5, 1, 0, 0)], [140_00, 140_00])
    assert world.ledger()[0] == ["confirmed"]
    mine = one_package(world)
    with world.app.app_context():
        (part, _other), of_part = open_parts(), payables()[KIND]
        of_part.on_disputed(part.id, clock.now())
        assert package(mine.id).is_frozen
        of_part.on_dispute_over(part.id, clock.now(), True)
        assert not package(mine.id).is_frozen


def test_after_a_late_cancellation_the_rest_stays_to_be_paid(world):
    world.change(Offering, cutoff_min=60 * 24 * 30)
    walker = begun(world)
    path = (walker.get("/book/done"), walker.page.headers["Location"])[1]
    walker.get(f"{path}/cancel")
    assert "€76, stay to be paid" in walker.text
    walker.post(f"{path}/cancel")
    assert world.ledger() == (["cancelled"], ["paid"], [19_00], [])
    to_pay_next(walker)
    walker.pay()
    assert world.ledger()[2:] == ([19_00, 76_00], [])


def test_a_code_lowers_the_price_before_it_is_split(world):
    a_code(world, percent=50)
    walker = at_last_page(world)
    walker.get("/book/code")
    walker.post("/book/price", {"code": CODE})
    in_parts(walker)
    assert (world.ledger()[2], still_open(world)) == ([9_50], [38_00])


def test_money_that_comes_for_a_time_that_is_gone_opens_no_further_parts(world):
    walker = at_last_page(world)
    walker.get("/book/code")
    go(walker, parts=walker.hidden("parts"))
    with world.app.app_context(), db.transaction() as session:
        session.execute(sa.text("UPDATE appointment SET state = 'cancelled'"))
    walker.pay()
    assert world.ledger()[2:] == ([19_00], ["succeeded"])
    assert still_open(world) == []


def test_what_was_decided_stays_and_nothing_follows_a_part_that_was_let_go(world):
    begun(world)
    with world.app.app_context():
        (rest,) = open_parts()
        day = rest.due_on + timedelta(days=30)
        parts.move(rest.id, day, by=rest.client_id, now=clock.now())
        assert open_parts()[0].due_on == day
        for _twice in range(2):
            parts.let_go(rest.id, by=rest.client_id, now=clock.now())
    assert still_open(world) == []

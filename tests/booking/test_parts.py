"""A price in parts, from the page before paying to the last of them."""

import re

from coachapp.payments.part_queries import open_parts
from coachapp.practice.part_terms import PartTerms
from coachapp.practice.parting import save_part_terms
from coachapp.practice.queries import offering
from tests.booking.sold import SINGLE, a_client, signed_in
from tests.cast import ALEX
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

REST = PartTerms(percent=20, rest_days=14)
THREE = PartTerms(times=3)


def allow_parts(world, terms=REST, slug=SINGLE):
    with world.app.app_context():
        save_part_terms(offering(slug).id, terms)


def keys(walker, path="/book/code"):
    """The parts the page before paying offers."""
    walker.get(path)
    return walker.hidden("parts")


def in_parts(walker, path="/book/code", key=None):
    """Pay the first of them."""
    walker.fill(path, {"parts": key or keys(walker, path)})
    assert walker.page.status_code == 303, walker.text
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()


def begun(world, person=ALEX, terms=REST):
    """A client who is signed in has paid the first part of a power hour; her browser."""
    allow_parts(world, terms)
    a_client(world, person)
    walker = signed_in(world, person)
    walker.hold()
    walker.fill("/book/details", {"agree": "y"})
    in_parts(walker)
    return walker


def pay_next(walker):
    """The first part on her list of what is still to be paid."""
    (part_id,) = re.findall(r'action="/me/to-pay/([^"]+)"', walker.get("/me/to-pay").get_data(as_text=True))[
        :1
    ]
    walker.post(f"/me/to-pay/{part_id}")
    assert walker.page.status_code == 303, walker.text
    walker.session_id = walker.page.headers["Location"].rpartition("/")[2]
    walker.pay()


def still_open(world):
    with world.app.app_context():
        return [each.amount.minor for each in open_parts()]


def test_the_first_part_books_and_the_rest_is_paid_from_her_space(world):
    walker = begun(world)
    assert world.ledger() == (["confirmed"], ["paid"], [19_00], [])
    assert still_open(world) == [76_00]
    assert "€76 by " in (walker.get("/me/"), walker.text)[1]
    pay_next(walker)
    walker.come_back()
    assert "This part is paid" in walker.text
    assert world.ledger() == (["confirmed"], ["paid", "paid"], [19_00, 76_00], [])
    assert still_open(world) == []
    assert "Nothing is to be paid" in (walker.get("/me/to-pay"), walker.text)[1]

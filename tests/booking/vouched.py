"""Vouchers in the small practice of the booking road."""

from uuid import UUID

from coachapp import clock
from coachapp.money import Money
from coachapp.payments import voucher_queries, vouchers
from coachapp.practice.queries import today_of

NORA_ID = UUID(int=1)


def a_voucher(world, minor=100_00, *, last=None, note="", method="transfer", coach_id=1, currency="EUR"):
    """A voucher of Nora's, sold today; its row."""
    with world.app.app_context():
        now = clock.now()
        made = vouchers.make(
            coach_id,
            Money(minor, currency),
            last,
            note,
            method=method,
            on=today_of(coach_id, now),
            by=NORA_ID,
            now=now,
        )
        return voucher_queries.voucher(made)


def left(world, voucher):
    """What is left on it, in minor units."""
    with world.app.app_context():
        return voucher_queries.voucher(voucher.id).left.minor


def agree(world):
    """Whether what the entries say agrees with payments and refunds."""
    with world.app.app_context():
        return voucher_queries.disagreeing() == 0


def type_voucher(walker, code):
    """The field on the page with the four words."""
    walker.get("/book/code")
    return walker.post("/book/code/voucher", {"voucher": code})

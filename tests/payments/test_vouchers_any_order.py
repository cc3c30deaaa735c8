"""A voucher through long random histories: what is left is what a plain sum says,
and everything agrees after each step."""

import random
from datetime import timedelta
from uuid import UUID

import pytest

from coachapp import clock, db
from coachapp.clients.operations import new_client
from coachapp.money import Money
from coachapp.payments import voucher_queries, vouchers
from coachapp.payments.asking import ask_any
from coachapp.payments.queries import orders_of
from coachapp.payments.refunds import refund_all, refund_part, send_refund, send_waiting
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.voucher_rules import NoSuchVoucher, NotUnused, TooLittle
from coachapp.practice.queries import today_of
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture
from tests.road import open_practice

NORA, WORTH = UUID(int=1), 300_00


class History:
    """A voucher, what was paid with it, and a second account of it kept in plain numbers."""

    def __init__(self, dice):
        self.dice, self.left, self.over = dice, WORTH, False
        self.paid, self.waiting = {}, {}
        self.client_id = new_client(1, "UTC", now=clock.now())
        now = clock.now()
        made = vouchers.make(
            1, Money(WORTH, "EUR"), None, "", method="cash", on=today_of(1, now), by=NORA, now=now
        )
        self.voucher = voucher_queries.voucher(made)

    def pay(self):
        due, now = Money(self.dice.randrange(50, 150_00), "EUR"), clock.now()
        until = now + timedelta(days=1)
        asked = ask_any(self.client_id, 1, due, until, in_space=False, by=NORA, now=now)
        order_id = orders_of([asked])[asked].id
        try:
            with db.transaction():
                mine = vouchers.take_up(1, self.voucher.code, due, now=now)
                vouchers.pay(order_id, mine, payables(), now=now)
        except TooLittle as error:
            assert error.left.minor == self.left < due.minor
        except NoSuchVoucher:
            assert self.left == 0
        else:
            self.left -= due.minor
            self.paid[order_id] = due.minor

    def ask_back(self):
        """All of a payment, or a part of it; nothing moves until it is sent."""
        if not self.paid:
            return
        order_id, rest = self.dice.choice(sorted(self.paid.items()))
        part = self.dice.randrange(1, rest + 1) if rest else 0
        if part and self.dice.random() < 0.6:
            asked = refund_part(order_id, Money(part, "EUR"), "test", now=clock.now())
        else:
            part, asked = rest, refund_all(order_id, "test", now=clock.now())
        self.paid[order_id] -= part
        self.waiting |= dict.fromkeys(asked, part)

    def send(self):
        for refund_id in self.dice.sample(sorted(self.waiting), k=min(2, len(self.waiting))):
            for _twice in range(2):
                send_refund(refund_id, gateway(), payables(), now=clock.now())
            self.left += self.waiting.pop(refund_id)

    def tick(self):
        send_waiting(gateway(), payables(), now=clock.now())
        self.left += sum(self.waiting.values())
        self.waiting = {}

    def end(self):
        """Rarely: it is over with that."""
        if self.dice.random() < 0.9:
            return
        try:
            vouchers.end(
                self.voucher.id, method="cash", on=today_of(1, clock.now()), by=NORA, now=clock.now()
            )
        except NotUnused:
            assert self.over or self.left < WORTH
        else:
            assert self.left == WORTH and not self.over
            self.left, self.over = 0, True

    def step(self):
        self.dice.choice((self.pay, self.pay, self.ask_back, self.send, self.tick, self.end))()
        row = voucher_queries.voucher(self.voucher.id)
        assert 0 <= row.left.minor == self.left <= WORTH and row.is_ended is self.over
        assert voucher_queries.disagreeing() == 0


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.proof)])
def test_it_agrees_after_every_step(app, seed, proof):
    with app.app_context():
        open_practice()
        history = History(random.Random(seed))
        for _ in range(proof(30, 600)):
            history.step()

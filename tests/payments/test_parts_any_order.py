"""Parts of a package in any order: paid by card and by hand, twice, late, undone, moved, let go, taken back as a whole.

After every step no part keeps more than it asked for, one that was let go keeps nothing, and the sums agree.
"""

from contextlib import suppress
from datetime import timedelta
from random import Random

from coachapp import clock
from coachapp.booking import buying, purchases
from coachapp.booking.parting import split_for_package
from coachapp.payments import by_hand, credits, parts
from coachapp.payments import operations as payments
from coachapp.payments.models import Payment
from coachapp.payments.part_queries import parts_of, wholes_of
from coachapp.payments.queries import order, unfinished_attempt
from coachapp.payments.rules import Method, PaymentError
from coachapp.practice.part_terms import PartTerms
from coachapp.practice.queries import offering
from tests.booking.sold import PRICE, SINGLE, SLUG, a_client, sell
from tests.booking.test_parts import allow_parts
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

STEPS = 14


class History:
    """One package in parts, and whatever happens to them."""

    def __init__(self, world, client_id, chance):
        self.world, self.client_id, self.chance = world, client_id, chance
        self.stripe = world.app.extensions["gateway"], world.app.extensions["payables"]
        self.now, self.back = clock.now(), f"{world.url}/paid/"
        allow_parts(world, PartTerms(times=chance.randint(2, 5)), SLUG)
        with world.app.app_context():
            road = buying.begin_known(client_id, offering(SLUG), offering(SINGLE), None, now=self.now)
            self.whole = purchases.by_road(road).package_id
            split = split_for_package(self.whole, self.now)
            attempt = buying.go_to_pay(purchases.by_road(road), self.back, now=self.now, split=split)
            self._open(attempt)
            self._settle(self.whole)

    def step(self):
        acts = (self.by_card, self.by_card, self.twice, self.by_hand, self.undo, self.move, self.let_go)
        act = self.chance.choice((*acts, self.take_back) if self.chance.random() < 0.3 else acts)
        with self.world.app.app_context(), suppress(PaymentError):
            part = self.chance.choice(parts_of([self.whole])[self.whole])
            act(part)
        self.look()

    def by_card(self, part):
        """Go to pay it, or pay on the page that is open for it, though everything may have changed since."""
        if unfinished_attempt(part.id) is None:
            self._open(parts.go_to_pay(part.id, self.back, now=self.now))
        else:
            self._settle(part.id)

    def twice(self, part):
        """Its page is open while the coach says that it has come."""
        self._open(parts.go_to_pay(part.id, self.back, now=self.now))
        with suppress(PaymentError):
            self.by_hand(part)
        self._settle(part.id)

    def by_hand(self, part):
        by_hand.take(part.order.id, Method.CASH, self.stripe[1], by=self.client_id, now=self.now)

    def undo(self, part):
        for payment_id, order_id, method in self.world.rows(Payment.id, Payment.order_id, Payment.method):
            if order_id == part.order.id and method != Method.CARD:
                by_hand.undo(payment_id, by=self.client_id, now=self.now)

    def move(self, part):
        day = part.due_on + timedelta(days=self.chance.randint(-40, 40))
        parts.move(part.id, day, by=self.client_id, now=self.now)

    def let_go(self, part):
        parts.let_go(part.id, by=self.client_id, now=self.now)

    def take_back(self, _part):
        payments.finish(credits.take_back(self.whole, None, now=self.now), *self.stripe, now=self.now)

    def look(self):
        with self.world.app.app_context():
            mine, whole = parts_of([self.whole])[self.whole], wholes_of([self.whole])[self.whole]
            kept = [each.order.paid.minor - each.order.refunded.minor for each in mine]
            for part, money in zip(mine, kept, strict=True):
                assert 0 <= money <= part.amount.minor
                assert not (part.is_let_go and money), "money that came for it goes back"
                assert part.is_open == (not part.is_let_go and part.order.paid.is_zero)
            first = order(whole.id)
            assert first.amount.minor + sum(each.amount.minor for each in mine) == PRICE
            assert (
                whole.paid.minor - whole.refunded.minor == sum(kept) + first.paid.minor - first.refunded.minor
            )
            assert whole.due.minor == sum(each.amount.minor for each in mine if each.is_open)

    def _open(self, attempt):
        payments.open_checkout(attempt, *self.stripe, now=self.now)

    def _settle(self, payable_id):
        attempt = unfinished_attempt(payable_id)
        self.world.stripe.pay(attempt.session_id)
        for _twice in range(2):
            payments.ask_stripe(attempt, *self.stripe, now=self.now)


def test_whatever_happens_no_part_keeps_more_than_it_asked_for(world, proof):
    sell(world)
    world.stripe.lever(webhook_off=True)
    client_id = a_client(world)
    for seed in range(proof(2, 100)):
        history = History(world, client_id, Random(seed))
        for _step in range(STEPS):
            history.step()

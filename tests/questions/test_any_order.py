"""Everything that can happen to a question, in any order, twice and too late: after each step its story adds up."""

import random

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.models import Reduction
from coachapp.money import Money
from coachapp.payments.models import Order, Payment, Refund
from coachapp.payments.operations import settle
from coachapp.payments.refunds import note_refund
from coachapp.payments.rules import RefundFacts, RefundState, SessionFacts
from coachapp.payments.runtime import payables
from coachapp.practice.queries import offering
from coachapp.questions import asking, operations, queries
from coachapp.questions.rules import NotNow, OtherWords, Standing, TooLong
from tests.questions.test_at_once import BASE, attempt, begun, practice  # noqa: F401  # a fixture
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

PRICE = 25_00


class Story:
    """One question and whoever does something about it."""

    def __init__(self, app, dice):
        self.app, self.dice = app, dice
        self.row, self.attempts, self.was_paid = begun(app), [], False

    def press_pay(self):
        self.attempts.append(attempt(self.app, self.row))

    def money_comes(self):
        if self.attempts:
            self._news(self.dice.choice(self.attempts), "complete", "paid")

    def link_ends(self):
        if self.attempts:
            self._news(self.dice.choice(self.attempts), "expired", "unpaid", let_go=self.dice.random() < 0.5)

    def _news(self, mine, status, paid, **more):
        name = mine.id.hex
        facts = SessionFacts(name, name, status, paid, Money(PRICE, "EUR"), f"pi_{name}", None)
        settle(mine.id, facts, payables(), now=clock.now(), **more)

    def write(self):
        operations.save_words(
            self.row.id, self.row.client_id, "a" * self.dice.randrange(9), self.now.revision
        )

    def send(self):
        operations.send(self.row.id, self.row.client_id, "May I?", self.now.revision, BASE, now=clock.now())

    def change(self):
        operations.take_to_change(self.row.id, self.row.client_id)

    def open(self):
        operations.open_it(self.row.id, 1, by=self.row.id, now=clock.now())

    def draft(self):
        operations.keep_answer(self.row.id, 1, f"You may. {self.dice.random()}")

    def answer(self):
        seen = operations.mark_of(self.row)
        operations.send_answer(self.row.id, 1, seen, BASE, by=self.row.id, now=clock.now())

    def decline(self):
        operations.decline(self.row.id, 1, "", BASE, by=self.row.id, now=clock.now())

    def offer(self):
        operations.offer_session(self.row.id, 1, offering("power-hour"), by=self.row.id, now=clock.now())

    def turn(self):
        operations.turn(self.row.id, 1, offering("power-hour"), BASE, by=self.row.id, now=clock.now())

    def take(self):
        operations.take_session(self.row.id, self.row.client_id, now=clock.now())

    def refund_news(self):
        """What Stripe says of a refund of ours, or of one made in its dashboard."""
        ours = db.session().scalars(sa.select(Refund).where(Refund.state == "asked")).first()
        payment = db.session().scalars(sa.select(Payment)).first()
        if ours is not None:
            self._refund(f"re_{ours.id.hex}", ours.id.hex, None, ours.amount_minor)
        elif payment is not None and self.dice.random() < 0.2:
            self._refund(f"re_{self.dice.random()}", None, payment.intent_id, self._left(payment))

    def _left(self, payment):
        gone = sa.select(sa.func.sum(Refund.amount_minor)).where(Refund.payment_id == payment.id)
        return payment.amount_minor - (db.session().scalar(gone) or 0)

    def _refund(self, name, reference, intent, minor):
        if minor > 0:
            facts = RefundFacts(name, reference, intent, RefundState.SUCCEEDED, Money(minor, "EUR"))
            note_refund(facts, payables(), now=clock.now())

    def dispute(self):
        if self.was_paid and self.dice.random() < 0.3:
            payables()["question"].on_disputed(self.row.id, clock.now())

    def decided(self):
        if self.now.disputed_at is not None:
            payables()["question"].on_dispute_over(self.row.id, clock.now(), self.dice.random() < 0.5)

    @property
    def now(self):
        return queries.question(self.row.id)

    def adds_up(self):
        """What has to be true whatever happened."""
        row, session = self.now, db.session()
        self.was_paid = row.paid_at is not None
        orders = session.scalars(sa.select(Order).where(Order.payable_id == row.id)).all()
        assert len(orders) <= 1
        paid, back = (
            session.scalar(
                sa.select(sa.func.sum(table.amount_minor)).where(table.order_id.in_([o.id for o in orders]))
            )
            or 0
            for table in (Payment, Refund)
        )
        assert back <= paid and (row.paid_at is None) is (paid == 0)
        if row.standing not in (Standing.REFUNDED, Standing.TO_PAY):
            dashboard = session.scalar(
                sa.select(sa.func.count(Refund.id)).where(Refund.reason == "dashboard")
            )
            assert dashboard or paid - back == (PRICE if row.paid_at else 0), "paid once, whatever came"
        assert sum(each is not None for each in (row.answered_at, row.turned_at, row.back_at)) <= 1
        assert session.scalar(sa.select(sa.func.count(Reduction.id))) == (row.turned_at is not None)
        assert row.answered_at is None or row.opened_at is not None
        assert (row.sent_at is None) is (row.promised_at is None)


STEPS = [name for name in vars(Story) if not name.startswith("_") and name not in ("now", "adds_up")]
# The usual story comes to pass more often than chance would have it.
USUAL = ["press_pay", "money_comes", "write", "send", "open", "draft", "answer"]


@pytest.mark.long
def test_in_any_order_its_story_adds_up(practice, proof):  # noqa: F811
    seen = set()
    with practice.app_context():
        for number in range(proof(12, 1500)):
            dice = random.Random(number)
            with db.transaction() as session:
                for table in (Reduction, Refund, Payment):
                    session.execute(sa.delete(table))
            story = Story(practice, dice)
            for _ in range(30):
                step = dice.choice(STEPS if dice.random() < 0.6 else USUAL)
                try:
                    getattr(story, step)()
                except (NotNow, OtherWords, TooLong):
                    pass
                except asking.NoSuchQuestion:
                    assert story.now.paid_at is None
                story.adds_up()
            seen.add(story.now.standing)
    assert len(seen) >= 4, seen

"""Money in any order: paid, paid back in parts, failed after all, from the dashboard, twice and late, over a new year.

What is sold here is a thing of the test's own, handed to payments as every other is; Stripe's words are made by hand.
"""

import dataclasses
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from coachapp import db
from coachapp.clients.operations import new_client
from coachapp.money import Money
from coachapp.papers.operations import save_terms
from coachapp.payments.models import Payment, Refund
from coachapp.payments.operations import begin_attempt, open_order, settle
from coachapp.payments.papering import issue_missing
from coachapp.payments.queries import orders_of
from coachapp.payments.refunds import note_refund, refund_part
from coachapp.payments.rules import OnPaid, Payable, RefundFacts, RefundState, SessionFacts
from coachapp.practice.operations import add_coach, save_practice
from tests.apps import open_app
from tests.papers.ledger import assert_papers_agree
from tests.papers.terms import TERMS

STEPS = (timedelta(minutes=1), timedelta(days=3), timedelta(days=200))


class Purse(RuleBasedStateMachine):
    """One client, and everything that can happen to her money."""

    paid = Bundle("paid")
    refunds = Bundle("refunds")
    open_house = None  # a subclass says how an app of its own is opened

    @initialize()
    def open(self):
        self.stack = ExitStack()
        self.app = self.stack.enter_context(self.open_house())
        self.now = datetime(2026, 12, 30, 12, tzinfo=UTC)
        with self.app.app_context():
            save_practice(
                name="Quiet Harbour",
                neutral_name="QH Appointments",
                mail_subject="Your update",
                statement_text="NE SERVICES",
                currency="EUR",
                exit_to="https://www.example.org/",
            )
            add_coach(first_name="Nora", full_name="Nora Ellis", zone="Europe/Madrid", email=None)
            self.client_id = new_client(1, "Europe/Madrid", now=self.now)
            save_terms(TERMS, now=self.now)

    def teardown(self):
        self.stack.close()

    @rule(target=paid, amount=st.integers(50, 500_00), stands=st.booleans(), times=st.integers(1, 2))
    def pay(self, amount, stands, times):
        thing = uuid4()
        verdict = OnPaid.CONFIRM if stands else OnPaid.REFUND_AND_APOLOGISE
        with self.app.app_context():
            price = Money(amount, "EUR")
            order = open_order(self.client_id, "thing", thing, price, now=self.now)
            attempt = begin_attempt(order, "http://127.0.0.1/paid/", now=self.now)
            facts = SessionFacts(
                f"cs_{thing}", attempt.id.hex, "complete", "paid", price, f"pi_{thing}", None
            )
            for _ in range(times):
                settle(attempt.id, facts, self._payables(verdict), now=self.now)
        return thing

    @rule(target=refunds, thing=paid, amount=st.integers(1, 500_00))
    def ask(self, thing, amount):
        with self.app.app_context():
            order = orders_of([thing])[thing]
            asked = refund_part(order.id, Money(amount, "EUR"), "wish", now=self.now)
        return multiple(*asked)

    @rule(thing=paid, amount=st.integers(1, 500_00), state=st.sampled_from(RefundState))
    def from_the_dashboard(self, thing, amount, state):
        with self.app.app_context():
            order = orders_of([thing])[thing]
            left = (order.paid - order.refunded).minor
            if left and state is not RefundState.ASKED:
                facts = RefundFacts(
                    f"re_{uuid4()}", None, f"pi_{thing}", state, Money(min(left, amount), "EUR")
                )
                note_refund(facts, self._payables(), now=self.now)

    @rule(refund=refunds, state=st.sampled_from(RefundState), times=st.integers(1, 2))
    def news(self, refund, state, times):
        if state in (RefundState.ASKED, RefundState.TO_GIVE):
            return  # ours alone: Stripe never says so
        with self.app.app_context():
            row = db.session().get_one(Refund, refund)
            intent = db.session().get_one(Payment, row.payment_id).intent_id
            facts = RefundFacts(f"re_{refund}", refund.hex, intent, state, Money(row.amount_minor, "EUR"))
            for _ in range(times):
                note_refund(facts, self._payables(), now=self.now)

    @rule(step=st.sampled_from(STEPS))
    def wait(self, step):
        self.now += step

    @rule(rate=st.sampled_from([None, 0, 5_50, 21_00]))
    def another_rate(self, rate):
        with self.app.app_context():
            save_terms(dataclasses.replace(TERMS, tax_rate=rate), now=self.now)

    @rule()
    def tick(self):
        with self.app.app_context():
            assert issue_missing(now=self.now) == 0, "everything had its paper already"

    @invariant()
    def papers_agree(self):
        if hasattr(self, "client_id"):
            assert_papers_agree(self._rows)

    def _rows(self, *columns):
        with self.app.app_context():
            return [tuple(row) for row in db.session().execute(sa.select(*columns))]

    def _payables(self, verdict=OnPaid.CONFIRM):
        nothing = lambda *said: None  # noqa: E731
        return {"thing": Payable(lambda *said: verdict, nothing, nothing, nothing)}


def test_whatever_happens_to_money_it_has_its_paper(databases, settings_of, proof):
    @contextmanager
    def open_house():
        with databases.copy() as urls, open_app(settings_of(urls)) as app:
            yield app

    machine = type("ThisMoney", (Purse,), {"open_house": staticmethod(open_house)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=proof(6, 400),
            stateful_step_count=25,
            phases=(Phase.generate,),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

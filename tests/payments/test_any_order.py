"""Ten thousand histories of money, on both databases: whatever happens in whatever order, the sums agree at every step.

A time, a package or a request to pay is paid by card or by hand, with a code or without, ended, paid back whole or in
parts, by us or in Stripe's dashboard; a refund fails after all, a bank disputes and decides, sessions are used and come
back. What Stripe tells comes late, twice, in the wrong order or never, and is learnt all the same; its answers are lost,
before or after it did what it was asked. Real databases, the real library, the pretend Stripe; only the wire is left out.

Of a history that fails the number is told; `told(app, number)` plays it again.
"""

import random
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import awaiting, buying, confirming, operations, prices, purchases, queries
from coachapp.booking.making import give_token, new_appointment, new_place
from coachapp.booking.models import Appointment, Place
from coachapp.booking.rules import AppointmentState, BookingError
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.money import Money
from coachapp.papers.models import Paper
from coachapp.papers.operations import save_terms
from coachapp.payments import ask_queries, asking, by_hand, coupons, credit_queries, credits, events, refunds
from coachapp.payments import operations as payments
from coachapp.payments.credit_models import CreditEntry
from coachapp.payments.dispute_models import Dispute, DisputeDecided
from coachapp.payments.models import Attempt, Order, Payment, PaymentUndone, Refund
from coachapp.payments.news_models import NewsMarker
from coachapp.payments.queries import orders_of, unfinished_attempt
from coachapp.payments.rules import (
    BY_HAND,
    UNFINISHED,
    AttemptState,
    Knock,
    Method,
    OrderState,
    PaymentError,
    RefundState,
    order_state,
)
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from coachapp.tick import STEPS, run_tick
from tests.apps import open_app
from tests.papers.ledger import assert_no_gap
from tests.papers.terms import TERMS
from tests.payments.near_stripe import NearGateway, NearStripe
from tests.road import open_practice

pytestmark = pytest.mark.long

NORA, BASE = uuid4(), "http://127.0.0.1"
CODES = {"LESS-20": 20, "NOTHING": 100}
WAITS = (timedelta(minutes=3), timedelta(minutes=40), timedelta(hours=2), timedelta(hours=30))
STRIPES = [
    step
    for step in STEPS
    if any(word in step.name for word in ("news", "open payments", "refunds", "events"))
]
FELL_THROUGH = (RefundState.FAILED, RefundState.CANCELLED)
FAULTS = [
    {"fail_next": {"status": 500}},
    {"fail_next": {"status": 500, "stage": "kept"}},
    {"fail_next": {"status": 500, "stage": "after"}},
    {"fail_next": {"status": 409}},
    {"fail_next": {"status": 429}},
    {"drop_connection": {"stage": "before"}},
    {"drop_connection": {"stage": "after"}},
]


class History:
    """One thing that is sold to one client, and everything that can happen to its money."""

    def __init__(self, app, number):
        self.app, self.dice = app, random.Random(number)
        self.stripe = app.extensions["gateway"].line.stripe = NearStripe()
        self.late, self.used, self.seen = timedelta(), [], None
        with db.transaction() as session:  # another Stripe, which was never asked
            session.execute(sa.delete(NewsMarker))
        self.client_id = new_client(1, "UTC", now=self.now, name="Alex", state=State.ACTIVE)
        self.kind = self.dice.choice(["appointment", "package", "request"])
        self.row = getattr(self, f"_sell_{self.kind}")(number)

    def _sell_appointment(self, number):
        sold = offering("power-hour")
        with db.transaction() as session:
            starts = self.now.replace(minute=0, second=0, microsecond=0) + timedelta(days=9, hours=2 * number)
            appointment = new_appointment(sold, starts, AppointmentState.HELD, self.now, hold_until=starts)
            session.add(appointment)
            session.flush()
            place = new_place(appointment.id, sold, "UTC", "client", self.now)
            session.add(place)
            session.flush()
            give_token(place, self.client_id)
            return place.id

    def _sell_package(self, number):
        road = buying.begin_known(
            self.client_id, offering("steady-ground"), offering("power-hour"), None, now=self.now
        )
        self.road = road
        return purchases.by_road(road).package_id

    def _sell_request(self, number):
        amount, due = Money(self.dice.randrange(50, 500_00), "EUR"), self.now + timedelta(days=3)
        return asking.ask_any(self.client_id, 1, amount, due, in_space=False, by=NORA, now=self.now)

    @property
    def now(self):
        return clock.now() + self.late

    @property
    def stripes(self):
        """The gateway and the payables, as operations take them."""
        return self.app.extensions["gateway"], self.app.extensions["payables"]

    @property
    def order(self):
        return orders_of([self.row]).get(self.row)

    def _of(self, statement):
        """The rows of this statement for the order, if there is one by now."""
        order_id = db.read(ORDER, {"payable": self.row}).scalar()
        return _read(statement, order_id) if order_id else []

    # ---- paying by card ----

    def go_to_pay(self):
        back = f"{BASE}/paid/"
        if self.kind == "appointment":
            attempt = operations.go_to_pay(queries.place(self.row), back, now=self.now)
        elif self.kind == "package":
            attempt = buying.go_to_pay(purchases.by_road(self.road), back, now=self.now)
        else:
            attempt = asking.go_to_pay(ask_queries.by_id(self.row), back, self.stripes[1], now=self.now)
        payments.open_checkout(attempt, *self.stripes, now=self.now)

    def pay(self):
        """Who knows where to pay presses Pay, also in a window that was left open long ago."""
        known = [row.session_id for row in self._of(ATTEMPTS) if row.session_id]
        if known:
            self.stripe.till.pay(self.dice.choice(known))

    def pay_and_learn(self):
        self.go_to_pay()
        self.pay()
        self.come_back()

    def come_back(self):
        if attempt := unfinished_attempt(self.row):
            payments.ask_stripe(attempt, *self.stripes, now=self.now)

    def end_link(self):
        if attempt := unfinished_attempt(self.row):
            payments.end_link(attempt, *self.stripes, now=self.now)

    def let_go(self):
        if attempt := unfinished_attempt(self.row):
            payments.let_go(attempt, *self.stripes, now=self.now)

    def type_a_code(self):
        code = self.dice.choice([*CODES, "NONE-SUCH"])
        if self.kind == "appointment" and not unfinished_attempt(self.row):
            prices.use_code(queries.place(self.row), code, now=self.now)

    def take_for_nothing(self):
        if self.kind == "appointment":
            confirming.confirm_free(queries.place(self.row), BASE, now=self.now)

    # ---- money by hand ----

    def mark_paid(self):
        """As the desk does: what is open at Stripe is ended first."""
        self.end_link()
        if self.kind == "appointment":
            order_id = awaiting.reopened(queries.place(self.row), now=self.now)
        elif order := self.order:
            order_id = order.id
        else:
            return
        by_hand.take(order_id, self.dice.choice(BY_HAND), self.stripes[1], by=NORA, now=self.now)

    def undo(self):
        for row in self._of(CAME):
            if row.method in BY_HAND:
                by_hand.undo(row.id, by=NORA, now=self.now)

    def give_back_by_hand(self):
        for row in self._of(BACK):
            today, payables = self.now.date(), self.stripes[1]
            by_hand.given_back(row.id, Method.CASH, today, payables, by=NORA, now=self.now)

    # ---- money on its way back ----

    def cancel(self):
        if self.kind == "appointment":
            by = self.dice.choice(["client", "staff", "unsafe"])
            asked = confirming.cancel(queries.place(self.row), BASE, by=by, now=self.now)
        elif self.kind == "package":
            asked = credits.take_back(self.row, None, now=self.now)
        else:
            self.end_link()
            asking.take_back(self.row, by=NORA, now=self.now)
            return
        payments.finish(asked, *self.stripes, now=self.now)

    def refund(self):
        if order := self.order:
            some = Money(self.dice.randrange(1, order.amount.minor + 2), "EUR")
            part = self.dice.random() < 0.7
            asked = (
                refunds.refund_part(order.id, some, "wish", now=self.now)
                if part
                else refunds.refund_all(order.id, "wish", now=self.now)
            )
            payments.finish(asked, *self.stripes, now=self.now)

    def refund_in_the_dashboard(self):
        for charge in self.stripe.objects("charge"):
            self.stripe.in_the_dashboard(
                charge["payment_intent"], self.dice.randrange(1, charge["amount"] + 1)
            )

    def refund_fails(self):
        if made := self.stripe.objects("refund"):
            self.stripe.till.fail_refund(self.dice.choice(made)["id"])

    # ---- banks ----

    def dispute(self):
        for charge in self.stripe.objects("charge"):
            if not charge["disputed"]:
                some = self.dice.randrange(1, charge["amount"] + 1)
                self.stripe.till.dispute(charge["id"], self.dice.choice([None, some]))

    def decide(self):
        for made in self.stripe.objects("dispute"):
            if made["status"] not in ("won", "lost"):
                self.stripe.till.close_dispute(made["id"], self.dice.choice(["won", "lost"]))

    # ---- sessions of a package ----

    def use(self):
        if self.kind == "package":
            place_id = uuid4()
            credits.use_of(self.row, place_id, now=self.now)
            self.used.append(place_id)

    def session_comes_back(self):
        if self.used:
            credits.give_back(self.dice.choice(self.used), "staff", now=self.now)

    # ---- news, ticks, time ----

    def news(self):
        """One piece of news, whichever: the newest first, once more, or years later. Most histories miss some."""
        happened = self.stripe.events
        if happened:
            self._knock(self.dice.choice(happened))

    def all_news_backwards(self):
        for event in reversed(self.stripe.events):
            self._knock(event)

    def _knock(self, event):
        knock = Knock(event["id"], event["type"], event["data"]["object"]["id"], False)
        if events.receive(knock, now=self.now):
            events.work(knock.id, *self.stripes, now=self.now)

    def wait(self):
        self._later(self.dice.choice(WAITS))

    def _later(self, step):
        self.late += step
        self.stripe.levers.move({"clock_offset": int(self.late.total_seconds())})
        self.stripe.till.expire_due()

    def tick(self):
        failed = run_tick(self.app, self.now, self.dice.sample(STRIPES, len(STRIPES)))
        db.session().rollback()
        return failed

    # ---- what holds after every step ----

    def agrees(self):
        """Our books with themselves, with Stripe's, with the papers, and with what was sold.

        The rows are read after every step; where not one of them has changed, the sums are those of the step before.
        """
        moved = self._moved()
        if moved == self.seen:
            return
        self.seen = moved
        order, (_amount, came, back, papers, disputes, *_rest) = self.order, moved
        if order is None:
            assert not self.stripe.objects("charge")
            return
        paid = sum(row.amount_minor for row in came if not row.undone)
        stands = [row for row in back if row.state not in FELL_THROUGH]
        went = sum(row.amount_minor for row in stands)
        lost = sum(row.amount_minor for row in disputes if row.verdict == "lost")
        assert (order.paid.minor, order.refunded.minor, order.lost.minor) == (paid, went, lost)
        assert order.state is order_state(order.amount.minor, paid, went, lost)
        assert order.left.minor == max(paid - went - lost, 0)
        for row in came:
            mine = sum(each.amount_minor for each in stands if each.payment_id == row.id)
            sent = [each for each in stands if each.payment_id == row.id and each.state != RefundState.ASKED]
            assert sum(each.amount_minor for each in sent) <= row.amount_minor, "never more back than came"
            asked = [each for each in stands if each.payment_id == row.id and each.reason != "dashboard"]
            assert sum(each.amount_minor for each in asked) <= row.amount_minor, "never more asked for"
            assert not (mine and row.undone), "what goes back is not undone"
        self._agrees_with_stripe(came, back)
        self._agrees_on_disputes(disputes)
        gone = sum(row.amount_minor for row in back if row.state == RefundState.SUCCEEDED)
        assert sum(row.amount_minor for row in papers) == paid - gone, (
            "the papers say something else than the money"
        )
        kept, fell_through = order.left.minor, len(stands) < len(back)
        if self.kind == "appointment":
            (state,) = self._stands()
            assert state != AppointmentState.RELEASED or kept == 0 or fell_through, "kept for a time let go"
        elif self.kind == "package":
            mine = credit_queries.package(self.row)
            assert mine.agrees and mine.is_granted == bool(came), "granted if and only if it was paid"
        else:
            assert kept <= order.amount.minor or fell_through, "kept twice"

    def _moved(self):
        """All that there is of this history, here and at Stripe."""
        there = self.stripe.store.books.objects.values()
        at_stripe = [(each["id"], each.get("status"), each.get("amount_refunded")) for each in there]
        amount = db.read(AMOUNT, {"payable": self.row}).scalar()
        ours = [self._of(each) for each in (CAME, BACK, PAPERS, DISPUTES)]
        return amount, *ours, self._stands(), at_stripe

    def _stands(self):
        """How the time stands, or what happened to the sessions."""
        if self.kind == "request":
            return []
        return db.read(STATE if self.kind == "appointment" else ENTRIES, {"sold": self.row}).scalars().all()

    def _agrees_with_stripe(self, came, back):
        charged = {each["payment_intent"]: each for each in self.stripe.objects("charge")}
        cards = {row.intent_id: row for row in came if row.method == Method.CARD}
        assert cards.keys() <= charged.keys(), "a payment that nobody made"
        assert len(charged) <= 1, "never two charges"
        assert all(row.amount_minor == charged[intent]["amount"] for intent, row in cards.items())
        there = {each["id"]: each for each in self.stripe.objects("refund")}
        ours = [each["metadata"]["refund"] for each in there.values() if each["metadata"]]
        assert len(ours) == len(set(ours)), "never two refunds for one"
        for row in back:
            assert row.stripe_id is None or there[row.stripe_id]["amount"] == row.amount_minor

    def _agrees_on_disputes(self, disputes):
        there = {each["id"]: each for each in self.stripe.objects("dispute")}
        for row in disputes:
            assert row.amount_minor == there[row.id]["amount"]
            assert row.verdict in (None, there[row.id]["status"]), "decided here, and not by the bank"

    def settles(self):
        """Stripe is well again and two days go by: nothing is open, unsent or unseen any more."""
        self.stripe.levers.move({"fail_next": None, "drop_connection": None})
        for _ in range(2):
            self._later(timedelta(hours=26))
            assert self.tick() == ()
            self.agrees()
        came, back = self._of(CAME), self._of(BACK)
        attempts = {row.state for row in self._of(ATTEMPTS)}
        assert not attempts & {*UNFINISHED, AttemptState.ALARM}
        assert RefundState.ASKED not in {row.state for row in back}
        seen = {row.intent_id for row in came if row.method == Method.CARD}
        charged = {each["payment_intent"] for each in self.stripe.objects("charge")}
        assert seen == charged, "paid at Stripe and unseen here"
        there = {each["id"]: each["status"] for each in self.stripe.objects("refund")}
        here = {row.stripe_id: row.state for row in back if row.stripe_id}
        assert here == there, "all news was to be had, and yet the books differ"
        there = {each["id"]: each["status"] for each in self.stripe.objects("dispute")}
        here = {row.id: row.verdict or "needs_response" for row in self._of(DISPUTES)}
        assert here == there, "a bank's doing that nobody here has learnt of"


AMOUNT = sa.select(Order.__table__.c.amount_minor).where(
    Order.__table__.c.payable_id == sa.bindparam("payable", type_=sa.Uuid)
)
ORDER = sa.select(Order.__table__.c.id).where(
    Order.__table__.c.payable_id == sa.bindparam("payable", type_=sa.Uuid)
)
CAME = (
    sa.select(
        Payment.__table__.c["id", "method", "amount_minor", "intent_id"],
        PaymentUndone.__table__.c.payment_id.label("undone"),
    )
    .outerjoin_from(Payment.__table__, PaymentUndone.__table__)
    .where(Payment.__table__.c.order_id == sa.bindparam("order", type_=sa.Uuid))
)
BACK = sa.select(Refund.__table__).where(Refund.__table__.c.order_id == sa.bindparam("order", type_=sa.Uuid))
PAPERS = sa.select(Paper.__table__.c.amount_minor).where(
    Paper.__table__.c.order_id == sa.bindparam("order", type_=sa.Uuid)
)
DISPUTES = (
    sa.select(Dispute.__table__.c["id", "amount_minor"], DisputeDecided.__table__.c.verdict)
    .outerjoin_from(Dispute.__table__, DisputeDecided.__table__)
    .where(Dispute.__table__.c.order_id == sa.bindparam("order", type_=sa.Uuid))
)
ATTEMPTS = sa.select(Attempt.__table__.c["state", "session_id"]).where(
    Attempt.__table__.c.order_id == sa.bindparam("order", type_=sa.Uuid)
)
STATE = (
    sa.select(Appointment.__table__.c.state)
    .join_from(Appointment.__table__, Place.__table__)
    .where(Place.__table__.c.id == sa.bindparam("sold", type_=sa.Uuid))
)
ENTRIES = sa.select(CreditEntry.__table__.c.id).where(
    CreditEntry.__table__.c.package_id == sa.bindparam("sold", type_=sa.Uuid)
)


def _read(statement, order_id):
    return db.read(statement, {"order": order_id}).all()


ACTS = [
    name
    for name in vars(History)
    if callable(getattr(History, name)) and not name.startswith("_") and name not in ("agrees", "settles")
]
# The usual story comes to pass more often than chance would have it.
USUAL = ["go_to_pay", "pay", "pay_and_learn", "news", "tick", "refund", "come_back"]


def told(app, number):
    """Play one history; the names of what was done, and of what it came to."""
    with app.app_context():
        history, did = History(app, number), []
        dice = history.dice
        try:
            for _ in range(dice.randrange(6, 16)):
                did.append(dice.choice(ACTS if dice.random() < 0.6 else USUAL))
                fault = dice.choice(FAULTS) if dice.random() < 0.2 else {}
                history.stripe.levers.move({"fail_next": None, "drop_connection": None, **fault})
                with suppress(PaymentError, BookingError):
                    getattr(history, did[-1])()
                db.session().rollback()
                db.session().expunge_all()
                history.agrees()
            history.settles()
        except Exception as trouble:
            trouble.add_note(f"history {number}, a {history.kind}: {did}")
            raise
        order = history.order
        return did, order and order.state, {row.state for row in history._of(BACK)}


@pytest.fixture
def house(settings):
    """The small practice, whose Stripe is within reach; its database is told that no power will be cut here."""
    with open_app(settings) as app:
        for name in (app.extensions["engine"], app.extensions["vault"]._engine):
            sa.event.listen(name, "connect", _hurry)
            name.dispose()
        app.extensions["gateway"] = NearGateway(settings)
        with app.app_context():
            open_practice()
            save_terms(TERMS, now=clock.now())
            single = offering("power-hour").id
            save_offering(offering("steady-ground").id, slug="steady-ground", pays_for_id=single)
            for code, percent in CODES.items():
                coupons.make(
                    1, code, percent=percent, off=None, currency="EUR", days=(None, None), most=None,
                    most_each=None, offering_ids=[], by=NORA, now=clock.now(),
                )  # fmt: skip
        yield app


def _hurry(connection, _entry):
    cursor = connection.cursor()
    is_sqlite = type(connection).__module__.startswith("sqlite3")
    cursor.execute("PRAGMA synchronous = OFF" if is_sqlite else "SET synchronous_commit TO off")
    if not is_sqlite:
        connection.commit()
    cursor.close()


def test_in_any_order_the_sums_agree_after_every_step(house, proof):
    """Half of the ten thousand on each database."""
    count, states, fates, acts = proof(12, 5_000), set(), set(), set()
    for number in range(count):
        did, state, refunded = told(house, number)
        states.add(state)
        fates |= refunded
        acts.update(did)
    with house.app_context():
        assert_no_gap(lambda *columns: db.session().execute(sa.select(*columns)).all())
    if count > 1000:
        assert acts == set(ACTS)
        assert states == {None, *OrderState} and fates == {*RefundState} - {"asked", "pending", "canceled"}

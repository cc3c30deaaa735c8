"""Packages as a state machine: bought, given, used, cancelled, refunded, disputed, paused and ended in any order.

News from Stripe comes late, twice, in the wrong order or never. After every step each session of each package is
somewhere, once; none is lost that nobody took, and none is there that nobody paid for or gave.
"""

from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import requests
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

from coachapp import clock
from coachapp.booking import around, buying, confirming, crediting, holding, operations, purchases, queries
from coachapp.booking.admission import Guest
from coachapp.booking.rules import AppointmentState, BookingError, Outcome
from coachapp.clients.operations import new_client
from coachapp.clients.rules import State
from coachapp.doctor.queries import uses_astray
from coachapp.notifications.models import OutboxMessage
from coachapp.papers.operations import save_terms
from coachapp.payments import credit_queries, credits, events, packages
from coachapp.payments import operations as payments
from coachapp.payments.credit_rules import Kind, Told
from coachapp.payments.queries import orders_of, unfinished_attempt
from coachapp.payments.rules import Knock, PaymentError
from coachapp.practice.queries import offering
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from coachapp.tick import run_tick
from coachapp.zones import zone
from tests.booking.sold import SINGLE, SLUG, sell
from tests.papers.ledger import assert_papers_agree
from tests.papers.terms import TERMS
from tests.road import open_world, sqlite_everyday

pytestmark = pytest.mark.long

NORA = uuid4()
STEPS = (timedelta(minutes=3), timedelta(hours=2), timedelta(days=3), timedelta(days=40), timedelta(days=200))
DASHBOARD = {"Authorization": "Bearer sk_test_dashboard"}


class Packages(RuleBasedStateMachine):
    """One client, one coach, and everything that can happen to what she bought or was given."""

    bought = Bundle("bought")
    times = Bundle("times")
    open_house = None  # a subclass says how a world of its own is opened

    @initialize(inbox=st.sampled_from(Inbox))
    def open(self, inbox):
        self.stack = ExitStack()
        self.world = self.stack.enter_context(self.open_house())
        self.world.stripe.lever(webhook_off=True)
        self.late = timedelta()
        self.news: list[tuple[str, str]] = []
        self.known: dict = {}
        sell(self.world)
        with self.world.app.app_context():
            save_terms(TERMS, now=self.now)
            self.client_id = new_client(1, "America/Santiago", now=self.now, name="Alex", state=State.ACTIVE)
            address = None if inbox is Inbox.NONE else "alex@example.com"
            set_contact(self.client_id, inbox, address, now=self.now)

    def teardown(self):
        try:
            self.settle_down()
        finally:
            self.stack.close()

    @property
    def now(self):
        return clock.now() + self.late

    # ---- buying and giving ----

    @rule(target=bought, sessions=st.integers(1, 3), months=st.integers(1, 2))
    def give(self, sessions, months):
        with self._kindly():
            given = packages.give(
                self.client_id, offering(SINGLE), sessions, months, "", by=NORA, now=self.now
            )
            self._expect(given, left=sessions)
            return given

    @rule(target=bought)
    def begin(self):
        """Without a time."""
        with self._kindly():
            road = buying.begin_known(self.client_id, offering(SLUG), offering(SINGLE), None, now=self.now)
            attempt = buying.go_to_pay(purchases.by_road(road), self._back, now=self.now)
            payments.open_checkout(attempt, *self._stripe, now=self.now)
            return attempt.payable_id

    @rule(target=bought)
    def begin_with_a_time(self):
        place = self._hold(buys=True)
        if place is None:
            return multiple()
        with self._kindly():
            attempt = operations.go_to_pay(place, self._back, now=self.now)
            payments.open_checkout(attempt, *self._stripe, now=self.now)
            return attempt.payable_id

    @rule(package=bought, learn=st.booleans())
    def pay(self, package, learn):
        with self._kindly():
            attempt = unfinished_attempt(package)
            if attempt is None or attempt.session_id is None:
                return
            with suppress(RuntimeError):
                self.world.stripe.pay(attempt.session_id)
                self.news.append(("checkout.session.completed", attempt.session_id))
            if learn:
                payments.ask_stripe(attempt, *self._stripe, now=self.now)

    # ---- using ----

    @rule(target=times)
    def use(self):
        place = self._hold()
        if place is None:
            return multiple()
        with self._kindly():
            mine = credit_queries.usable(self.client_id, place.offering_id)
            try:
                crediting.confirm_by_credit(place, self.world.url, now=self.now)
            except PaymentError:
                assert mine is None
                return multiple()
            self._move(mine.id, left=-1, used=1)
            return place.id
        return multiple()

    @rule(target=times)
    def give_and_use(self):
        """The ordinary way, so that much stands that can fall."""
        self.give(2, 2)
        return self.use()

    @rule(place_id=times, by=st.sampled_from(["client", "staff", "unsafe"]), late=st.booleans())
    def cancel(self, place_id, by, late):
        with self._kindly():
            place = queries.place(place_id)
            ahead = place.starts_at - self.now - timedelta(hours=1)
            if late and ahead > timedelta():
                self.wait(ahead)  # over the moment until which it gives everything back
            was_spent = bool(credit_queries.spent_on([place_id]))
            confirming.cancel(place, self.world.url, by=by, now=self.now)
            if was_spent and (by != "client" or self.now <= place.free_until):
                self._came_back(place_id)

    @rule()
    def use_and_cancel_late(self):
        """By herself: the session is used, whatever else happens afterwards."""
        place_id = self.give_and_use()
        if isinstance(place_id, UUID):
            self.cancel(place_id, by="client", late=True)

    @rule(place_id=times, give=st.booleans())
    def absent(self, place_id, give):
        with self._kindly():
            place = queries.place(place_id)
            if place.outcome != Outcome.ABSENT:
                around.note_absent(place, by=NORA, now=self.now)
            was_spent = bool(credit_queries.spent_on([place_id]))
            crediting.decide(queries.place(place_id), give=give, by=NORA, now=self.now)
            if give and was_spent:
                self._came_back(place_id)

    # ---- resting, telling, taking back ----

    @rule(package=bought, on=st.booleans())
    def pause(self, package, on):
        with self._kindly():
            (credits.pause if on else credits.resume)(package, "client", now=self.now)

    @rule(package=bought, way=st.sampled_from([Told.SHOWN, Told.COACH]))
    def tell(self, package, way):
        with self._kindly():
            credits.note_told(package, way, now=self.now)

    @rule(package=bought, amount=st.sampled_from([None, 0, 10_00, 500_00]))
    def take_back(self, package, amount):
        with self._kindly():
            mine = credit_queries.package(package)
            money = None if amount is None else type(mine.price)(amount, mine.price.currency)
            refunds = credits.take_back(package, money, now=self.now)
            self._move(package, left=-mine.left, taken=mine.left)
            payments.finish(refunds, *self._stripe, now=self.now)

    # ---- Stripe's own doings, and its news ----

    @rule(package=bought, amount=st.sampled_from([10_00, 150_00, 420_00]))
    def refund_in_the_dashboard(self, package, amount):
        intent = self._object_of(package, "payment_intent")
        if intent:
            form = {"payment_intent": intent, "amount": amount}
            where = f"{self.world.stripe.api_base}/v1/refunds"
            answer = requests.post(where, form, headers=DASHBOARD, timeout=5)
            if answer.ok:
                self.news.append(("refund.created", answer.json()["id"]))

    @rule(package=bought)
    def dispute(self, package):
        charge = self._object_of(package, "charge")
        if charge and (made := self.world.stripe.dispute(charge)):
            self.news.append(("charge.dispute.created", made))

    @rule(outcome=st.sampled_from(["won", "lost"]))
    def decide_dispute(self, outcome):
        for kind, made in list(self.news):
            if kind == "charge.dispute.created" and ("charge.dispute.closed", made) not in self.news:
                self.world.stripe.close_dispute(made, outcome)
                self.news.append(("charge.dispute.closed", made))

    @rule(which=st.integers(0, 50), times=st.integers(1, 2))
    def news_come(self, which, times):
        """One piece of news, once or twice, however late; what is never drawn never comes."""
        if not self.news:
            return
        kind, about = self.news[which % len(self.news)]
        for _ in range(times):
            with self.world.app.app_context():
                knock = Knock(f"evt_{uuid4().hex}", kind, about, False)
                events.receive(knock, now=self.now)
                events.work(knock.id, *self._stripe, now=self.now)
        self._note_taken()

    @rule(step=st.sampled_from(STEPS))
    def wait(self, step):
        self.late += step
        self.world.stripe.lever(clock_offset=int(self.late.total_seconds()))

    @rule()
    def tick(self):
        before = {each.id: each for each in self._all()}
        assert run_tick(self.world.app, self.now) == ()
        for each in self._all():
            ended = each.expired - before[each.id].expired if each.id in before else 0
            if ended:
                assert self._was_told_in_time(each)
                self._move(each.id, left=-ended, expired=ended)

    # ---- what holds at every moment ----

    @invariant()
    def every_session_is_where_it_was_put(self):
        if not hasattr(self, "known"):
            return
        self._note_granted()
        for each in self._all():
            found = {"left": each.left, "used": each.used, "expired": each.expired, "taken": each.taken}
            assert each.agrees and found == self.known.get(each.id), each.entries

    @invariant()
    def no_use_without_its_time(self):
        if hasattr(self, "known"):
            with self.world.app.app_context():
                assert uses_astray() == 0

    @invariant()
    def never_more_back_than_came(self):
        if hasattr(self, "known"):
            for each in self._all():
                order = self._order(each.id)
                assert order is None or 0 <= order.refunded.minor <= order.paid.minor

    def settle_down(self):
        for step in (timedelta(hours=2), timedelta(minutes=10)):
            self.wait(step)
            assert run_tick(self.world.app, self.now) == ()
            self._note_granted()
        assert_papers_agree(self.world.rows)
        with self.world.app.app_context():
            for each in credit_queries.every_package():
                order = orders_of([each.id]).get(each.id)
                paid = bool(order and order.paid.minor)
                assert each.is_granted == (each.was_given or paid), "granted if and only if it was paid"

    # ---- how to look, and what is expected ----

    def _expect(self, package, **counts):
        self.known[package] = {"left": 0, "used": 0, "expired": 0, "taken": 0} | counts

    def _move(self, package, **by):
        self._note_granted()
        for name, count in by.items() if any(by.values()) else ():
            self.known[package][name] += count

    def _came_back(self, place_id):
        (package, _entry) = credit_queries.uses_of([place_id])[place_id]
        self._move(package, left=1, used=-1)

    def _note_granted(self):
        """What was paid since is there; with its first time used, if that was still to be had."""
        for each in self._all():
            if each.id not in self.known and each.is_granted:
                order = self._order(each.id)
                assert order and order.paid.minor >= order.amount.minor, "nobody paid for it"
                first = [e for e in each.entries if e.kind is Kind.USED and e.place_id == each.place_id]
                self._expect(each.id, left=each.sessions - len(first), used=len(first))

    def _note_taken(self):
        """What was lost to a dispute or paid back without us: only what was left, and only of that package."""
        self._note_granted()
        for each in self._all():
            taken = each.taken - self.known[each.id]["taken"] if each.id in self.known else 0
            if taken:
                ways = [e.way for e in each.entries if e.kind is Kind.TAKEN][-taken:]
                assert set(ways) <= {"dispute", "dashboard"}
                self._move(each.id, left=-taken, taken=taken)

    def _was_told_in_time(self, mine):
        told = [e for e in mine.entries if e.kind is Kind.TOLD and e.until == mine.until]
        mails = self.world.rows(OutboxMessage.unique_key, OutboxMessage.state)
        sent = {key for key, state in mails if state == "sent"}
        keys = {credits.ends_key(mine.id, e.turn) for e in told if e.way == Told.MAIL}
        counts = [e for e in told if e.way != Told.MAIL or keys & sent]
        return any(mine.until - e.at >= timedelta(days=29, hours=22) for e in counts)

    def _all(self):
        with self.world.app.app_context():
            return [each for each in credit_queries.every_package() if each.is_granted]

    def _order(self, package):
        with self.world.app.app_context():
            return orders_of([package]).get(package)

    def _object_of(self, package, kind):
        """What Stripe has for the payment of a package."""
        with self.world.app.app_context():
            attempt = unfinished_attempt(package)
        order = self._order(package)
        if attempt is not None or order is None or order.paid.is_zero:
            return None
        refs = [s for s in self.world.stripe.sessions.values() if s["payment_status"] == "paid"]
        objects = self.world.stripe.state()["objects"]
        for each in refs:
            with self.world.app.app_context():
                from_here = payments.queries.attempt_by_reference(each["client_reference_id"])
            if from_here and from_here.payable_id == package:
                intent = each["payment_intent"]
                if kind == "payment_intent":
                    return intent
                found = (
                    o["id"]
                    for o in objects.values()
                    if o["object"] == "charge" and o["payment_intent"] == intent
                )
                return next(found, None)
        return None

    def _hold(self, buys=False):
        """A time for her: one of a few of the coming days."""
        with self._kindly():
            what = offering(SINGLE)
            days = queries.free_days(what, self.now, self.now + timedelta(days=4), zone("UTC"), now=self.now)
            starts = [time.start for day in days for time in day.times]
            if not starts:
                return None
            guest = Guest(client_id=self.client_id)
            package = offering(SLUG).id if buys else None
            road = holding.hold_time(what, starts[0], "UTC", None, now=self.now, guest=guest, buys=package)
            place = queries.place_by_road(road)
            assert place.state is AppointmentState.HELD
            return place
        return None

    @property
    def _back(self):
        return f"{self.world.url}/paid/"

    @property
    def _stripe(self):
        return self.world.app.extensions["gateway"], self.world.app.extensions["payables"]

    @contextmanager
    def _kindly(self):
        """Inside the app; whatever a room refuses by name is a right answer."""
        with self.world.app.app_context(), suppress(BookingError, PaymentError):
            yield


@sqlite_everyday
def test_whatever_happens_to_packages(databases, stripe_standin, mail_catcher, settings_of, proof):
    @contextmanager
    def open_house():
        with databases.copy() as urls, open_world(settings_of(urls), stripe_standin, mail_catcher) as world:
            yield world
            stripe_standin.reset()

    machine = type("ThesePackages", (Packages,), {"open_house": staticmethod(open_house)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=proof(5, 200),
            stateful_step_count=25,
            phases=(Phase.generate,),  # a step is slow: what fails is told as it was found, not made smaller
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

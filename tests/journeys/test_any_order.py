"""Booking as a state machine: whatever people, the coach, Stripe and time do in whatever order, the sums are right.

Real databases, the pretend Stripe over HTTP, real mail; what is drawn by chance is only who does what, and when.
"""

from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
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
from coachapp.booking import confirming, holding, moving, operations, queries, requests, waiting
from coachapp.booking.models import Appointment, Place
from coachapp.booking.operations import Details
from coachapp.booking.rules import OCCUPYING, AppointmentState, BookingError, PlaceRow
from coachapp.booking.wait_rules import Suits
from coachapp.booking.waiting import Newcomer, Wish
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.rules import State as MailState
from coachapp.payments import operations as payments
from coachapp.payments.models import Attempt, Payment, Refund
from coachapp.payments.queries import orders_of, unfinished_attempt
from coachapp.payments.refunds import refund_all
from coachapp.payments.rules import AttemptState, GatewayRefused, RefundState
from coachapp.practice.operations import save_practice
from coachapp.practice.queries import offering
from coachapp.safe_contact.models import SafeContact
from coachapp.safe_contact.rules import Inbox
from coachapp.tick import run_tick
from coachapp.zones import zone
from tests.cast import ALEX
from tests.road import open_world, sqlite_everyday

pytestmark = pytest.mark.long

STEPS = (
    timedelta(minutes=1),
    timedelta(minutes=12),
    timedelta(minutes=41),
    timedelta(hours=7),
    timedelta(days=2),
)
# So few times are fought over that people get in each other's way.
FEW = 4
NORAS = uuid4()
GIVEN_BACK = (RefundState.ASKED, RefundState.PENDING, RefundState.SUCCEEDED)


@dataclass(frozen=True)
class Road:
    """Someone's way to a time: which place, and whether it costs something."""

    place_id: UUID


class Practice(RuleBasedStateMachine):
    """One coach's time, and everything that can happen to it."""

    roads = Bundle("roads")
    open_house = None  # a subclass says how a world of its own is opened

    @initialize()
    def open(self):
        self.stack = ExitStack()
        self.world = self.stack.enter_context(self.open_house())
        self.world.stripe.lever(webhook_off=True)
        self.app = self.world.app
        self.late = timedelta()
        self.promised: set[UUID] = set()
        with self.app.app_context():
            save_practice(turn_hours=3)

    def teardown(self):
        try:
            self.settle_down()
        finally:
            self.stack.close()

    @property
    def now(self):
        return clock.now() + self.late

    # ---- what people do ----

    @rule(target=roads, slug=st.sampled_from(["power-hour", "first-conversation"]), pick=st.integers(0, FEW),
          inbox=st.sampled_from(Inbox))  # fmt: skip
    def hold(self, slug, pick, inbox):
        with self.app.app_context():
            what = offering(slug)
            start = self._free(slug, pick)
            try:
                cookie = holding.hold_time(what, start, ALEX.zone, None, now=self.now)
            except BookingError:
                return multiple()
            place = queries.place_by_road(cookie)
            address = "" if inbox is Inbox.NONE else f"{place.id.hex}@example.com"
            operations.save_details(place, Details("Alex", inbox, address, ""), now=self.now)
            return Road(place.id)

    @rule(road=roads)
    def go_on(self, road):
        """On to paying, or to the end of what costs nothing."""
        with self._kindly():
            place = queries.place(road.place_id)
            if place.is_free:
                confirming.confirm_free(place, self.world.url, now=self.now)
                return
            attempt = operations.go_to_pay(place, f"{self.world.url}/paid/", now=self.now)
            with suppress(GatewayRefused):
                payments.open_checkout(attempt, *self._stripe, now=self.now)

    @rule(road=roads)
    def pay(self, road):
        """Press Pay at Stripe, whose news we learn later, if at all."""
        with self._kindly():
            place = queries.place(road.place_id)
            attempt = unfinished_attempt(place.id)
            if attempt and attempt.session_id:
                with suppress(RuntimeError):
                    self.world.stripe.pay(attempt.session_id)

    @rule(target=roads, slug=st.sampled_from(["power-hour", "first-conversation"]), pick=st.integers(0, FEW),
          inbox=st.sampled_from(Inbox))  # fmt: skip
    def book_and_pay(self, slug, pick, inbox):
        """The ordinary way, so that much stands that can fall."""
        road = self.hold(slug, pick, inbox)
        if isinstance(road, Road):
            self.go_on(road)
            self.pay(road)
            self.come_back(road)
        return road

    @rule(road=roads)
    def come_back(self, road):
        with self._kindly():
            place = queries.place(road.place_id)
            if attempt := unfinished_attempt(place.id):
                payments.ask_stripe(attempt, *self._stripe, now=self.now)

    @rule(road=roads)
    def let_go(self, road):
        with self._kindly():
            place = queries.place(road.place_id)
            if attempt := unfinished_attempt(place.id):
                payments.let_go(attempt, *self._stripe, now=self.now)
            holding.let_go(place, now=self.now)

    @rule(road=roads, pick=st.integers(0, FEW))
    def move(self, road, pick):
        with self._kindly():
            place = queries.place(road.place_id)
            start = self._free(place.slug, pick)
            moving.move_by_client(
                place, offering(place.slug), start, "Asia/Tokyo", self.world.url, now=self.now
            )

    @rule(road=roads, by=st.sampled_from(["client", "staff", "unsafe"]))
    def cancel(self, road, by):
        with self._kindly():
            place = queries.place(road.place_id)
            refunds = confirming.cancel(place, self.world.url, by=by, now=self.now)
            if by != "client" or self.now <= place.free_until:
                self.promised.add(place.id)
            payments.finish(refunds, *self._stripe, now=self.now)

    @rule(road=roads)
    def ask_first(self, road):
        """A first booking that waits for the coach."""
        with self._kindly():
            requests.ask(queries.place(road.place_id), self.world.url, now=self.now)

    @rule(slug=st.sampled_from(["power-hour", "first-conversation"]), inbox=st.sampled_from(Inbox))
    def wait_for_another(self, slug, inbox):
        with self.app.app_context():
            address = "" if inbox is Inbox.NONE else f"{uuid4().hex}@example.com"
            wish = Wish(Suits(), ALEX.zone, (self.now + timedelta(days=30)).date())
            who = Newcomer("Alex", inbox, address, address)
            waiting.join(offering(slug), wish, who, once="", now=self.now)

    @rule(target=roads)
    def take_a_turn(self):
        """A time offered from the waiting list: from here on it is like any other."""
        kept = [place_id for place_id, _client in self._turns()]
        return Road(kept[-1]) if kept else multiple()

    # ---- what the coach, Stripe and time do ----

    @rule(road=roads)
    def say_yes(self, road):
        with self._kindly():
            requests.approve(queries.place(road.place_id), self.world.url, by=NORAS, now=self.now)

    @rule(road=roads, minutes=st.integers(-200, 4000))
    def offer_another(self, road, minutes):
        with self._kindly():
            at = self.now + timedelta(minutes=minutes)
            requests.offer(queries.place(road.place_id), at, self.world.url, by=NORAS, now=self.now)

    @rule(road=roads)
    def decline(self, road):
        with self._kindly():
            requests.decline(queries.place(road.place_id), self.world.url, by=NORAS, now=self.now)

    @rule(road=roads, minutes=st.integers(-200, 4000))
    def move_at_the_desk(self, road, minutes):
        with self._kindly():
            place = queries.place(road.place_id)
            moving.move_by_coach(place, self.now + timedelta(minutes=minutes), self.world.url, now=self.now)

    @rule(road=roads)
    def give_money_back(self, road):
        with self._kindly():
            place = queries.place(road.place_id)
            if order := orders_of([place.id]).get(place.id):
                payments.finish(refund_all(order.id, "kindness", now=self.now), *self._stripe, now=self.now)

    @rule(step=st.sampled_from(STEPS))
    def wait(self, step):
        self.late += step
        self.world.stripe.lever(clock_offset=int(self.late.total_seconds()))

    @rule()
    def tick(self):
        assert run_tick(self.app, self.now) == ()

    # ---- what holds at every moment ----

    @invariant()
    def no_two_at_one_time(self):
        taken = self.world.rows(Appointment.starts_at, Appointment.ends_at, Appointment.state)
        spans = sorted((begins, ends) for begins, ends, state in taken if state in OCCUPYING)
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))

    @invariant()
    def nobody_has_two_offers(self):
        clients = [client_id for _place, client_id in self._turns()]
        assert len(clients) == len(set(clients))

    @invariant()
    def every_state_has_a_name(self):
        for table, states in (
            (Appointment, AppointmentState),
            (Attempt, AttemptState),
            (Refund, RefundState),
        ):
            assert {state for (state,) in self.world.rows(table.state)} <= set(states)

    @invariant()
    def never_more_back_than_came(self):
        paid, back = self._sums()
        assert all(back.get(order, 0) <= came for order, came in paid.items())

    @invariant()
    def nothing_for_whoever_said_no(self):
        named = self.world.rows(OutboxMessage.state, OutboxMessage.reason, OutboxMessage.client_id)
        silent = {client_id for client_id, inbox in self._inboxes() if inbox == Inbox.NONE}
        assert {state for state, _reason, client_id in named if client_id in silent} <= {MailState.REFUSED}

    def settle_down(self):
        """After some days of ticks no money is kept for a time that nobody has, and every confirmed time was paid."""
        with self.app.app_context():
            save_practice(turn_hours=None)
        for step in (timedelta(hours=2), timedelta(hours=2), timedelta(days=8), timedelta(hours=2)):
            self.wait(step)
            assert run_tick(self.app, self.now) == ()
        with self.app.app_context():
            for (place_id,) in self.world.rows(Place.id):
                self._is_right(queries.place(place_id))
        for recipient in {mail.to for mail in self.world.mail.mails()}:
            assert "@" in recipient[0]

    def _is_right(self, place: PlaceRow):
        order = orders_of([place.id]).get(place.id)
        paid, back = (order.paid.minor, order.refunded.minor) if order else (0, 0)
        if place.state is AppointmentState.RELEASED:
            assert paid == back, "money was kept for a time that was let go"
        elif place.state is AppointmentState.CONFIRMED:
            assert paid in (place.price.minor, 2 * place.price.minor) and paid - back <= place.price.minor
        else:
            assert place.state is AppointmentState.CANCELLED, "nothing is held for ever"
            assert paid == back or place.id not in self.promised, "what was promised back did not go back"

    # ---- how to look ----

    @property
    def _stripe(self):
        return self.app.extensions["gateway"], self.app.extensions["payables"]

    @contextmanager
    def _kindly(self):
        """Inside the app; whatever the room refuses by name, a place that is forgotten too, is a right answer."""
        with self.app.app_context(), suppress(BookingError):
            yield

    def _turns(self):
        """What is kept for someone of the waiting list: (place, client)."""
        rows = self.world.rows(Place.id, Place.client_id, Place.wait_id, Place.appointment_id)
        held = dict(self.world.rows(Appointment.id, Appointment.state))
        return [(row[0], row[1]) for row in rows if row[2] and held[row[3]] == AppointmentState.HELD]

    def _free(self, slug, pick):
        what = offering(slug)
        days = queries.free_days(what, self.now, self.now + timedelta(days=5), zone("UTC"), now=self.now)
        starts = [time.start for day in days for time in day.times] or [0]
        return starts[pick % len(starts)]

    def _sums(self):
        paid: dict[UUID, int] = {}
        back: dict[UUID, int] = {}
        for order, amount in self.world.rows(Payment.order_id, Payment.amount_minor):
            paid[order] = paid.get(order, 0) + amount
        for order, amount, state in self.world.rows(Refund.order_id, Refund.amount_minor, Refund.state):
            if state in GIVEN_BACK:
                back[order] = back.get(order, 0) + amount
        return paid, back

    def _inboxes(self):
        return self.world.rows(SafeContact.client_id, SafeContact.inbox)


@sqlite_everyday
def test_whatever_happens_in_whatever_order(databases, stripe_standin, mail_catcher, settings_of, proof):
    @contextmanager
    def open_house():
        with databases.copy() as urls, open_world(settings_of(urls), stripe_standin, mail_catcher) as world:
            yield world
            stripe_standin.reset()

    machine = type("ThisPractice", (Practice,), {"open_house": staticmethod(open_house)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=proof(5, 100),
            stateful_step_count=25,
            phases=(Phase.generate,),  # a step is slow: what fails is told as it was found, not made smaller
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

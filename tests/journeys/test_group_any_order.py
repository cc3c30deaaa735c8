"""The state machine of booking with a group in it: seats and single times at once, dates set, moved and taken back."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, multiple, rule, run_state_machine_as_test

from coachapp.booking import group_dates, queries
from coachapp.booking.group_queries import coming_dates
from coachapp.booking.models import Appointment
from coachapp.booking.rules import OCCUPYING, AppointmentState
from coachapp.payments import operations as payments
from coachapp.practice.queries import offering
from coachapp.safe_contact.rules import Inbox
from tests.groups import CIRCLE, NORAS, add_group
from tests.journeys.test_any_order import FEW, Practice, Road
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.road import open_world

pytestmark = pytest.mark.long

SEATS = 2


class WithGroup(Practice):
    """The same practice with a circle of two, so that every date is fought over."""

    @initialize()
    def open(self):
        super().open()
        add_group(self.app, SEATS, notice_min=60)
        self.set_dates(30 * 60)

    @rule(minutes=st.integers(90, 4000))
    def set_dates(self, minutes):
        with self._kindly():
            starts = [self._minute(minutes), self._minute(minutes + 24 * 60)]
            group_dates.add_dates(offering(CIRCLE), starts, self.world.url, by=NORAS, now=self.now)

    @rule(pick=st.integers(0, FEW), minutes=st.integers(-200, 4000))
    def move_a_date(self, pick, minutes):
        with self._kindly():
            if dates := coming_dates(1, self.now):
                date = dates[pick % len(dates)]
                group_dates.move_date(date, self._minute(minutes), self.world.url, by=NORAS, now=self.now)

    @rule(pick=st.integers(0, FEW))
    def take_a_date_back(self, pick):
        with self._kindly():
            if dates := coming_dates(1, self.now):
                date = dates[pick % len(dates)]
                self.promised |= {
                    each.id for each in queries.places_in(date.id) if each.state is AppointmentState.CONFIRMED
                }
                refunds = group_dates.cancel_date(date, self.world.url, by=NORAS, now=self.now)
                payments.finish(refunds, *self._stripe, now=self.now)

    @rule(target=Practice.roads, pick=st.integers(0, FEW), inbox=st.sampled_from(Inbox))
    def hold_a_seat(self, pick, inbox):
        return self.hold(CIRCLE, pick, inbox)

    @rule(target=Practice.roads, pick=st.integers(0, FEW), inbox=st.sampled_from(Inbox))
    def book_a_seat(self, pick, inbox):
        found = self.book_and_pay(CIRCLE, pick, inbox)
        return found if isinstance(found, Road) else multiple()

    @invariant()
    def no_two_at_one_time(self):
        """But for seats; and of these no number twice, none beyond the last, none beside its date."""
        columns = Appointment.starts_at, Appointment.ends_at, Appointment.state
        rows = self.world.rows(*columns, Appointment.id, Appointment.seat_of, Appointment.seat)
        taken = [row for row in rows if row[2] in OCCUPYING]
        spans = sorted(row[:2] for row in taken if row[4] is None)
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))
        dates = {row[3]: row for row in taken}
        seats = [row for row in taken if row[4] is not None]
        assert len({row[4:] for row in seats}) == len(seats)
        for row in seats:
            assert dates[row[4]][:2] == row[:2] and 1 <= row[5] <= SEATS

    def _minute(self, minutes):
        return (self.now + timedelta(minutes=minutes)).replace(second=0, microsecond=0)


def test_whatever_happens_with_a_group_among_it(
    databases,  # noqa: F811  # the fixture of that name
    stripe_standin,
    mail_catcher,
    settings_of,
    proof,
):
    @contextmanager
    def open_house():
        with databases.copy() as urls, open_world(settings_of(urls), stripe_standin, mail_catcher) as world:
            yield world
            stripe_standin.reset()

    machine = type("ThisGroup", (WithGroup,), {"open_house": staticmethod(open_house)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=proof(3, 100),
            stateful_step_count=25,
            phases=(Phase.generate,),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

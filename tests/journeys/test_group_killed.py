"""The app is killed at any step of taking a date back: either nothing has happened,
or everyone is told and paid back."""

import multiprocessing
from datetime import timedelta

import pytest

from coachapp.booking import queries
from coachapp.booking.rules import AppointmentState
from coachapp.notifications.models import OutboxMessage
from coachapp.payments.models import Refund
from tests.groups import add_dates, add_group, evening, paid_seat
from tests.journeys import killable_group
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.road import world  # noqa: F401  # pytest finds fixtures by name

pytestmark = pytest.mark.long

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.journeys.killable_group"])


@pytest.mark.timeout(600)
def test_killed_at_each_step(world, tmp_path, proof):  # noqa: F811  # the fixture of that name
    add_group(world.app, seats=2)
    endings, step = set(), 1
    while True:
        (date,) = add_dates(world.app, evening(2 + step))
        emails = [f"p{step}-{number}@example.com" for number in range(2)]
        for email in emails:
            paid_seat(world, evening(2 + step), email)
        tally = tmp_path / str(step)
        cancel_and_die(world, date, step, tally)
        taken = len(tally.read_text().splitlines())
        endings.add(check(world, date, emails))
        if taken < step:  # this one was not killed any more
            break
        step += proof(3, 1)
    assert endings == {True, False}


def cancel_and_die(world, date, last, tally):  # noqa: F811
    settings = world.app.config["COACHAPP"]
    outside = {world.stripe.port, world.mail.port}
    child = FORKS.Process(target=killable_group.cancel, args=(settings, date, last, tally, outside))
    child.start()
    child.join()


def check(world, date, emails):  # noqa: F811
    """After a start and the ticks that follow; returns whether the date fell."""
    for later in (10, 20):
        assert world.tick(timedelta(minutes=later)) == ()
    with world.app.app_context():
        places = queries.places_in(date)
        fell = not killable_group.stands(date)
    ours = {place.client_id for place in places}
    states = {place.state for place in places}
    told = [kind for kind, who in world.rows(OutboxMessage.kind, OutboxMessage.client_id) if who in ours]
    assert states == {AppointmentState.CANCELLED if fell else AppointmentState.CONFIRMED}
    assert told.count("cancelled") == (2 if fell else 0)
    assert {state for (state,) in world.rows(Refund.state)} <= {"succeeded"}
    for email in emails:
        cancelled = [mail for mail in world.mails_to(email) if mail.text.startswith("Cancelled:")]
        assert len(cancelled) == fell
    back = killable_group.paid_back(world.app)
    assert [back.count(place.id) for place in places] == [fell] * 2, "once each"
    return fell

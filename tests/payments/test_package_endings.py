"""Sessions end only when that was told thirty days before, in a way that is allowed."""

from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.payments import credits
from coachapp.payments.credit_rules import Told
from coachapp.safe_contact.rules import Inbox
from tests.booking.sold import a_client, coach_at_desk, given, one_package, ref_of, sell, signed_in, sums
from tests.cast import ALEX
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

DAY = timedelta(days=1)


@pytest.fixture
def monthly(world):
    """Four sessions for one month, of a client whose inbox is the given one."""

    def make(inbox=Inbox.ONLY_ME, months=2):
        sell(world)
        client_id = a_client(world, inbox=inbox)
        given(world, client_id, months=months)
        return client_id

    return make


def days_left(world):
    return (one_package(world).until - clock.now()) / DAY


def to_her(world):
    return [mail.text for mail in world.mails_to(ALEX.email)]


def test_told_by_mail_in_time_and_ended_on_the_day(world, monthly):
    monthly()
    world.tick(20 * DAY)
    assert to_her(world) == []
    end, until = days_left(world), one_package(world).until
    world.tick((end - 34.5) * DAY)
    (mail,) = to_her(world)
    assert mail.startswith("Good until the end of ") and "/me/" in mail
    world.tick((end - 33) * DAY)
    world.tick((end - 0.5) * DAY)
    assert len(to_her(world)) == 1 and sums(world) == [(4, 0, 0, 0)]
    world.tick((end + 0.1) * DAY)
    assert sums(world) == [(0, 0, 4, 0)] and one_package(world).until == until


@pytest.mark.safety("D2")
@pytest.mark.parametrize("inbox", [Inbox.SHARED, Inbox.NONE])
def test_who_may_not_be_written_to_loses_nothing_unseen(world, monthly, inbox):
    monthly(inbox)
    for days in (40, 60, 200, 400):
        world.tick(days * DAY)
    assert to_her(world) == [] and sums(world) == [(4, 0, 0, 0)]


def test_today_says_so_until_it_was_told(world, monthly):
    client_id, nora = monthly(Inbox.NONE, months=1), coach_at_desk(world)
    said = f"The end of sessions of {ALEX.name} was not told yet"
    nora.get("/desk/")
    assert said in nora.text
    here = f"/desk/clients/{ref_of(world, client_id)}/packages"
    nora.get(here)
    nora.post(f"{here}/{one_package(world).id}/told")
    nora.get("/desk/")
    assert said not in nora.text


def test_what_a_mail_tells_today_does_not_say(world, monthly):
    monthly(months=1)
    world.tick()
    nora = coach_at_desk(world)
    nora.get("/desk/")
    assert "was not told yet" not in nora.text


def test_a_permission_that_has_lapsed_is_no_permission(world, monthly):
    monthly(months=6)
    end = days_left(world)
    world.tick((end - 10) * DAY)
    world.tick((end + 40) * DAY)
    assert to_her(world) == [] and sums(world) == [(4, 0, 0, 0)]


def test_a_mail_that_never_left_does_not_count(world, monthly):
    monthly()
    end = days_left(world)
    world.app.extensions["mailer"], mailer = None, world.app.extensions["mailer"]
    world.tick((end - 20) * DAY)
    moved = days_left(world)
    assert moved >= end + 10, "told late, the end moves"
    world.tick((moved + 1) * DAY)
    assert sums(world) == [(4, 0, 0, 0)]
    world.app.extensions["mailer"] = mailer
    assert to_her(world) == []


def test_shown_in_her_space_it_counts_from_then(world, monthly):
    monthly(Inbox.NONE, months=1)
    walker = signed_in(world)
    before = one_package(world).until
    walker.get("/me/packages")
    assert "Good until the end of" in walker.text and "end. Times booked before stay booked" in walker.text
    walker.get("/me/")
    mine = one_package(world)
    assert [entry.way for entry in mine.tellings] == [Told.SHOWN] and mine.until >= before
    world.tick((days_left(world) + 0.1) * DAY)
    assert sums(world) == [(0, 0, 4, 0)]


def test_told_by_the_coach(world, monthly):
    client_id = monthly(Inbox.NONE, months=1)
    nora = coach_at_desk(world)
    path = f"/desk/clients/{ref_of(world, client_id)}/packages"
    nora.get(path)
    assert "was not told yet" in nora.text
    nora.post(f"{path}/{one_package(world).id}/told")
    nora.get(path)
    assert "The end was told" in nora.text
    world.tick((days_left(world) + 0.1) * DAY)
    assert sums(world) == [(0, 0, 4, 0)]


def test_a_pause_holds_the_end_and_asks_for_a_new_notice(world, monthly):
    monthly(Inbox.NONE, months=1)
    walker = signed_in(world)
    walker.get("/me/packages")
    walker.post(f"/me/packages/{one_package(world).id}/pause")
    walker.get("/me/packages")
    assert "Paused since" in walker.text
    walker.post(f"/me/packages/{one_package(world).id}/go-on")
    assert one_package(world).paused_at is None
    walker.get("/me/packages")
    walker.post(f"/me/packages/{one_package(world).id}/pause")
    world.tick(200 * DAY)
    assert sums(world) == [(4, 0, 0, 0)]
    with world.app.app_context():
        later = clock.now() + 200 * DAY
        credits.resume(one_package(world).id, "staff", now=later)
        assert one_package(world).until - later >= 29 * DAY
    world.tick(260 * DAY)
    assert sums(world) == [(4, 0, 0, 0)], "the new end was not told yet"

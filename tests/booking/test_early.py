"""Early times: a client in her first weeks chooses at shorter notice than others, as long as the coach has said."""

import re
from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.clients.operations import give_early_times
from coachapp.practice.models import Coach, Offering
from coachapp.zones import zone
from tests.booking.whobooks import add_maya, link_for, nora_at_desk, open_link, sign_in_as
from tests.cast import CHARLIE, NORA
from tests.road import at_utc
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

LATE_MIN = 40 * 60


def today():
    return clock.now().astimezone(zone(NORA.zone)).date()


def give(world, client_id, until):
    with world.app.app_context():
        give_early_times(client_id, until)


@pytest.fixture
def maya(world):
    """Maya in her first weeks, signed in: two hours' notice for her, more than a day and a half for everyone else."""
    world.change(Coach, early_notice_min=120)
    world.change(Offering, notice_min=LATE_MIN)
    client_id = add_maya(world)
    give(world, client_id, today() + timedelta(days=20))
    return sign_in_as(world, client_id), client_id


def soonest(walker):
    return walker.free()[0] - int(clock.now().timestamp()) // 60


def test_she_is_offered_what_others_are_not_and_may_hold_it(world, maya):
    walker, _client = maya
    early = [start for start in walker.free() if start not in world.walker(CHARLIE).free()]
    assert early and soonest(walker) >= 120 and soonest(world.walker(CHARLIE)) >= LATE_MIN
    assert f'value="{early[-1]}"' in walker.get(f"/book/power-hour?day={day_of(early[-1])}").get_data(
        as_text=True
    )
    world.walker(CHARLIE).hold(early[-1])
    assert world.ledger()[0] == [], "whoever has no early times cannot take one by its number either"
    walker.hold(early[-1])
    assert world.ledger()[0] == ["held"]


@pytest.mark.parametrize(("days", "has"), [(0, True), (-1, False), (None, False)])
def test_until_that_day_included(world, maya, days, has):
    walker, client_id = maya
    give(world, client_id, None if days is None else today() + timedelta(days=days))
    assert (soonest(walker) < LATE_MIN) is has


def test_only_where_the_coach_has_early_times_at_all(world, maya):
    walker, _client = maya
    world.change(Coach, early_notice_min=None)
    assert soonest(walker) >= LATE_MIN


def test_a_service_with_less_notice_keeps_it(world, maya):
    walker, _client = maya
    world.change(Offering, notice_min=60)
    assert soonest(walker) == soonest(world.walker(CHARLIE))


def test_a_link_made_for_her_tells_nothing_of_it(world, maya):
    _walker, client_id = maya
    holder = world.walker(CHARLIE)
    open_link(holder, link_for(world, client_id))
    assert soonest(holder) >= LATE_MIN


def test_the_coach_gives_them_on_the_record_and_says_how_early_in_her_settings(world, maya):
    walker, _client = maya
    nora = nora_at_desk(world)
    nora.get("/desk/clients")
    path = re.search(r"/desk/clients/C-\w+", nora.page.get_data(as_text=True))[0] + "/details"
    page = nora.get(path).get_data(as_text=True)
    assert f'value="{today() + timedelta(days=20)}"' in page and "until 2 hours before" in nora.text
    nora.post(f"{path}/early", {"e-until": "not a day"})
    assert nora.page.status_code == 422 and "Enter a day, like 2026-11-18" in nora.text
    nora.get(path)
    assert nora.post(f"{path}/early", {"e-until": ""}).status_code == 303
    assert soonest(walker) >= LATE_MIN


def day_of(start):
    return at_utc(start).astimezone(zone(NORA.zone)).date()

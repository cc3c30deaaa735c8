"""Free times against a slow and obvious reference, over every zone there is, where its clocks change."""

from collections import defaultdict
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coachapp.booking.slots import by_local_day, free_times, instant
from tests.booking.obvious import Clock, changes, every_zone, made_up, minute_up, reference

pytestmark = pytest.mark.long

ORDINARY = datetime(2026, 6, 1, tzinfo=UTC)
CLOSELY = {
    # half an hour; midnights that do not exist or come twice; both changes of Madrid; Madrid and New York five hours
    # apart; a minute past midnight back to the day before; a date that does not exist; changes for a month of fasting
    "Australia/Lord_Howe": (2026, 2026),
    "America/Santiago": (2026, 2026),
    "Africa/Cairo": (2026, 2026),
    "Atlantic/Azores": (2026, 2026),
    "Europe/Madrid": (2026, 2026),
    "America/New_York": (2026, 2026),
    "America/St_Johns": (2009, 2009),
    "Pacific/Apia": (2011, 2012),
    "Africa/Casablanca": (2026, 2026),
    "Antarctica/Troll": (2026, 2026),
}


def same(case):
    expected = reference(*case)
    assert free_times(*case) == expected
    return len(expected)


def test_every_zone_over_its_own_changes(proof):
    each, found = proof(1, 8), 0
    for name in every_zone()[:: proof(3, 1)]:
        chance = Random(name)
        moments = changes(name) or [ORDINARY]
        for near in chance.sample(moments, min(each, len(moments))):
            found += same(made_up(chance, name, near))
    assert len(every_zone()) > 590
    assert found > 1500, "the cases are not all empty"


@pytest.mark.parametrize("name", CLOSELY)
def test_the_hard_ones_closely(name, proof):
    chance = Random(name)
    moments = changes(name, *CLOSELY[name])
    assert len(moments) >= 2
    assert sum(same(made_up(chance, name, near)) for near in moments * proof(8, 100)) > 0


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False), st.sampled_from(every_zone()))
def test_same_as_walking_through_every_minute(chance, name):
    same(made_up(chance, name, chance.choice(changes(name) or [ORDINARY])))


def test_labels_are_what_every_zones_clock_shows():
    for name in every_zone():
        where, chance = ZoneInfo(name), Random(name)
        near = chance.choice(changes(name) or [ORDINARY])
        count, step = chance.randint(1, 400), chance.randint(5, 90)
        starts = [minute_up(near) + (n - count // 2) * step for n in range(count)]
        expected = defaultdict(list)
        for start in starts:
            local = instant(start).astimezone(where)
            expected[local.date()].append((start, f"{local:%H:%M}"))
        assert {
            day.date: [tuple(time) for time in day.times] for day in by_local_day(starts, where)
        } == expected


def test_the_reference_itself_knows_a_gap_and_a_repeat():
    madrid = ZoneInfo("Europe/Madrid")

    def minutes(*day):
        return minute_up(datetime(*day, tzinfo=UTC))

    spring = Clock(madrid, minutes(2026, 3, 28), minutes(2026, 3, 30))
    autumn = Clock(madrid, minutes(2026, 10, 24), minutes(2026, 10, 26))
    assert spring.opens(minutes(2026, 3, 29, 2, 30)) == minutes(2026, 3, 29, 1, 30)
    assert autumn.opens(minutes(2026, 10, 25, 2, 30)) == minutes(2026, 10, 25, 0, 30)
    assert autumn.closes(minutes(2026, 10, 25, 2, 30)) == minutes(2026, 10, 25, 1, 30)
    assert [f"{each:%d.%m.}" for each in changes("Europe/Madrid", 2026, 2026)] == ["29.03.", "25.10."]

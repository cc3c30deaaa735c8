"""What may follow what, until when, and what goes back: the pure rules of packages."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.money import Money
from coachapp.payments.credit_rules import (
    LEFT,
    NOTICE,
    SPENT,
    WHOLE,
    EntryRow,
    Kind,
    PackageRow,
    Told,
    after_pause,
    end_of_day,
    first_end,
    last_day,
    may_follow,
    no_longer_paid,
    refund_by_rule,
    told_end,
    which,
)
from coachapp.zones import WELL_KNOWN, zone

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POWER_HOUR = uuid4()


def euros(amount):
    return Money(amount * 100, "EUR")


def package(*kinds, price=420, single=95, until=NOW + timedelta(days=90), more=()):
    """A package whose sessions stand like this, each after what has to come before."""
    before = {Kind.GRANTED: [], Kind.USED: [Kind.GRANTED], Kind.KEPT: [Kind.GRANTED, Kind.USED]}
    before |= {Kind.BACK: [Kind.GRANTED, Kind.USED], Kind.TAKEN: [Kind.GRANTED], Kind.EXPIRED: [Kind.GRANTED]}
    entries = [EntryRow(WHOLE, 1, Kind.GRANTED, NOW, until=until), *more]
    for number, kind in enumerate(kinds, 1):
        for turn, each in enumerate([*before[kind], kind], 1):
            entries.append(EntryRow(number, turn, each, NOW))
    return PackageRow(
        id=uuid4(),
        client_id=uuid4(),
        title="Steady ground",
        pays_for_id=POWER_HOUR,
        pays_for="Power hour",
        slug="power-hour",
        sessions=len(kinds),
        months=12,
        price=euros(price),
        single=euros(single),
        place_id=None,
        made_at=NOW,
        entries=tuple(entries),
    )


def whole(turn, kind, at=NOW, **more):
    return EntryRow(WHOLE, turn, kind, at, **more)


G, U, K, B, T, E = Kind.GRANTED, Kind.USED, Kind.KEPT, Kind.BACK, Kind.TAKEN, Kind.EXPIRED


def test_every_pair_has_an_answer_and_only_what_is_left_is_used():
    allowed = {pair for pair in product([None, *Kind], Kind) if may_follow(*pair)}
    assert {before for before, kind in allowed if kind is U} == LEFT
    assert {before for before, kind in allowed if kind is B} == SPENT
    assert {(before, kind) for before, kind in allowed if before in (None, T, E)} == {(None, G)}


@given(st.lists(st.sampled_from([G, U, K, B, T, E]), min_size=1, max_size=9))
def test_the_sums_are_always_all_of_them(kinds):
    mine = package(*kinds)
    assert mine.left + mine.used + mine.expired + mine.taken == mine.sessions
    assert mine.agrees


@pytest.mark.parametrize(
    "broken",
    [
        EntryRow(1, 2, E, NOW),  # the same turn twice
        EntryRow(1, 4, U, NOW),  # a turn left out
        EntryRow(2, 2, B, NOW),  # back without a use
        EntryRow(3, 1, G, NOW),  # one too many
        EntryRow(WHOLE, 3, Kind.PAUSED, NOW),
    ],
)
def test_a_ledger_out_of_turn_does_not_agree(broken):
    mine = package(U, G)
    assert mine.agrees
    more = PackageRow(**{**vars(package(U, G)), "entries": (*mine.entries, broken)})
    assert not more.agrees


def test_which_one_is_used_first():
    late, soon = package(G, until=NOW + timedelta(days=80)), package(G, until=NOW + timedelta(days=8))
    paused = package(G, until=NOW + timedelta(days=1), more=[whole(2, Kind.PAUSED)])
    frozen = package(G, until=NOW + timedelta(days=1), more=[whole(2, Kind.FROZEN)])
    empty = package(U, until=NOW + timedelta(days=1))
    assert which([late, paused, soon, frozen, empty], POWER_HOUR) == soon
    assert which([paused, frozen, empty], POWER_HOUR) is None
    assert which([late], uuid4()) is None


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 11, 24), 12, date(2027, 11, 24)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 3, 31), 36, date(2029, 3, 31)),
    ],
)
def test_months_end_with_the_day(start, months, last):
    at = datetime(start.year, start.month, start.day, 23, 30, tzinfo=MADRID)
    assert last_day(first_end(at, months, MADRID), MADRID) == last


@given(st.sampled_from(WELL_KNOWN), st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(0, 400))
def test_a_pause_moves_the_end_by_as_many_days_in_every_zone(name, day, days):
    where = zone(name)
    until = end_of_day(day, where)
    paused = datetime(2026, 11, 24, 12, tzinfo=where)
    moved = after_pause(until, paused, paused + timedelta(days=days), where)
    assert last_day(moved, where) - last_day(until, where) == timedelta(days=days)


@given(st.sampled_from(WELL_KNOWN), st.integers(-60, 60), st.sampled_from(Told))
def test_nobody_is_told_of_an_end_in_less_than_thirty_days(name, days, way):
    where, until = zone(name), NOW + timedelta(days=days)
    told = told_end(until, NOW, where, way)
    assert told >= until and last_day(told, where) - NOW.astimezone(where).date() >= NOTICE
    if days > 36:
        assert told == until


@pytest.mark.parametrize(
    ("kinds", "back", "due"),
    [
        ([G] * 6, 0, 420),
        ([U, G, G, G, G, G], 0, 325),
        ([U, K, G, G, G, G], 0, 230),
        ([U, U, U, U, G, G], 0, 40),
        ([U, U, U, U, U, G], 0, 0),
        ([E, U, G, G, G, G], 0, 230),
        ([U, B, G, G, G, G], 0, 325),
        ([U, G, G, G, G, G], 100, 225),
        ([G] * 6, 500, 0),
        ([U, U, T, T, T, T], 0, 0),
    ],
)
def test_what_goes_back_by_rule(kinds, back, due):
    assert refund_by_rule(package(*kinds), euros(back)) == euros(due)


@pytest.mark.parametrize(
    ("kinds", "back", "count"),
    [
        ([G] * 6, 10, 0),  # a kindness
        ([G] * 6, 69, 0),
        ([G] * 6, 70, 1),
        ([G] * 6, 420, 6),
        ([U, G, G, G, G, G], 420, 5),
        ([U] * 6, 420, 0),
        ([U, U, U, G, G, G], 140, 2),
        ([U, T, G, G, G, G], 70, 0),  # taken before
        ([U, T, G, G, G, G], 140, 1),
    ],
)
def test_what_a_refund_elsewhere_takes(kinds, back, count):
    assert no_longer_paid(package(*kinds), euros(back)) == count


def test_of_what_was_given_nothing_can_be_paid_back():
    mine = package(G, G, price=0)
    assert refund_by_rule(mine, euros(0)).is_zero and no_longer_paid(mine, euros(0)) == 0

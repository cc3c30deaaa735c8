"""The waiting list's decisions: what suits whom by her own clock, what came free for her, how long a turn lasts."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.booking.picker import Part
from coachapp.booking.wait_rules import (
    ALL_DAYS,
    ALL_PARTS,
    Freed,
    Suits,
    WaitRow,
    came_free,
    does_suit,
    list_ends,
    turn_ends,
)
from coachapp.zones import all_zones

NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WHAT = UUID(int=5)


def line(zone="Europe/Lisbon", weekdays=(), parts=(), since=NOW, ends_at=NOW + timedelta(days=60), number=1):
    return WaitRow(
        id=UUID(int=number),
        coach_id=1,
        offering_id=WHAT,
        title="",
        slug="",
        client_id=UUID(int=100 + number),
        zone=zone,
        suits=Suits.of(weekdays, parts),
        since=since,
        ends_at=ends_at,
    )


def at(text, zone="UTC", fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("clock", "part"),
    [
        ("00:00", Part.MORNING),
        ("11:59", Part.MORNING),
        ("12:00", Part.AFTERNOON),
        ("17:59", Part.AFTERNOON),
        ("18:00", Part.EVENING),
        ("23:59", Part.EVENING),
    ],
)
def test_parts_of_the_day_end_where_the_page_for_choosing_ends_them(clock, part):
    for each in Part:
        assert does_suit(line(parts=[each]), at(f"2026-10-14T{clock}", "Europe/Lisbon")) == (each is part)


@pytest.mark.parametrize(
    ("zone", "wall", "fold", "weekday", "part"),
    [
        # Lisbon's clocks go back on Sunday 25 October 2026 at two: half past one comes twice, both on that morning.
        ("Europe/Lisbon", "2026-10-25T01:30", 0, 6, Part.MORNING),
        ("Europe/Lisbon", "2026-10-25T01:30", 1, 6, Part.MORNING),
        ("Europe/Lisbon", "2026-10-25T12:00", 0, 6, Part.AFTERNOON),
        # The Azores go back over midnight: eleven in the evening comes twice.
        ("Atlantic/Azores", "2026-10-25T00:30", 0, 6, Part.MORNING),
        ("Atlantic/Azores", "2026-10-25T00:30", 1, 6, Part.MORNING),
        # Santiago goes forward at midnight in September: that Sunday begins at one.
        ("America/Santiago", "2026-09-06T01:00", 0, 6, Part.MORNING),
        # Lord Howe moves by half an hour.
        ("Australia/Lord_Howe", "2026-10-04T12:00", 0, 6, Part.AFTERNOON),
    ],
)
def test_days_when_the_clocks_change(zone, wall, fold, weekday, part):
    begins = at(wall, zone, fold)
    for day in range(7):
        for each in Part:
            assert does_suit(line(zone, [day], [each]), begins) == (day == weekday and each is part)


@given(
    st.sampled_from(all_zones()),
    st.datetimes(datetime(2026, 10, 2), datetime(2026, 11, 29)),
    st.sets(st.integers(0, 6)),
    st.sets(st.sampled_from(Part)),
)
def test_it_is_always_her_own_clock(zone, utc, weekdays, parts):
    begins = utc.replace(tzinfo=UTC)
    there = begins.astimezone(ZoneInfo(zone))
    part = Part.MORNING if there.hour < 12 else Part.AFTERNOON if there.hour < 18 else Part.EVENING
    wanted = (not weekdays or there.weekday() in weekdays) and (not parts or part in parts)
    assert does_suit(line(zone, weekdays, parts), begins) == wanted


@given(st.sets(st.integers(0, 6)), st.sets(st.sampled_from(Part)))
def test_what_is_kept_is_what_was_chosen(weekdays, parts):
    suits = Suits.of(weekdays, parts)
    assert Suits.from_bits(*suits.bits) == suits
    assert suits.weekdays == (frozenset(weekdays) or ALL_DAYS) and suits.parts == (
        frozenset(parts) or ALL_PARTS
    )
    assert suits.is_any == (len(suits.weekdays) == 7 and len(suits.parts) == 3)


@given(st.sampled_from(all_zones()), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_the_last_day_is_over_when_her_day_is(zone, last):
    ends = list_ends(last, zone)
    there = (ends.astimezone(UTC) - timedelta(minutes=1)).astimezone(ZoneInfo(zone))
    assert there.date() <= last
    assert not does_suit(line(zone, ends_at=ends), ends)
    assert line(zone, ends_at=ends).last_day <= last


def test_until_that_day_is_the_end_of_it():
    assert list_ends(date(2026, 10, 25), "Europe/Lisbon") == at("2026-10-26T00:00", "Europe/Lisbon")
    assert line(ends_at=list_ends(date(2026, 10, 25), "Europe/Lisbon")).last_day == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("ahead", "hours", "kept"),
    [
        (72, 12, 12),
        (14, 12, 12),
        (13, 12, 11),
        (4, 12, 2),
        (3, 12, 1),
        (2.9, 12, None),
        (2, 12, None),
        (1, 1, None),
        (-1, 12, None),
        (500, 72, 72),
    ],
)
def test_how_long_a_turn_lasts(ahead, hours, kept):
    ends = turn_ends(NOW + ahead * HOUR, NOW, hours)
    assert ends == (NOW + kept * HOUR if kept else None)


# ---- what came free for whom ----

NINE = at("2026-10-20T09:00")


def freed(start=NINE, length=60, taken=-5, since=1):
    return Freed(
        start, start + timedelta(minutes=length), NOW + timedelta(days=taken), NOW + timedelta(days=since)
    )


def minutes(*times):
    return sorted(int(each.timestamp()) // 60 for each in times)


def found(stretches, waits, free, had=None, length=60):
    return [
        (each.starts_at, [(suited.wait.id.int, suited.starts_at) for suited in each.people])
        for each in came_free(stretches, waits, {WHAT: free}, {WHAT: length}, had or {})
    ]


def test_the_longest_on_the_list_comes_first_and_is_offered_the_very_time():
    free = minutes(NINE - HOUR / 2, NINE, NINE + HOUR / 2)
    waits = [line(number=1), line(number=2, parts=[Part.EVENING]), line(number=3)]
    assert found([freed()], waits, free) == [(NINE, [(1, NINE), (3, NINE)])]


def test_what_was_free_when_she_asked_to_wait_did_not_suit_her():
    free = minutes(NINE)
    assert found([freed(taken=1, since=2)], [line()], free) == [], "it was taken only after that"
    assert found([freed(taken=-5, since=-1)], [line()], free) == [], "it came free before that"
    assert found([freed(taken=0, since=1)], [line()], free) != []


def test_a_time_that_only_touches_what_came_free_was_not_to_be_had_either():
    before, after = NINE - HOUR / 2, NINE + HOUR / 2
    assert found([freed()], [line()], minutes(before, after)) == [(NINE, [(1, before)])]
    assert found([freed()], [line()], minutes(NINE - HOUR, NINE + HOUR)) == [], "those were free all along"


def test_nothing_twice_and_nothing_that_is_gone():
    client = line().client_id
    for low, high in ((0, 60), (-30, 30), (59, 61), (10, 20)):
        had = {client: [(NINE + low * MINUTE, NINE + high * MINUTE)]}
        assert found([freed()], [line()], minutes(NINE - HOUR / 2, NINE, NINE + HOUR / 2), had) == []
    for low, high in ((-60, 0), (60, 120)):
        had = {client: [(NINE + low * MINUTE, NINE + high * MINUTE)]}
        assert found([freed()], [line()], minutes(NINE), had) == [(NINE, [(1, NINE)])]
    assert found([freed()], [line()], []) == []
    assert found([freed(), freed(since=2)], [line()], minutes(NINE)) == [(NINE, [(1, NINE)])], "one line each"


def test_a_longer_session_needs_more_than_came_free():
    starts = minutes(NINE - HOUR, NINE)
    assert found([freed()], [line()], starts, length=90) == [(NINE, [(1, NINE)])]
    assert found([freed()], [line()], minutes(NINE - HOUR), length=90) == [(NINE, [(1, NINE - HOUR)])]

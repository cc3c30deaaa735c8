"""Free times against a slow and obvious reference that walks through the window minute by minute."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coachapp.booking.slots import Busy, DayException, Opening, Rules, by_local_day, free_times, instant
from coachapp.zones import all_zones

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Clock:
    """A zone's wall clock over some days, as a person would write it down minute by minute."""

    def __init__(self, where, first, last):
        self.first_reading, self.last_reading, self.gaps = {}, {}, []
        previous = None
        at = first
        while at <= last:
            wall = at.astimezone(where).replace(tzinfo=None, fold=0)
            self.first_reading.setdefault(wall, at)
            self.last_reading[wall] = at
            if previous and wall - previous > MINUTE:
                self.gaps.append((previous + MINUTE, wall))
            previous, at = wall, at + MINUTE

    def moved_on(self, wall):
        for missing_from, missing_to in self.gaps:
            if missing_from <= wall < missing_to:
                return wall + (missing_to - missing_from)
        return wall

    def opens(self, wall):
        return self.first_reading[self.moved_on(wall)]

    def closes(self, wall):
        return self.last_reading[self.moved_on(wall)]


def reference(openings, exceptions, busy, rules, where, window_from, window_to, now):
    clock = Clock(where, window_from - 5 * DAY, window_to + 5 * DAY)
    special = {exception.date: exception.openings for exception in exceptions}
    ranges = []
    day = window_from.astimezone(where).date() - 2 * DAY
    while day <= window_to.astimezone(where).date():
        week = [(o.start_min, o.end_min) for o in openings if o.weekday == day.weekday()]
        for start_min, end_min in special.get(day, week):
            midnight = datetime(day.year, day.month, day.day)
            ranges.append(
                (clock.opens(midnight + start_min * MINUTE), clock.closes(midnight + end_min * MINUTE))
            )
        day += DAY
    last_date = now.astimezone(where).date() + rules.horizon_days * DAY
    free = []
    start = window_from
    while start < window_to:
        end = start + rules.length * MINUTE
        inside = any(
            opens <= start and end <= closes and (start - opens) % (rules.interval * MINUTE) == timedelta(0)
            for opens, closes in ranges
        )
        if (
            inside
            and start >= now + rules.notice * MINUTE
            and start.astimezone(where).date() <= last_date
            and all(apart(start, end, rules, other) for other in busy)
        ):
            free.append(start)
        start += MINUTE
    return free


def apart(start, end, rules, other):
    if end <= other.starts_at:
        return other.starts_at - end >= max(rules.after, other.before) * MINUTE
    if other.ends_at <= start:
        return start - other.ends_at >= max(other.after, rules.before) * MINUTE
    return False


@cache
def changes(name, year):
    """The hours of that year in which the zone's offset changes."""
    where, at, found = ZoneInfo(name), datetime(year, 1, 1, tzinfo=UTC), []
    while at.year == year:
        if at.astimezone(where).utcoffset() != (at + 6 * HOUR).astimezone(where).utcoffset():
            found.append(at)
        at += 6 * HOUR
    return found


@cache
def zones_that_change(year):
    return [name for name in all_zones() if changes(name, year)]


moving_zones = st.deferred(lambda: st.sampled_from(zones_that_change(2026)))
opens_at = st.integers(0, 100).map(lambda n: n * 15)
lasts = st.one_of(st.integers(3, 100).map(lambda n: n * 15), st.integers(1, 1440))
ranges = st.tuples(opens_at, lasts).map(lambda drawn: (drawn[0], min(sum(drawn), 2880)))
buffers = st.sampled_from([0, 5, 10, 30])


@st.composite
def cases(draw):
    year = draw(st.integers(2012, 2031))
    name = draw(st.one_of(moving_zones, st.sampled_from(all_zones())))
    near = draw(st.sampled_from(changes(name, year) or [datetime(year, 6, 1, tzinfo=UTC)]))
    window_from = near + draw(st.integers(-1440, 300)) * MINUTE
    window_to = window_from + draw(st.integers(1, 2000)) * MINUTE
    openings = [
        Opening(day, *draw(ranges)) for day in draw(st.lists(st.integers(0, 6), min_size=6, max_size=10))
    ]
    dates = st.integers(-2, 2).map(lambda n: near.date() + n * DAY)
    exceptions = [
        DayException(day, tuple(draw(st.lists(ranges, max_size=3))))
        for day in draw(st.lists(dates, unique=True, max_size=2))
    ]
    busy = []
    for _ in range(draw(st.integers(0, 8))):
        begin = window_from + draw(st.integers(-30, 400)) * 5 * MINUTE
        busy.append(Busy(begin, begin + draw(st.integers(1, 24)) * 5 * MINUTE, draw(buffers), draw(buffers)))
    rules = Rules(
        length=draw(st.sampled_from([15, 20, 50, 60, 90])),
        interval=draw(st.sampled_from([1, 5, 5, 15, 30])),
        before=draw(buffers),
        after=draw(buffers),
        notice=draw(st.sampled_from([0, 0, 0, 90, 1440])),
        horizon_days=draw(st.sampled_from([0, 1, 2, 60, 60, 60])),
    )
    now = (
        window_from
        - draw(st.integers(-600, 3000)) * MINUTE
        - draw(st.sampled_from([0, 0, 17])) * timedelta(seconds=1)
    )
    return openings, exceptions, busy, rules, ZoneInfo(name), window_from, window_to, now


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_same_as_walking_through_every_minute(case):
    assert [instant(start) for start in free_times(*case)] == reference(*case)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(zones_that_change(2026)), st.integers(2012, 2031), st.integers(1, 400), st.integers(5, 90)
)
def test_labels_are_what_the_zones_clock_shows(name, year, count, step):
    where = ZoneInfo(name)
    near = (changes(name, year) or [datetime(year, 6, 1, tzinfo=UTC)])[0]
    first = int(near.timestamp()) // 60 - count * step // 2
    starts = [first + n * step for n in range(count)]
    expected = defaultdict(list)
    for start in starts:
        local = instant(start).astimezone(where)
        expected[local.date()].append((start, f"{local:%H:%M}"))
    assert {day.date: [tuple(time) for time in day.times] for day in by_local_day(starts, where)} == expected


def test_the_reference_itself_knows_a_gap_and_a_repeat():
    madrid = ZoneInfo("Europe/Madrid")
    spring = Clock(madrid, datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    autumn = Clock(madrid, datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    assert spring.opens(datetime(2026, 3, 29, 2, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert autumn.opens(datetime(2026, 10, 25, 2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert autumn.closes(datetime(2026, 10, 25, 2, 30)) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert changes("Europe/Madrid", 2026)[0].date() == date(2026, 3, 29)

"""Which times are free: opening hours, buffers, notice and horizon on the coach's wall clock, in one sweep.

Times inside are whole minutes since the epoch, in UTC; a free time is such a number.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from coachapp.booking.limits import WEEK, Counts, Limit, full_stretches
from coachapp.zones import DAY, Offsets, offsets

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MINUTE = timedelta(minutes=1)
_NEVER = 1 << 60
_CLOCK = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(DAY)]

Stretch = tuple[int, int]


class BadHours(ValueError):
    """An opening range or a rule that cannot be kept; says which."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of one weekday (Monday 0), in minutes of the coach's day; past 1440 they run into the next one."""

    weekday: int
    start_min: int
    end_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise BadHours("weekday is 0 to 6")
        _check_range(self.start_min, self.end_min)


@dataclass(frozen=True, slots=True)
class DayException:
    """Other hours for one date of the coach, (start_min, end_min) each, in place of the week's; none is closed.

    It stands for the ranges that open on that date. One that opened the evening before still runs to its end.
    """

    date: date
    openings: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        for start_min, end_min in self.openings:
            _check_range(start_min, end_min)


@dataclass(frozen=True, slots=True)
class Stay:
    """Dates (both included) on which the coach keeps her hours by the clock of another zone."""

    first: date
    last: date
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Rules:
    """How an offering may be booked: minutes, and for the horizon days of the coach's calendar after today."""

    length: int
    interval: int
    before: int = 0
    after: int = 0
    notice: int = 0
    horizon_days: int = 60
    limits: tuple[Limit, ...] = ()

    def __post_init__(self) -> None:
        if self.length < 1 or self.interval < 1:
            raise BadHours("length and interval are at least one minute")
        if min(self.before, self.after, self.notice, self.horizon_days) < 0:
            raise BadHours("buffers, notice and horizon are not negative")
        if self.horizon_days > 3660:
            raise BadHours("the horizon is ten years at most")


class Busy(NamedTuple):
    """A time that is taken: epoch minutes, its own buffers in minutes, and what it counts as (`Counts`).

    A tuple of numbers and nothing else, because a page may read a thousand of them from the database.
    """

    starts: int
    ends: int
    before: int = 0
    after: int = 0
    counts: int = Counts.BOOKED


class LocalTime(NamedTuple):
    """A free time as the client's clock shows it: epoch minutes, and HH:MM."""

    start: int
    local: str


class LocalDay(NamedTuple):
    """A date of the client's calendar with its free times, earliest first: epoch minutes, and HH:MM of each."""

    date: date
    starts: list[int]
    labels: list[str]

    @property
    def times(self) -> list[LocalTime]:
        """Each start with its label."""
        return list(map(LocalTime, self.starts, self.labels))


def free_times(
    openings: Iterable[Opening],
    exceptions: Iterable[DayException],
    busy: Iterable[Busy],
    rules: Rules,
    host_zone: tzinfo,
    window_from: datetime,
    window_to: datetime,
    now: datetime,
    stays: Sequence[Stay] = (),
) -> list[int]:
    """Every start in [window_from, window_to) that can be booked at `now`: epoch minutes, sorted, each once.

    A start counts in real minutes from where its opening range opens, and the whole length fits into that range.
    Between it and every busy time lies at least the larger of the earlier one's after-buffer and the later one's
    before-buffer. Days and weeks that are full, and the horizon, follow the coach's calendar at home. Where ranges
    overlap, as they may between two zones at the ends of a stay, the starts of each are free.
    """
    first = max(_minute_up(window_from), _minute_up(now) + rules.notice)
    stop = min(_minute_up(window_to), _horizon_end(rules, host_zone, now))
    if first >= stop:
        return []
    calendar = offsets(host_zone, first - (WEEK + 1) * DAY, stop + (WEEK + 1) * DAY)
    ranges = sorted(_ranges(openings, exceptions, stays, calendar, first, stop))
    free = _sweep(ranges, rules, first, stop, *_joined(_ruled_out(busy, rules, calendar)))
    overlap = any(opens < closes for (_, closes), (opens, _) in pairwise(ranges))
    return sorted(set(free)) if overlap else free


def is_free(
    start: int,
    openings: Iterable[Opening],
    exceptions: Iterable[DayException],
    busy: Iterable[Busy],
    rules: Rules,
    host_zone: tzinfo,
    now: datetime,
    stays: Sequence[Stay] = (),
) -> bool:
    """Whether that start (epoch minutes) can still be booked at `now`; decided by `free_times` itself."""
    at = instant(start)
    return start in free_times(openings, exceptions, busy, rules, host_zone, at, at + _MINUTE, now, stays)


def by_local_day(starts: list[int], zone: tzinfo) -> list[LocalDay]:
    """Sorted starts grouped by the date they fall on in that zone; days without times are left out."""
    if not starts:
        return []
    days: dict[int, LocalDay] = {}
    for at, end, offset in offsets(zone, starts[0], starts[-1]).runs(starts):
        while at < end:
            day = (starts[at] + offset) // DAY
            midnight = day * DAY - offset
            until = bisect_left(starts, midnight + DAY, at, end)
            part = starts[at:until]
            labels = [_CLOCK[start - midnight] for start in part]
            if day in days:  # a clock that goes back over midnight
                days[day].starts.extend(part)
                days[day].labels.extend(labels)
            else:
                days[day] = LocalDay(date.fromordinal(day + _EPOCH_DAY), part, labels)
            at = until
    return list(days.values())


def instant(start: int) -> datetime:
    """Epoch minutes as an aware time in UTC."""
    return _EPOCH + start * _MINUTE


def utc_text(start: int) -> str:
    """Epoch minutes as `2026-11-24T09:00:00Z`."""
    day, minute = divmod(start, DAY)
    return f"{date.fromordinal(day + _EPOCH_DAY)}T{_CLOCK[minute]}:00Z"


def _check_range(start_min: int, end_min: int) -> None:
    if not 0 <= start_min < end_min <= 2 * DAY:
        raise BadHours("a range opens before it closes, within two days")


def _minute_down(at: datetime) -> int:
    return (at - _EPOCH) // _MINUTE


def _minute_up(at: datetime) -> int:
    return -((_EPOCH - at) // _MINUTE)


def _horizon_end(rules: Rules, host_zone: tzinfo, now: datetime) -> int:
    """The minute at which the coach's calendar turns to the first day beyond the horizon."""
    day_after = now.astimezone(host_zone).date() + timedelta(days=rules.horizon_days + 1)
    return _minute_down(datetime.combine(day_after, time(), host_zone))


def _ruled_out(busy: Iterable[Busy], rules: Rules, calendar: Offsets) -> list[Stretch]:
    """No start lies strictly between the two ends of any of these, because of a busy time or of a full day or week."""
    length, own_before, own_after = rules.length, rules.before, rules.after
    taken = list(busy) if rules.limits else busy
    ruled_out = [
        # `max` would say the same; for a thousand rows it takes twice as long.
        (
            starts - length - (before if before > own_after else own_after),
            ends + (after if after > own_before else own_before),
        )
        for starts, ends, before, after, _ in taken
    ]
    if rules.limits:
        full = full_stretches(((row[0], row[4]) for row in taken), rules.limits, calendar)
        ruled_out += [(begin - 1, end) for begin, end in full]
    return ruled_out


def _joined(stretches: list[Stretch]) -> tuple[list[int], list[int]]:
    """The stretches in order and joined where they overlap, as a list of beginnings and one of ends."""
    lows, highs, edge = [], [], -_NEVER
    for low, high in sorted(stretches):
        # Stretches that only touch stay apart: the start at the point between them is free.
        if low >= edge:
            lows.append(low)
            highs.append(high)
            edge = high
        elif high > edge:
            highs[-1] = edge = high
    return [*lows, _NEVER], [*highs, _NEVER]


def _ranges(
    openings: Iterable[Opening],
    exceptions: Iterable[DayException],
    stays: Sequence[Stay],
    calendar: Offsets,
    first: int,
    stop: int,
) -> Iterator[Stretch]:
    """When the coach is open, range by range, as instants: those that may hold a start in [first, stop).

    The ranges of a date are read by the clock that holds for that date: that of a stay, else the one at home.
    """
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for opening in openings:
        week[opening.weekday].append((opening.start_min, opening.end_min))
    special = {exception.date.toordinal(): exception.openings for exception in exceptions}
    for day, clock in _clocks(stays, calendar, first, stop):
        ordinal = day + _EPOCH_DAY
        for start_min, end_min in special.get(ordinal, week[(ordinal - 1) % 7]):
            yield clock.opens(day * DAY + start_min), clock.closes(day * DAY + end_min)


def _clocks(stays: Sequence[Stay], calendar: Offsets, first: int, stop: int) -> Iterator[tuple[int, Offsets]]:
    """The dates that matter, in days since the epoch, each with the clock its hours are read by."""
    home = set(_days(calendar, first, stop))
    for stay in stays:
        there = range(stay.first.toordinal() - _EPOCH_DAY, stay.last.toordinal() - _EPOCH_DAY + 1)
        home.difference_update(there)
        clock = offsets(stay.zone, first, stop)
        yield from ((day, clock) for day in _days(clock, first, stop) if day in there)
    yield from ((day, calendar) for day in home)


def _days(clock: Offsets, first: int, stop: int) -> range:
    """The dates whose ranges may hold a start in [first, stop), in days since the epoch."""
    first_wall, stop_wall = clock.walls([first, stop])
    # A range runs into the day after at most, and a skipped date may push it one day on.
    return range(first_wall // DAY - 2, stop_wall // DAY + 1)


def _next_start(opens: int, at_least: int, interval: int) -> int:
    """The first of opens, opens + interval, … that is not before `at_least`."""
    return opens + max(0, -((opens - at_least) // interval)) * interval


def _sweep(
    ranges: Iterable[Stretch], rules: Rules, first: int, stop: int, lows: list[int], highs: list[int]
) -> list[int]:
    """The starts of each range that nothing rules out, leaping from one ruled out stretch to the next."""
    free: list[int] = []
    length, interval = rules.length, rules.interval
    for opens, closes in ranges:
        start = opens if opens >= first else _next_start(opens, first, interval)
        last = closes - length if closes - length < stop else stop - 1
        at = bisect_right(highs, start)
        while start <= last:
            low = lows[at]
            if start <= low:
                free += range(start, (low if low < last else last) + 1, interval)
            start -= (start - highs[at]) // interval * interval
            at += 1
    return free

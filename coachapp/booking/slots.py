"""Which times are free: opening hours, buffers, notice and horizon on the coach's wall clock, in one sweep.

Times inside are whole minutes since the epoch, in UTC; a free time is such a number.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from coachapp.zones import DAY, Offsets

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MINUTE = timedelta(minutes=1)
_NEVER = 1 << 60
_CLOCK = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(DAY)]

Blocks = list[tuple[int, int]]
"""Sorted, not overlapping; no free start lies strictly between the two ends of a block."""


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
class Rules:
    """How an offering may be booked: minutes, and for the horizon days of the coach's calendar after today."""

    length: int
    interval: int
    before: int = 0
    after: int = 0
    notice: int = 0
    horizon_days: int = 60

    def __post_init__(self) -> None:
        if self.length < 1 or self.interval < 1:
            raise BadHours("length and interval are at least one minute")
        if min(self.before, self.after, self.notice, self.horizon_days) < 0:
            raise BadHours("buffers, notice and horizon are not negative")
        if self.horizon_days > 3660:
            raise BadHours("the horizon is ten years at most")


class Busy(NamedTuple):
    """An appointment that stands: aware times, and its own buffers in minutes.

    A tuple and not a dataclass, because a page may read a thousand of them from the database.
    """

    starts_at: datetime
    ends_at: datetime
    before: int = 0
    after: int = 0


class LocalTime(NamedTuple):
    """A free time as the client's clock shows it: epoch minutes, and HH:MM."""

    start: int
    local: str


@dataclass(frozen=True, slots=True)
class LocalDay:
    """A date of the client's calendar with its free times, earliest first."""

    date: date
    times: tuple[LocalTime, ...]


def free_times(
    openings: Iterable[Opening],
    exceptions: Iterable[DayException],
    busy: Iterable[Busy],
    rules: Rules,
    host_zone: tzinfo,
    window_from: datetime,
    window_to: datetime,
    now: datetime,
) -> list[int]:
    """Every start in [window_from, window_to) that can be booked at `now`: epoch minutes, sorted, each once.

    A start counts in real minutes from where its opening range opens, and the whole length fits into that range.
    Between it and every appointment lies at least the larger of the earlier one's after-buffer and the later
    one's before-buffer.
    """
    first = max(_minute_up(window_from), _minute_up(now) + rules.notice)
    stop = min(_minute_up(window_to), _horizon_end(rules, host_zone, now))
    if first >= stop:
        return []
    blocks = _blocks(busy, rules)
    free: list[int] = []
    for opens, closes in _ranges(openings, exceptions, Offsets(host_zone, first, stop), first, stop):
        start = _next_start(opens, first, rules.interval)
        _sweep(free, start, min(closes - rules.length, stop - 1), rules.interval, blocks)
    return sorted(set(free))


def is_free(
    start: int,
    openings: Iterable[Opening],
    exceptions: Iterable[DayException],
    busy: Iterable[Busy],
    rules: Rules,
    host_zone: tzinfo,
    now: datetime,
) -> bool:
    """Whether that start (epoch minutes) can still be booked at `now`; decided by `free_times` itself."""
    at = instant(start)
    return start in free_times(openings, exceptions, busy, rules, host_zone, at, at + _MINUTE, now)


def by_local_day(starts: Sequence[int], zone: tzinfo) -> list[LocalDay]:
    """Sorted starts grouped by the date they fall on in that zone; days without times are left out."""
    if not starts:
        return []
    days: dict[int, list[LocalTime]] = {}
    for start, wall in zip(starts, Offsets(zone, starts[0], starts[-1]).walls(starts), strict=True):
        day, minute = divmod(wall, DAY)
        days.setdefault(day, []).append(LocalTime(start, _CLOCK[minute]))
    return [LocalDay(date.fromordinal(day + _EPOCH_DAY), tuple(times)) for day, times in days.items()]


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


def _blocks(busy: Iterable[Busy], rules: Rules) -> Blocks:
    """The starts each appointment rules out, buffers and length counted in, joined where they overlap."""
    length, own_before, own_after = rules.length, rules.before, rules.after
    spans = sorted(
        (
            _minute_down(starts_at) - length - max(own_after, before),
            _minute_up(ends_at) + max(own_before, after),
        )
        for starts_at, ends_at, before, after in busy
    )
    joined: Blocks = []
    for low, high in spans:
        # Blocks that only touch stay apart: the start at the point between them is free.
        if joined and low < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _ranges(
    openings: Iterable[Opening],
    exceptions: Iterable[DayException],
    offsets: Offsets,
    first: int,
    stop: int,
) -> Iterator[tuple[int, int]]:
    """When the coach is open, range by range, as instants: those that may hold a start in [first, stop)."""
    week: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for opening in openings:
        week[opening.weekday].append((opening.start_min, opening.end_min))
    special = {exception.date.toordinal(): exception.openings for exception in exceptions}
    first_wall, stop_wall = offsets.walls([first, stop])
    # A range runs into the day after at most, and a skipped date may push it one day on.
    for day in range(first_wall // DAY - 2, stop_wall // DAY + 1):
        ordinal = day + _EPOCH_DAY
        for start_min, end_min in special.get(ordinal, week[(ordinal - 1) % 7]):
            yield offsets.opens(day * DAY + start_min), offsets.closes(day * DAY + end_min)


def _next_start(opens: int, at_least: int, interval: int) -> int:
    """The first of opens, opens + interval, … that is not before `at_least`."""
    return opens + max(0, -((opens - at_least) // interval)) * interval


def _sweep(free: list[int], start: int, last: int, interval: int, blocks: Blocks) -> None:
    """Add the starts from `start` to `last` that no block rules out, leaping from block to block."""
    at = bisect_right(blocks, start, key=lambda block: block[1])
    while start <= last:
        low, high = blocks[at] if at < len(blocks) else (_NEVER, _NEVER)
        run = range(start, min(low, last) + 1, interval)
        free += run
        start = _next_start(start + len(run) * interval, high, interval)
        at += 1

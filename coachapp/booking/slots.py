"""Which times are free: opening hours, buffers, notice and horizon on the coach's wall clock, in one sweep.

Times inside are whole minutes since the epoch, in UTC; a free time is such a number.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from coachapp.booking.limits import WEEK, Counts, Limit, full_stretches
from coachapp.booking.opening import EPOCH_DAY, Stretch, open_ranges
from coachapp.booking.opening import BadHours as BadHours
from coachapp.booking.opening import DayException as DayException
from coachapp.booking.opening import Opening as Opening
from coachapp.booking.opening import Stay as Stay
from coachapp.zones import DAY, Offsets, offsets

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_NEVER = 1 << 60
_CLOCK = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(DAY)]


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
    day_after = now.astimezone(host_zone).date() + timedelta(days=rules.horizon_days + 1)
    stop = min(_minute_up(window_to), _begins_for_good(day_after, host_zone))
    if first >= stop:
        return []
    calendar = offsets(host_zone, first - (WEEK + 1) * DAY, stop + (WEEK + 1) * DAY)
    ranges = sorted(open_ranges(openings, exceptions, stays, calendar, first, stop))
    ruled_out = _ruled_out(busy, rules, calendar) + _glimpses(day_after, calendar, stop)
    free = _sweep(ranges, rules, first, stop, *_joined(ruled_out))
    overlap = any(opens < closes for (_, closes), (opens, _) in pairwise(ranges))
    return sorted(set(free)) if overlap else free


def open_between(
    openings: Iterable[Opening],
    exceptions: Iterable[DayException],
    stays: Sequence[Stay],
    host_zone: tzinfo,
    start: datetime,
    end: datetime,
) -> list[tuple[datetime, datetime]]:
    """When the coach is open around [start, end), range by range, earliest first."""
    first, stop = _minute_down(start), _minute_up(end)
    found = open_ranges(openings, exceptions, stays, offsets(host_zone, first, stop), first, stop)
    return [(instant(opens), instant(closes)) for opens, closes in sorted(found) if opens < closes]


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
                days[day] = LocalDay(date.fromordinal(day + EPOCH_DAY), part, labels)
            at = until
    return list(days.values())


def instant(start: int) -> datetime:
    """Epoch minutes as an aware time in UTC."""
    return _EPOCH + start * _MINUTE


def utc_text(start: int) -> str:
    """Epoch minutes as `2026-11-24T09:00:00Z`."""
    day, minute = divmod(start, DAY)
    return f"{_day_text(day)}T{_CLOCK[minute]}:00Z"


@lru_cache(maxsize=1000)
def _day_text(day: int) -> str:
    return f"{date.fromordinal(day + EPOCH_DAY)}"


def _minute_down(at: datetime) -> int:
    return (at - _EPOCH) // _MINUTE


def _minute_up(at: datetime) -> int:
    return -((_EPOCH - at) // _MINUTE)


def _begins_for_good(day: date, host_zone: tzinfo) -> int:
    """The minute at which the coach's calendar turns to that day and does not turn back any more."""
    midnight = datetime.combine(day, time(), host_zone)
    return max(_minute_down(midnight), _minute_down(midnight.replace(fold=1)))


def _glimpses(day: date, calendar: Offsets, stop: int) -> list[Stretch]:
    """Minutes before `stop` that are on that day already, where the clock then goes back over midnight."""
    midnight = (day.toordinal() - EPOCH_DAY) * DAY
    spans = calendar.spans(midnight, midnight + DAY)
    return [(begin - 1, end) for begin, end in spans if begin < stop]


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

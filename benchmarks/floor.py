"""The floor under free times: one tight sweep over plain integers that are in memory already, in pure Python."""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.case import Case

Pair = tuple[int, int]


def sweep(ranges: Iterable[Pair], bookings: Sequence[Pair], length: int, step: int, buffer: int) -> list[int]:
    """Every start no booking stands against. Ranges and bookings are epoch minutes, sorted, and do not overlap."""
    free: list[int] = []
    at, last = 0, len(bookings)
    for opens, closes in ranges:
        for start in range(opens, closes - length + 1, step):
            while at < last and bookings[at][1] <= start - buffer:
                at += 1
            if at == last or bookings[at][0] >= start + length + buffer:
                free.append(start)
    return free


def floor_ms(case: Case, reps: int) -> tuple[list[float], list[int]]:
    """Milliseconds of each sweep, and what it found; finding out when the coach is open is not timed."""
    ranges, bookings = list(opening_ranges(case)), sorted(case.bookings)
    times, found = [], []
    for _ in range(reps):
        start = time.perf_counter()
        found = sweep(ranges, bookings, case.length, case.step, case.buffer)
        times.append((time.perf_counter() - start) * 1000)
    return times, found


def opening_ranges(case: Case) -> Iterator[Pair]:
    """The case's hours as epoch minutes; right for hours that no clock change touches."""
    where = ZoneInfo(case.host_tz)
    for day in (case.start + timedelta(days=number) for number in range(case.days)):
        for weekday, opens, closes in case.hours:
            if weekday == day.weekday():
                yield _minute(day, opens, where), _minute(day, closes, where)


def _minute(day: date, minute: int, where: ZoneInfo) -> int:
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001  # zone follows
    return int(wall.replace(tzinfo=where).astimezone(UTC).timestamp()) // 60

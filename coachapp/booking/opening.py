"""When a coach is open: her usual week, dates that differ, stays elsewhere, read by the clock that holds for each date.

Times inside are whole minutes since the epoch, in UTC.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from coachapp.zones import DAY, Offsets, offsets

EPOCH_DAY = date(1970, 1, 1).toordinal()

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


def open_ranges(
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
        ordinal = day + EPOCH_DAY
        for start_min, end_min in special.get(ordinal, week[(ordinal - 1) % 7]):
            yield clock.opens(day * DAY + start_min), clock.closes(day * DAY + end_min)


def _clocks(stays: Sequence[Stay], calendar: Offsets, first: int, stop: int) -> Iterator[tuple[int, Offsets]]:
    """The dates that matter, in days since the epoch, each with the clock its hours are read by."""
    home = set(_days(calendar, first, stop))
    for stay in stays:
        there = range(stay.first.toordinal() - EPOCH_DAY, stay.last.toordinal() - EPOCH_DAY + 1)
        home.difference_update(there)
        clock = offsets(stay.zone, first, stop)
        yield from ((day, clock) for day in _days(clock, first, stop) if day in there)
    yield from ((day, calendar) for day in home)


def _days(clock: Offsets, first: int, stop: int) -> range:
    """The dates whose ranges may hold a start in [first, stop), in days since the epoch."""
    first_wall, stop_wall = clock.walls([first, stop])
    # A range runs into the day after at most, and a skipped date may push it one day on.
    return range(first_wall // DAY - 2, stop_wall // DAY + 1)


def _check_range(start_min: int, end_min: int) -> None:
    if not 0 <= start_min < end_min <= 2 * DAY:
        raise BadHours("a range opens before it closes, within two days")

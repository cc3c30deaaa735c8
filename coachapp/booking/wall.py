"""A wall-clock time of one day, or of several, as instants, and what to say when the clocks change (pure)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class Reading(StrEnum):
    """How a wall time could be read: as it stands, moved on because it does not exist, or the first of two."""

    PLAIN = "plain"
    MOVED = "moved"
    FIRST_OF_TWO = "first of two"


@dataclass(frozen=True)
class Instant:
    """A moment in UTC and how the wall time led to it."""

    at: datetime
    reading: Reading


def instant_of(day: date, at: time, where: tzinfo) -> Instant:
    """The moment a clock in `where` shows this; a missing time moves on by the gap, a repeated one is its first."""
    wall = datetime.combine(day, at)  # without a zone until it is read in one
    moment = wall.replace(tzinfo=where, fold=0).astimezone(UTC)
    if moment.astimezone(where).replace(tzinfo=None) != wall:
        return Instant(moment, Reading.MOVED)
    later = wall.replace(tzinfo=where, fold=1).astimezone(UTC)
    return Instant(moment, Reading.PLAIN if later == moment else Reading.FIRST_OF_TWO)


def repeated(first: date, at: time, where: tzinfo, weeks: int, times: int) -> dict[date, Instant]:
    """The same clock time every so many weeks, from `first` on: each day with its moment, whatever the clocks do."""
    days = (first + timedelta(weeks=weeks * number) for number in range(times))
    return {day: instant_of(day, at, where) for day in days}

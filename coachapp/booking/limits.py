"""How many appointments a coach takes on in a day or a week, and which of them are full (pure)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from coachapp.zones import DAY, Offsets

WEEK = 7
_FIRST_MONDAY = 4  # 5 January 1970, counted from the first of that month


class Counts(IntEnum):
    """What a busy time means for the limits: an outside calendar's or the coach's own time fills nothing up."""

    OUTSIDE = 0
    BLOCKED = 1
    BOOKED = 2
    SAME_OFFERING = 3


class BadLimit(ValueError):
    """A limit that can't be kept."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many appointments in `days` (1, or 7 from Monday on) of the coach's calendar, each counted where it
    begins; those of one offering only, or all."""

    most: int
    days: int = 1
    counted: Counts = Counts.BOOKED

    def __post_init__(self) -> None:
        if self.most < 1 or self.days not in (1, WEEK):
            raise BadLimit("at least one appointment, in a day or in a week")


def full_stretches(
    counted: Iterable[tuple[int, int]], limits: Iterable[Limit], calendar: Offsets
) -> list[tuple[int, int]]:
    """The instants [from, to) of the days and weeks that are full: no further appointment begins in them.

    `counted`: (start in epoch minutes, what it counts as) of each busy time; `calendar`: the coach's own.
    """
    rows = sorted(counted)
    walls = calendar.walls([start for start, _ in rows])
    kinds = [kind for _, kind in rows]
    return [
        stretch
        for limit in limits
        for low in _full(
            limit, [wall for wall, kind in zip(walls, kinds, strict=True) if kind >= limit.counted]
        )
        for stretch in calendar.spans(low, low + limit.days * DAY)
    ]


def _full(limit: Limit, walls: Iterable[int]) -> list[int]:
    """The first wall minute of each day or week that holds as many as the limit allows."""
    length, monday = limit.days * DAY, _FIRST_MONDAY * DAY
    held = Counter((wall - monday) // length for wall in walls)
    return [number * length + monday for number, many in held.items() if many >= limit.most]

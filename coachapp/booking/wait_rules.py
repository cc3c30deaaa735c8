"""The waiting list's decisions: which times suit whom, which came free for her, until when one is kept (pure)."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from coachapp.booking.admission import ANSWER_ENDS_BEFORE
from coachapp.booking.picker import Part, part_of
from coachapp.booking.rules import BookingError
from coachapp.booking.slots import instant
from coachapp.zones import local_days, zone

USUAL_WAIT_DAYS = 30
USUAL_TURN_HOURS = 12
MOST_TURN_HOURS = 72
LEAST_TURN = timedelta(hours=1)
"""Nobody is offered a time by itself that would be kept for less than this: it would hurry her."""

ALL_DAYS = frozenset(range(7))
ALL_PARTS = frozenset(Part)
_PARTS = tuple(Part)


class NotWaiting(BookingError):
    """She is not on the list (any more)."""


class HasAnother(BookingError):
    """A time is kept for her already, or she is booking one."""


@dataclass(frozen=True)
class Suits:
    """Which weekdays (Monday 0) and parts of the day suit, by her own clock. Nothing chosen means all of them."""

    weekdays: frozenset[int] = ALL_DAYS
    parts: frozenset[Part] = ALL_PARTS

    @classmethod
    def of(cls, weekdays: Iterable[int], parts: Iterable[Part]) -> "Suits":
        return cls(frozenset(weekdays) or ALL_DAYS, frozenset(parts) or ALL_PARTS)

    @property
    def is_any(self) -> bool:
        return self.weekdays == ALL_DAYS and self.parts == ALL_PARTS

    @property
    def bits(self) -> tuple[int, int]:
        """As they are kept: a bit for each weekday, a bit for each part of the day."""
        return sum(1 << day for day in self.weekdays), sum(1 << _PARTS.index(part) for part in self.parts)

    @classmethod
    def from_bits(cls, weekdays: int, parts: int) -> "Suits":
        days = (day for day in range(7) if weekdays >> day & 1)
        return cls.of(days, (part for at, part in enumerate(_PARTS) if parts >> at & 1))


@dataclass(frozen=True)
class WaitRow:
    """One person on the list for one offering. `zone` is hers; she leaves the list by herself at `ends_at`."""

    id: UUID
    coach_id: int
    offering_id: UUID
    title: str
    slug: str
    client_id: UUID
    zone: str
    suits: Suits
    since: datetime
    ends_at: datetime

    @property
    def last_day(self) -> date:
        """The last day on the list, by her calendar."""
        return (self.ends_at - timedelta(seconds=1)).astimezone(zone(self.zone)).date()


def list_ends(last: date, key: str) -> datetime:
    """When that day is over in her zone."""
    return local_days(last, last, zone(key))[1]


def does_suit(wait: WaitRow, starts_at: datetime) -> bool:
    """Whether this is a time she would come to: on her weekdays, in her parts of the day, while she is on the list."""
    there = starts_at.astimezone(zone(wait.zone))
    on_day = there.weekday() in wait.suits.weekdays and part_of(f"{there:%H:%M}") in wait.suits.parts
    return on_day and starts_at < wait.ends_at


def turn_ends(starts_at: datetime, now: datetime, hours: int) -> datetime | None:
    """Until when a time that is offered by itself is kept: so many hours, and never beyond 2 hours before it begins.

    None where too little would be left to think.
    """
    ends = min(now + timedelta(hours=hours), starts_at - ANSWER_ENDS_BEFORE)
    return ends if ends - now >= LEAST_TURN else None


@dataclass(frozen=True)
class Freed:
    """A stretch that was the coach's from `taken_at` and is free since `freed_at`."""

    starts_at: datetime
    ends_at: datetime
    taken_at: datetime
    freed_at: datetime

    def is_new_to(self, wait: WaitRow) -> bool:
        """Whether it was taken when she asked to wait. What was free then she saw, and it did not suit."""
        return self.taken_at <= wait.since < self.freed_at


@dataclass(frozen=True)
class Suited:
    """A time that came free and the person it suits."""

    wait: WaitRow
    starts_at: datetime


@dataclass(frozen=True)
class CameFree:
    """A stretch that came free, with those whom a time in it suits, the longest on the list first."""

    starts_at: datetime
    ends_at: datetime
    people: tuple[Suited, ...]


def came_free(
    freed: Iterable[Freed],
    waits: Sequence[WaitRow],
    free: dict[UUID, list[int]],
    lengths: dict[UUID, int],
    had: Mapping[UUID, Sequence[tuple[datetime, datetime]]],
) -> list[CameFree]:
    """What came free for whom, earliest first; stretches that suit nobody are left out.

    `free` are the sorted starts on offer now (epoch minutes) of each offering, `lengths` their lengths in minutes,
    `had` the times each client had, or was offered, before: of a stretch that one of them touches she is offered
    nothing again.
    """
    stretches: dict[tuple[datetime, datetime], list[Freed]] = {}
    for each in freed:
        stretches.setdefault((each.starts_at, each.ends_at), []).append(each)
    found = []
    for (starts_at, ends_at), times in sorted(stretches.items()):
        people = []
        for wait in waits:
            again = any(low < ends_at and starts_at < high for low, high in had.get(wait.client_id, ()))
            if again or not any(each.is_new_to(wait) for each in times):
                continue
            starts = _within(
                free.get(wait.offering_id, []), lengths.get(wait.offering_id, 0), starts_at, ends_at
            )
            at = next((start for start in starts if does_suit(wait, start)), None)
            people += [Suited(wait, at)] if at else []
        if people:
            found.append(CameFree(starts_at, ends_at, tuple(people)))
    return found


def _within(free: list[int], length: int, starts_at: datetime, ends_at: datetime) -> list[datetime]:
    """The starts whose time touches the stretch: none of them was to be had before. Its own beginning comes first."""
    first, stop = (int(at.timestamp()) // 60 for at in (starts_at, ends_at))
    touching = free[bisect_left(free, first - length + 1) : bisect_left(free, stop)]
    return [instant(start) for start in sorted(touching, key=lambda start: (start != first, start))]

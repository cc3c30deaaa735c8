"""Whose turn it is, where a time could be held with one of several coaches (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

from coachapp.booking.limits import Counts
from coachapp.booking.slots import Busy, instant


@dataclass(frozen=True)
class Turn:
    """One coach who gives the offering: whether she seems free at that time, and her sessions in its week."""

    coach_id: int
    is_free: bool
    sessions: int


def in_turn(turns: Iterable[Turn]) -> list[Turn]:
    """Those who are free first; among them who has the fewest sessions that week,
    then who came to the practice first."""
    return sorted(turns, key=lambda turn: (not turn.is_free, turn.sessions, turn.coach_id))


def in_week(taken: Iterable[tuple[int, ...]], start: int, where: tzinfo) -> int:
    """How many sessions begin in the week (Monday to Sunday, on the coach's own calendar) of that start.

    `taken` are rows of `Busy`. Asked for, held and booked ones count, whatever they are of; her own blocked time and
    outside calendars do not.
    """
    week = _week(start, where)
    booked = (busy for busy in map(Busy._make, taken) if busy.counts >= Counts.BOOKED)
    return sum(1 for busy in booked if _week(busy.starts, where) == week)


def _week(minute: int, where: tzinfo) -> tuple[int, int]:
    year, week, _weekday = instant(minute).astimezone(where).date().isocalendar()
    return year, week

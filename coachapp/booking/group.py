"""Group dates and their seats: which seat is next, and which dates are on offer (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from coachapp.booking.rules import AppointmentState, BookingError, TimeTaken


class NoSuchDate(BookingError):
    """No group date of this coach's has this id."""


class DaysTaken(TimeTaken):
    """Something of the coach's lies where a group date would be; `starts` are the beginnings, all of them."""

    def __init__(self, starts: list[datetime]) -> None:
        super().__init__(len(starts))
        self.starts = starts


@dataclass(frozen=True)
class GroupDate:
    """One date of a group, with the numbers of the seats that are someone's and how many of those are confirmed.

    Who has them is told to the coach alone, and how many to nobody else.
    """

    id: UUID
    coach_id: int
    offering_id: UUID
    title: str
    slug: str
    state: AppointmentState
    starts_at: datetime
    ends_at: datetime
    seats: int
    way: str
    room_key: str | None
    sequence: int
    changed_at: datetime
    taken: frozenset[int] = frozenset()
    confirmed: int = 0

    @property
    def stands(self) -> bool:
        return self.state is AppointmentState.CONFIRMED

    @property
    def next_seat(self) -> int | None:
        """The lowest number nobody has; None when the date is full."""
        return next((number for number in range(1, self.seats + 1) if number not in self.taken), None)

    @property
    def has_room(self) -> bool:
        return self.next_seat is not None


def on_offer(
    dates: Iterable[GroupDate], notice_min: int, horizon_days: int, host_zone: tzinfo, now: datetime
) -> list[GroupDate]:
    """Those of the dates that stand, have room, and begin neither too soon nor too late to be booked now.

    Notice in minutes; the horizon in days of the coach's calendar after today, as for every other time.
    """
    earliest = now + timedelta(minutes=notice_min)
    last_day = now.astimezone(host_zone).date() + timedelta(days=horizon_days)
    return [
        date
        for date in dates
        if date.stands
        and date.has_room
        and date.starts_at >= earliest
        and date.starts_at.astimezone(host_zone).date() <= last_day
    ]

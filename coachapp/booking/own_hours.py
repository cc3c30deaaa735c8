"""The coach's own time: hours she keeps open or to herself, and days she spends in another zone (pure)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from coachapp.booking.rules import BookingError

LONGEST_STRETCH = timedelta(days=183)


class AwayBy(StrEnum):
    """Whose clock the coach's hours follow while she is elsewhere: the one at home, or the one there."""

    HOME = "home"
    LOCAL = "local"


class StaysOverlap(BookingError):
    """The coach is already somewhere else on one of these days."""


class BadTime(BookingError):
    """Not a time at all: it ends before it begins, or lasts longer than a month."""


@dataclass(frozen=True)
class BlockedTime:
    """Time the coach keeps for herself, with her own word for it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    label: str


@dataclass(frozen=True)
class OpenStretch:
    """Hours the coach keeps open."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class StayRow:
    """Days (both included) that the coach spends in another zone, and whose clock her hours follow then."""

    id: int
    first: date
    last: date
    zone: str
    by: AwayBy

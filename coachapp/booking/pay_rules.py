"""How long a time is kept for money that does not come by card,
and when the coach hears that it is near its end (pure)."""

from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from coachapp.booking.rules import BookingError
from coachapp.booking.wall import instant_of

WARNED_BEFORE = timedelta(days=1)
LEAST_WARNING = timedelta(hours=12)
LEAST_FOR_TRANSFER = timedelta(hours=12)
LONGEST_HOLD = timedelta(days=7)
SHOWN_AFTER = timedelta(days=30)
"""For so long a time that was freed stays in sight, for money that comes late."""


class PaysBy(StrEnum):
    """How a client pays where that is not by card."""

    TRANSFER = "transfer"
    CASH = "cash"
    SOMEONE = "someone"


class NotAllowed(BookingError):
    """This way to pay is not on offer (any more), or not for a time so near."""


def kept_until(starts_at: datetime, days: int, where: tzinfo, now: datetime) -> datetime:
    """Until when a time is kept for a transfer: the same clock time so many days on, at most until it begins."""
    return min(days_on(days, where, now), starts_at)


def days_on(days: int, where: tzinfo, now: datetime) -> datetime:
    """The same clock time so many days on."""
    local = now.astimezone(where)
    wall = local.replace(second=0, microsecond=0).time()
    return instant_of(local.date() + timedelta(days=days), wall, where).at


def may_transfer(starts_at: datetime, days: int | None, now: datetime) -> bool:
    """Whether a transfer is on offer, and could still arrive before the time begins."""
    return days is not None and now + LEAST_FOR_TRANSFER <= starts_at


def may_hold(starts_at: datetime, until: datetime, now: datetime) -> bool:
    """Whether the coach may keep a time so long for money she asks for: a week at most, and not past its beginning."""
    return now < until <= min(starts_at, now + LONGEST_HOLD + timedelta(days=1))


def after_warning(until: datetime, starts_at: datetime, now: datetime) -> datetime:
    """When a time is freed whose coach is told now: in time as it was said, told late never at once."""
    return min(starts_at, max(until, now + LEAST_WARNING))

"""When a reminder is due, and until when it is worth sending (pure)."""

from datetime import datetime, time, timedelta, tzinfo

from coachapp.booking.wall import instant_of

_DAY = 24 * 60
_EVENING = time(18)


def due_at(starts_at: datetime, lead_min: int, where: tzinfo) -> datetime:
    """When someone in `where` is reminded `lead_min` minutes ahead.

    Whole days are days of her calendar: the same time on her clock, whether that day has 23, 24 or 25 hours.
    """
    days, minutes = divmod(lead_min, _DAY)
    if days:
        local = starts_at.astimezone(where)
        starts_at = instant_of(local.date() - timedelta(days=days), local.time(), where).at
    return starts_at - timedelta(minutes=minutes)


def evening_of(now: datetime, where: tzinfo) -> datetime:
    """Six in the evening of the present day in `where`."""
    return instant_of(now.astimezone(where).date(), _EVENING, where).at


def is_worth_it(due: datetime, starts_at: datetime, now: datetime) -> bool:
    """Whether a reminder that was due then may still leave: at least half of its time ahead is left."""
    return due <= now and 2 * (starts_at - now) >= starts_at - due and now < starts_at


def is_due(starts_at: datetime, lead_min: int, where: tzinfo, settled_at: datetime, now: datetime) -> bool:
    """Whether to remind now. What was settled after the reminder was due (booked, moved, wished) needs none."""
    due = due_at(starts_at, lead_min, where)
    return settled_at <= due and is_worth_it(due, starts_at, now)

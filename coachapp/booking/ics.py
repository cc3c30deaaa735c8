"""The calendar file of an appointment: a time and one neutral word, and nothing that tells more."""

from datetime import UTC, datetime
from enum import StrEnum

from icalendar import Calendar, Event

PRODID = "-//Calendar//EN"


class Summary(StrEnum):
    """The words an entry may carry in someone's calendar."""

    APPOINTMENT = "Appointment"
    CALL = "Call"
    BUSY = "Busy"


def calendar_file(
    uid: str,
    sequence: int,
    starts_at: datetime,
    ends_at: datetime,
    summary: Summary,
    stamp: datetime,
    *,
    cancelled: bool = False,
) -> bytes:
    """One event in UTC as an iCalendar file (RFC 5545); the same input gives the same bytes.

    `uid` stays for the life of the appointment, `sequence` rises with every move and with cancelling, and `stamp`
    is when that happened. No organiser, place, text or alarm: the file may land in a calendar others read.
    Times without a zone, or an end that is not after the start, raise ValueError.
    """
    # In UTC first: two times of one zone compare by the clock's face, which is wrong when an hour comes twice.
    begins, ends = _utc(starts_at), _utc(ends_at)
    if ends <= begins:
        raise ValueError("an appointment ends after it starts")
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", _utc(stamp))
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", Summary(summary).value)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    file = Calendar()
    file.add("prodid", PRODID)
    file.add("version", "2.0")
    file.add_component(event)
    written: bytes = file.to_ical()
    return written


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an appointment has a zone")
    return at.astimezone(UTC).replace(microsecond=0)

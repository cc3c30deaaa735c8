"""Calendar files: a time and one neutral word, and nothing that tells more.

Of three kinds: the file a client takes by click, the invitation that goes to the coach's own calendar by mail, and
the feed her calendar may subscribe to. All three call an appointment by the same UID.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from icalendar import Calendar, Event, vCalAddress

PRODID = "-//Calendar//EN"
ASK_AGAIN = timedelta(minutes=15)
"""How often a calendar that subscribes to the feed may ask again."""


class Summary(StrEnum):
    """The words an entry may carry in someone's calendar."""

    APPOINTMENT = "Appointment"
    CALL = "Call"
    BUSY = "Busy"
    BLOCKED = "Blocked"


@dataclass(frozen=True)
class Entry:
    """One time in a feed. `changed_at` is when it was last booked, moved or cancelled."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: Summary
    changed_at: datetime
    cancelled: bool = False


def uid_of(appointment_id: UUID) -> str:
    """What every calendar calls an appointment, as long as it lives."""
    return f"{appointment_id.hex}@appointments"


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
    file = _empty()
    file.add_component(_event(Entry(uid, sequence, starts_at, ends_at, summary, stamp, cancelled)))
    return _written(file)


def invitation_file(entry: Entry, organiser: str, attendee: str) -> bytes:
    """An invitation (RFC 5546) that a calendar adds, moves or takes away by itself: `REQUEST`, or `CANCEL`.

    For the coach alone. `organiser` is the address the practice's mail comes from, `attendee` her own; she has
    agreed already, and nobody waits for an answer.
    """
    file = _empty()
    file.add("method", "CANCEL" if entry.cancelled else "REQUEST")
    event = _event(entry)
    event.add("organizer", vCalAddress(f"mailto:{organiser}"))
    agreed = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    event.add("attendee", vCalAddress(f"mailto:{attendee}"), parameters=agreed)
    file.add_component(event)
    return _written(file)


def feed_file(entries: Iterable[Entry]) -> bytes:
    """The feed of a coach's times: neutral words and nothing else. It says how often to ask again."""
    file = _empty()
    file.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", "PT15M")
    for entry in entries:
        file.add_component(_event(entry))
    return _written(file)


def _empty() -> Calendar:
    file = Calendar()
    file.add("prodid", PRODID)
    file.add("version", "2.0")
    return file


def _event(entry: Entry) -> Event:
    # In UTC first: two times of one zone compare by the clock's face, which is wrong when an hour comes twice.
    begins, ends = _utc(entry.starts_at), _utc(entry.ends_at)
    if ends <= begins:
        raise ValueError("an appointment ends after it starts")
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", _utc(entry.changed_at))
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", Summary(entry.summary).value)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return event


def _written(file: Calendar) -> bytes:
    written: bytes = file.to_ical()
    return written


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an appointment has a zone")
    return at.astimezone(UTC).replace(microsecond=0)

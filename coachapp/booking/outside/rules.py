"""Outside calendars: how old a copy may be, how long we wait, and the words for what went wrong (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

MOST_CALENDARS = 20
MOST_BYTES = 5 * 1024 * 1024
MOST_STRETCHES = 5_000
LONGEST_ADDRESS = 2_000

EVERY = timedelta(minutes=10)
FRESH = timedelta(minutes=5)
BACK = timedelta(days=1)
"""How far before now a calendar is read."""
MARGIN = timedelta(days=7)
"""How far beyond the furthest day that can be booked."""


class Trouble(StrEnum):
    """Why the last try brought no new copy; with `partly` it did, but something in it could not be read.

    `hurried` is a try before a hold that ran out of its two seconds: the next tick tries again with more patience.
    """

    NO_ANSWER = "no answer"
    TOO_SLOW = "too slow"
    HURRIED = "hurried"
    REFUSED = "refused"
    CERTIFICATE = "certificate"
    UNSAFE = "unsafe"
    TOO_BIG = "too big"
    NOT_A_CALENDAR = "not a calendar"
    TOO_MUCH = "too much"
    PARTLY = "partly"


class OutsideError(Exception):
    """Root of this part's errors."""


class BadAddress(OutsideError):
    """Not an address of a calendar: http, https or webcal, and a name."""


class TooManyCalendars(OutsideError):
    """There are as many as there may be."""


class NoSuchCalendar(OutsideError):
    """No calendar of this coach has this id."""


@dataclass(frozen=True)
class Patience:
    """How many seconds fetching may take, and fetching and reading together."""

    fetching: float
    all: float


FOR_TICK = Patience(10, 30)
FOR_HOLD = Patience(1.3, 2)
FOR_ADDING = Patience(6, 10)


@dataclass(frozen=True)
class Wanted:
    """A calendar to fetch: its address, and the window and the coach's zone it is read for."""

    id: UUID
    asked_at: datetime | None
    address: str
    zone: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Copy:
    """What a calendar says is taken, in epoch minutes; `partly` when something in it could not be read."""

    busy: tuple[tuple[int, int], ...]
    partly: bool


@dataclass(frozen=True)
class CalendarRow:
    """One outside calendar as its coach sees it: never more of its address than the host."""

    id: UUID
    host: str
    label: str
    good_at: datetime | None
    trouble: Trouble | None
    added_at: datetime


def is_due(asked_at: datetime | None, trouble: str | None, now: datetime) -> bool:
    """Whether tick fetches a calendar now: every ten minutes, and at once after a try that was in a hurry."""
    return asked_at is None or asked_at <= now - EVERY or trouble == Trouble.HURRIED


def is_stale(asked_at: datetime | None, now: datetime) -> bool:
    """Whether a calendar is fetched once more before a hold. One that was tried in vain just now is not."""
    return asked_at is None or asked_at < now - FRESH


def in_a_hurry(trouble: Trouble) -> Trouble:
    """What a trouble means when there were only two seconds: that more patience may help."""
    return Trouble.HURRIED if trouble in (Trouble.TOO_SLOW, Trouble.TOO_MUCH) else trouble


def normal_address(typed: str) -> str:
    """The address as it is fetched: `webcal://` is https by another name. BadAddress when it is none."""
    address = typed.strip()
    for name, meant in (("webcals://", "https://"), ("webcal://", "https://")):
        if address.lower().startswith(name):
            address = meant + address[len(name) :]
    parts = split_address(address)
    if len(address) > LONGEST_ADDRESS or "\\" in address:
        raise BadAddress
    return parts._replace(fragment="").geturl()


def split_address(address: str) -> SplitResult:
    """The parts of an http(s) address with a host and a sound port. BadAddress."""
    # urlsplit would drop some of these in silence; an address is taken as it stands, or not at all.
    if any(character.isspace() or not character.isprintable() for character in address):
        raise BadAddress
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise BadAddress from error
    if not sound:
        raise BadAddress
    return parts


def host_of(address: str) -> str:
    """The one part of an address that may be shown; the rest is a secret."""
    return split_address(address).hostname or ""

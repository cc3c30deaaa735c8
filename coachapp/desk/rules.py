"""How a day, a week and a client's history are laid out, and what the safe-contact answer means now (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Protocol, TypeVar

from coachapp.money import Money
from coachapp.safe_contact.rules import Contact, Inbox

LEAST_GAP = timedelta(minutes=30)
WARN_BEFORE_LAPSE = timedelta(days=14)
EXCERPT = 160
ROW = 15
ROWS = 48
MOST_ROWS = 24


class Timed(Protocol):
    """Anything that lasts from one moment to another."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...


Card = TypeVar("Card", bound=Timed)


@dataclass(frozen=True)
class Gap:
    """Time between two cards that is still ahead and long enough to use."""

    starts_at: datetime
    ends_at: datetime
    kind: str = "free"

    @property
    def length_min(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True)
class NowMark:
    """Where the line of the present moment goes."""

    starts_at: datetime
    kind: str = "now"


def day_rail(
    cards: Iterable[Card], now: datetime, day_start: datetime, day_end: datetime
) -> list[Card | Gap | NowMark]:
    """The cards of one day in order, the line of the present among them, and the gaps still to come."""
    ordered = sorted(cards, key=lambda card: card.starts_at)
    rail: list[Card | Gap | NowMark] = []
    marked = not day_start <= now < day_end
    busy_until: datetime | None = None
    for card in ordered:
        if not marked and card.starts_at > now:
            rail.append(NowMark(now))
            marked = True
        if busy_until and busy_until >= now and card.starts_at - busy_until >= LEAST_GAP:
            rail.append(Gap(busy_until, card.starts_at))
        rail.append(card)
        busy_until = max(busy_until or card.ends_at, card.ends_at)
    return rail if marked or not ordered else [*rail, NowMark(now)]


def week_of(day: date) -> list[date]:
    """Monday to Sunday around a day."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(7)]


class EntryKind(StrEnum):
    """What a line of a client's history is about."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    ABSENT = "absent"
    NOTE = "note"
    SHEET = "sheet"
    PAGE = "page"
    PAID = "paid"
    REFUNDED = "refunded"
    LOST = "lost"
    GIVEN = "given"
    ASKED = "asked"


@dataclass(frozen=True)
class Entry:
    """One line of a client's history; `what` is a title, `text` a note's own words."""

    at: datetime
    kind: EntryKind
    what: str = ""
    text: str = ""
    number: int | None = None
    amount: Money | None = None


def timeline(*sources: Iterable[Entry]) -> list[Entry]:
    """Everything that happened or will, latest first."""
    return sorted((entry for source in sources for entry in source), key=lambda entry: entry.at, reverse=True)


def excerpt(text: str, most: int = EXCERPT) -> str:
    """The beginning of a text on one line, cut at a word."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    return flat[:most].rsplit(" ", 1)[0].rstrip(",;:. ") + "…"


class Reach(StrEnum):
    """How a client may be reached at this moment."""

    NOT_ASKED = "not asked"
    NO_MAIL = "no mail"
    OWN = "own inbox"
    SHARED = "shared inbox"
    STOPPED = "stopped"
    LAPSED = "lapsed"


def reach(contact: Contact | None, now: datetime) -> Reach:
    """What the answer means now. After a lapse only what is already booked is still written about."""
    if contact is None:
        return Reach.NOT_ASKED
    if contact.inbox is Inbox.NONE or not contact.address:
        return Reach.NO_MAIL
    if contact.stopped_at is not None:
        return Reach.STOPPED
    if now >= contact.lapses_at():
        return Reach.LAPSED
    return Reach.OWN if contact.inbox is Inbox.ONLY_ME else Reach.SHARED


def lapses_soon(contact: Contact | None, now: datetime) -> bool:
    """Whether the permission ends within 14 days."""
    if reach(contact, now) not in (Reach.OWN, Reach.SHARED) or contact is None:
        return False
    return contact.lapses_at() - now <= WARN_BEFORE_LAPSE


class Pay(StrEnum):
    """How an appointment stands with money."""

    FREE = "free"
    PAID = "paid"
    IN_PARTS = "paid in parts"
    NOT_HERE = "not paid here"
    WAITING = "waiting"
    PART = "part returned"
    RETURNED = "returned"
    LOST = "lost"
    SESSION = "session"


def pay_state(price: Money, paid: Money | None, refunded: Money | None, lost: Money | None = None) -> Pay:
    """What the pill beside an appointment says; without an order nothing was paid through this house.

    `lost` is what a bank took back: that is said before anything else that moved.
    """
    if price.is_zero:
        return Pay.FREE
    if paid is None or paid.is_zero:
        return Pay.NOT_HERE
    if lost and lost.minor:
        return Pay.LOST
    if refunded and refunded.minor >= paid.minor:
        return Pay.RETURNED
    return Pay.PART if refunded and refunded.minor else Pay.PAID


@dataclass(frozen=True)
class Placed:
    """A stretch of the week grid: first row, rows, and whether it is the later part of one that was cut."""

    row: int
    rows: int
    goes_on: bool = False


def first_hour(minutes: Iterable[int]) -> int:
    """The hour the week grid begins with: eight, or earlier when something does (the grid shows twelve)."""
    return min([8, *(minute // 60 for minute in minutes)])


def placed(start_min: int, end_min: int, opens_hour: int) -> list[Placed]:
    """Where minutes of a day stand on the grid, kept within it; long stretches come in parts of six hours."""
    first = min(max((start_min - opens_hour * 60) // ROW, 0), ROWS - 1)
    last = min(max(-(-(end_min - opens_hour * 60) // ROW), first + 1), ROWS)
    cuts = [*range(first, last, MOST_ROWS), last]
    return [Placed(low, high - low, low > first) for low, high in pairwise(cuts)]


def minutes_within(item: Timed, day: date, zone: tzinfo) -> tuple[int, int]:
    """From which minute to which something lasts on that day's wall clock, cut at midnight."""
    return _minute(item.starts_at.astimezone(zone), day), _minute(item.ends_at.astimezone(zone), day)


def _minute(at: datetime, day: date) -> int:
    if at.date() < day:
        return 0
    return 24 * 60 if at.date() > day else at.hour * 60 + at.minute


def closed_times(
    taken: Sequence[tuple[int, int]], opens_min: int, closes_min: int, least: int = 60
) -> list[tuple[int, int]]:
    """What lies between opening hours and appointments, in minutes of the day, if it is an hour or longer.

    Edges are rounded inwards to the rows of the grid, so that nothing stands beside an appointment.
    """
    closed: list[tuple[int, int]] = []
    reached = opens_min
    for low, high in [*sorted(taken), (closes_min, closes_min)]:
        start, end = -(-reached // ROW) * ROW, min(low, closes_min) // ROW * ROW
        if end - start >= least:
            closed.append((start, end))
        reached = max(reached, high)
    return closed

"""What the practice sells and says, as frozen rows; the defaults a new practice begins with (pure)."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from coachapp.money import Money

KINDS = ("session", "package", "group", "question")
LEAST_SEATS, MOST_SEATS = 2, 40
# Pages of the booking road and of the desk that stand where an offering's address would.
RESERVED_SLUGS = frozenset(
    (
        "details",
        "code",
        "done",
        "gone",
        "let-go",
        "zones",
        "zone",
        "new",
        "times",
        "session",
        "words",
        "sessions",
        "price",
    )
)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NOT_ON_STATEMENTS = frozenset("<>\\'\"*")
_SAYS_NOTHING = "bcdfghjkmnpqrstvwxz23456789"


ROOM = "{room}"
EVENING_BEFORE = 24 * 60
STATEMENT_SUFFIX = "SERVICES"
"""What we put behind the practice's own word on card statements: the same for everyone."""
STATEMENT_MOST, PREFIX_MOST = 22, 10
LEAST_CHARGE = 50
MOST_CHARGE = 99_999_999


def price_trouble(price: Money) -> str | None:
    """Why an amount cannot be charged: `too little` (Stripe takes no less than 0.50) or `too much`. Nothing is fine."""
    if not price.is_zero and price.minor < LEAST_CHARGE:
        return "too little"
    return "too much" if price.minor > MOST_CHARGE else None


class WhoBooks(StrEnum):
    """Who may take a time: everyone, everyone once the coach has said yes to a first booking, or by invitation."""

    OPEN = "open"
    APPROVED = "approved"
    INVITED = "invited"


class NoSuchOffering(Exception):
    """No offering has this name, or it is not on show."""


class SlugTaken(Exception):
    """Another offering already has this address."""


@dataclass(frozen=True)
class PracticeRow:
    """The practice's names and the words of its public pages."""

    name: str
    neutral_name: str
    mail_subject: str
    statement_text: str
    currency: str
    exit_to: str
    page: dict[str, Any] = field(default_factory=dict)
    who_books: WhoBooks = WhoBooks.OPEN
    reading_weekday: int = 3
    turn_hours: int | None = None

    @property
    def statement(self) -> str:
        """What a card statement says of a payment here."""
        return on_statement(self.statement_text)


@dataclass(frozen=True)
class CoachRow:
    """A coach. Limits count appointments per day and per week of her zone; None is no limit.
    Minutes before for reminders."""

    id: int
    first_name: str
    full_name: str
    zone: str
    email: str | None
    room_link: str | None
    room_pattern: str | None = None
    most_per_day: int | None = None
    most_per_week: int | None = None
    remind_min: int | None = None
    early_notice_min: int | None = None
    calendar_mail: bool = False
    short_id: str = ""
    meet_phone: str | None = None
    meet_person: str | None = None


@dataclass(frozen=True)
class Face(PracticeRow):
    """What every page may show of the practice: its own names, its first coach's, and what all of them are called."""

    coach_first_name: str = ""
    coach_name: str = ""
    coach_zone: str = "UTC"
    first_names: tuple[str, ...] = ()

    @property
    def has_several(self) -> bool:
        """Whether more than one coach works here, so that pages have to say which."""
        return len(self.first_names) > 1


@dataclass(frozen=True)
class Intro:
    """A lower price for whoever comes for the first time, from one day of the coach's to another, both included."""

    price: Money
    first: date
    last: date

    @property
    def over_on(self) -> date:
        """The day from which the regular price holds again."""
        return self.last + timedelta(days=1)


@dataclass(frozen=True)
class OfferingRow:
    """One offering; lengths, buffers, notice, interval and cut-off in minutes, the horizon in days.

    `coach_id` is the coach whose it is, or who gives it, where it is taken `given_by` one of several.
    `price` is what it costs; where that is the introductory price of the day, `regular` is what it costs otherwise.
    """

    id: UUID
    coach_id: int
    slug: str
    kind: str
    title: str
    text: str
    points: tuple[str, ...]
    length_min: int
    sessions: int
    price: Money
    before_min: int
    after_min: int
    notice_min: int
    horizon_days: int
    interval_min: int
    cutoff_min: int
    active: bool
    lifted: bool
    position: int
    most_per_day: int | None = None
    most_per_week: int | None = None
    way: str = "video"
    listed: bool = True
    seats: int | None = None
    pays_for_id: UUID | None = None
    valid_months: int = 12
    most_letters: int = 1500
    answer_days: int = 3
    intro: Intro | None = None
    regular: Money | None = None

    def on(self, today: date) -> "OfferingRow":
        """As it is sold that day: at its introductory price while that runs, if it is the lower one."""
        intro = self.intro
        if intro is None or self.regular or not intro.first <= today <= intro.last:
            return self
        return (
            replace(self, price=intro.price, regular=self.price)
            if intro.price.minor < self.price.minor
            else self
        )

    @property
    def is_free(self) -> bool:
        return self.price.is_zero

    @property
    def is_bookable(self) -> bool:
        """Single times and seats of a group are booked at once; packages are bought first."""
        return self.kind in ("session", "group")

    @property
    def is_question(self) -> bool:
        """Whether it is one question in writing, asked at `/ask`: no time is ever chosen for it."""
        return self.kind == "question"

    @property
    def is_group(self) -> bool:
        """Whether its times are dates the coach has set, for several people each."""
        return self.kind == "group"

    def given_by(self, coach_id: int) -> "OfferingRow":
        """The same as this coach gives it: its times, and what is booked of it, are hers."""
        return self if coach_id == self.coach_id else replace(self, coach_id=coach_id)

    @property
    def is_sold(self) -> bool:
        """Whether this is a package that can be bought here; any other is shown with a way to ask."""
        return self.kind == "package" and self.pays_for_id is not None and not self.price.is_zero

    @property
    def each(self) -> Money:
        """The price of one session of a package."""
        return Money(self.price.minor // max(self.sessions, 1), self.price.currency)


def least_price(offerings: Iterable[OfferingRow]) -> Money | None:
    """What one session costs at the least of all that is to be had for money; None where nothing is."""
    sold = [each.each for each in offerings if not each.is_free and (each.is_bookable or each.is_sold)]
    return min(sold, key=lambda price: price.minor, default=None)


def new_short_id() -> str:
    """What names a coach where people choose with whom: six letters and digits without a meaning, and no vowel that
    would make a word of them."""
    return "".join(secrets.choice(_SAYS_NOTHING) for _ in range(6))


def private_slug() -> str:
    """An address nobody guesses, for an offering that stands on no public page: 80 bits."""
    return secrets.token_hex(10)


class Unfit(StrEnum):
    """Why an address, a statement text or an exit will not do."""

    SHAPE = "shape"
    RESERVED = "reserved"
    LENGTH = "length"
    NO_LETTER = "no letter"
    OWN_HOST = "own host"
    QUERY = "query"


def slug_trouble(slug: str) -> Unfit | None:
    """Why this cannot be an offering's address; None when it can: small letters, digits, single hyphens."""
    if not _SLUG.fullmatch(slug) or len(slug) > 60:
        return Unfit.SHAPE
    return Unfit.RESERVED if slug in RESERVED_SLUGS else None


def statement_trouble(text: str) -> Unfit | None:
    """Why the card network would refuse this word before ours: 2 to 10 plain characters with a letter among them,
    which with `* ` and our own come to no more than 22.

    Source: Stripe's rules for statement descriptors, prefixes and suffixes.
    """
    whole = on_statement(text)
    if not 2 <= len(text) <= PREFIX_MOST or len(whole) > STATEMENT_MOST:
        return Unfit.LENGTH
    if not text.isascii() or not text.isprintable() or _NOT_ON_STATEMENTS & set(text):
        return Unfit.SHAPE
    return None if any(letter.isalpha() for letter in text) else Unfit.NO_LETTER


def on_statement(text: str) -> str:
    """The whole line of a card statement: the practice's word, cut as Stripe cuts it, and ours; nothing without one."""
    return f"{text[:PREFIX_MOST].rstrip()}* {STATEMENT_SUFFIX}" if text else ""


def pattern_trouble(pattern: str) -> Unfit | None:
    """Why this cannot make rooms' addresses: https, and the one `{room}` behind the site's name."""
    try:
        parts = urlsplit(pattern)
        host = parts.hostname or ""
    except ValueError:
        return Unfit.SHAPE
    whole = parts.scheme == "https" and host and not any(c.isspace() for c in pattern)
    if not whole or pattern.count(ROOM) != 1 or pattern.count("{") + pattern.count("}") != 2:
        return Unfit.SHAPE
    return Unfit.SHAPE if ROOM in parts.netloc else None


def exit_trouble(address: str, own_hosts: frozenset[str]) -> Unfit | None:
    """Why the Leave button cannot lead there: another site's plain https address, with nothing after a `?`."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return Unfit.SHAPE
    if parts.scheme != "https" or "." not in host or parts.username or any(c.isspace() for c in address):
        return Unfit.SHAPE
    if host in own_hosts:
        return Unfit.OWN_HOST
    return Unfit.QUERY if parts.query or parts.fragment or "?" in address else None

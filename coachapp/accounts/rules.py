"""Who someone is, when a sign-in is open, covered or over, and which names will do (pure)."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import pairwise
from uuid import UUID

CLIENT, STAFF = "client", "staff"
HALF, OPEN, LEFT, ENDED = "half", "open", "left", "ended"

IDLE_MINUTES = {CLIENT: 20, STAFF: 15}
IDLE_LEAST, IDLE_MOST = 5, 60
ABSOLUTE = timedelta(hours=12)
PIN_WINDOW = timedelta(hours=2)
HALF_LIVES = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
GRACE = timedelta(seconds=30)
PIN_TRIES = 5
CODE_TRIES = 5
DEVICE_LIVES = timedelta(days=180)
JOIN_LIVES = timedelta(days=30)
SET_UP_LIVES = timedelta(hours=24)
UNLOCK_LIVES = timedelta(hours=1)
LEAST_CHARACTERS = {CLIENT: 12, STAFF: 15}
MOST_CHARACTERS = 128
RECOVERY_CODES = 10


class AccountError(Exception):
    """Root of this room's errors."""


class NoMatch(AccountError):
    """Name and passphrase, or a code, do not match; which of them is never said."""


class TriesOver(NoMatch):
    """Too many tries: this sign-in is ended and begins anew with the passphrase."""


class NameNotFree(AccountError):
    """This sign-in name cannot be used here: taken, or kept back."""


class LinkEnded(AccountError):
    """The link is unknown, too old, or was used before."""


class AlreadyJoined(AccountError):
    """This person has an account: the link leads to signing in."""


class NoSuchCoach(AccountError):
    """No coach signs in with this address."""


class Standing(Enum):
    """What a sign-in allows at one moment."""

    HALF = "half"
    ACTIVE = "active"
    LOCKED = "locked"
    OVER = "over"


@dataclass(frozen=True)
class Times:
    """The facts that decide whether a sign-in is open; `idle` is this account's own."""

    kind: str
    state: str
    began: datetime
    seen: datetime
    idle: timedelta
    has_pin: bool


def standing(times: Times, now: datetime) -> Standing:
    """Open, covered (a PIN opens it) or over. A client's PIN holds two hours, a coach's until her 12 hours end."""
    if times.state == HALF:
        return Standing.HALF if now < times.began + HALF_LIVES else Standing.OVER
    if times.state != OPEN or now >= times.began + ABSOLUTE:
        return Standing.OVER
    idle_ends = times.seen + times.idle
    if now <= idle_ends:
        return Standing.ACTIVE
    pin_ends = idle_ends + PIN_WINDOW if times.kind == CLIENT else times.began + ABSOLUTE
    return Standing.LOCKED if times.has_pin and now <= pin_ends else Standing.OVER


@dataclass(frozen=True)
class Person:
    """Who is asking; `kind` is client, staff or None.

    `half`: the passphrase was given, the second factor not yet; nobody is signed in. `just_left`: who ended this
    very sign-in less than 30 seconds ago, so that a last autosave on its way is not lost.
    """

    kind: str | None = None
    account_id: UUID | None = None
    client_id: UUID | None = None
    coach_id: int | None = None
    sign_in_id: UUID | None = None
    locked: bool = False
    half: bool = False
    has_pin: bool = False
    has_factor: bool = False
    idle_seconds: int = 0
    seen_at: datetime | None = None
    just_left: "Person | None" = None

    @property
    def is_authenticated(self) -> bool:
        return self.kind is not None

    @property
    def is_active(self) -> bool:
        return self.is_authenticated and not self.locked

    @property
    def is_anonymous(self) -> bool:
        return not self.is_authenticated

    def get_id(self) -> str:
        """For Flask-Login, which keeps nothing of it: identity comes from our own sign-ins."""
        return str(self.account_id)


SIGNED_OUT = Person()


def person_at(person: Person, times: Times, ended_at: datetime | None, now: datetime) -> Person:
    """The person as they stand now, from what the sign-in says: open, locked, half, just left or signed out."""
    if times.state == LEFT and ended_at is not None and now <= ended_at + GRACE:
        was_open = standing(replace(times, state=OPEN), ended_at) is Standing.ACTIVE
        return replace(SIGNED_OUT, just_left=person) if was_open else SIGNED_OUT
    found = standing(times, now)
    if found is Standing.OVER:
        return SIGNED_OUT
    if found is Standing.HALF:
        return replace(person, kind=None, half=True)
    return replace(person, locked=found is Standing.LOCKED)


@dataclass(frozen=True)
class SignInRow:
    """One sign-in as its owner may read it: `period` is coarse (today, this_week, earlier) on purpose."""

    id: UUID
    period: str
    is_open: bool


def period(at: date, today: date) -> str:
    """How long ago, coarsely: a list with clock times would show someone else when a person was alone."""
    if at >= today:
        return "today"
    return "this_week" if at > today - timedelta(days=7) else "earlier"


def normal_name(typed: str) -> str:
    """A sign-in name as it is compared: without regard to capitals, accents' encoding or extra spaces."""
    return " ".join(unicodedata.normalize("NFKC", typed).casefold().split())


RESERVED = frozenset(
    {"admin", "administrator", "root", "support", "help", "info", "office", "test", "demo", "me", "desk"}
)


class Next(Enum):
    """Where a person goes after giving her passphrase or a code."""

    HOME = "home"
    CODE = "code"
    SET_UP = "set_up"


@dataclass(frozen=True)
class Opened:
    """A sign-in that was just made: its cookie, whose it is, and what comes next."""

    cookie: str
    account_id: UUID
    kind: str
    next: Next


def is_pin(typed: str) -> bool:
    """Whether this could be a PIN: 4 to 8 figures, not all the same and not in a row."""
    if not (typed.isascii() and typed.isdigit() and 4 <= len(typed) <= 8):
        return False
    steps = {ord(after) - ord(before) for before, after in pairwise(typed)}
    return steps not in ({0}, {1}, {-1})


def cookie_names(secure: bool) -> tuple[str, str]:
    """Names of the sign-in cookie and the known-device cookie; bound to this host wherever there is https."""
    return ("__Host-s", "__Host-d") if secure else ("s", "d")

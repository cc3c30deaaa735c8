"""The states of a client record and its rows as others see them (pure)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class State(StrEnum):
    """asked: typed something but booked nothing yet. Then active, resting, ended."""

    ASKED = "asked"
    ACTIVE = "active"
    RESTING = "resting"
    ENDED = "ended"


DAY_BEFORE = 24 * 60
TWO_HOURS = 2 * 60
REMINDERS = (DAY_BEFORE, TWO_HOURS)
MOST_WORDS = 500
MOST_AGREED = 200


class Absence(StrEnum):
    """What a client wishes to happen if she does not come: nothing, a neutral mail, a call, or her own words."""

    WAIT = "wait"
    MAIL = "mail"
    CALL = "call"
    OWN = "own"


@dataclass(frozen=True)
class WishesRow:
    """What a client wishes around her sessions. `number` and `hours` are set for a call, `words` for her own.

    `agreed` are the words that mean "change the subject"; `remind_min` how long before she is reminded, in minutes.
    `changed_at` is None while she was not asked: then the coach waits and does nothing, and nothing is sent.
    """

    absence: Absence = Absence.WAIT
    number: str = ""
    hours: str = ""
    words: str = ""
    agreed: str = ""
    remind_min: int | None = None
    changed_at: datetime | None = None

    @property
    def was_asked(self) -> bool:
        return self.changed_at is not None


class NoSuchClient(Exception):
    """There is no such client, or she is another coach's."""


@dataclass(frozen=True)
class ClientRow:
    """A client as her coach sees her. `name` is what she wants to be called."""

    id: UUID
    ref: str
    coach_id: int
    state: State
    name: str
    zone: str
    since: datetime
    early_until: date | None = None

    @property
    def short(self) -> str:
        """First name and initial, for lists."""
        first, _, rest = self.name.partition(" ")
        return f"{first} {rest.strip()[0].upper()}." if rest.strip() else first

    @property
    def initials(self) -> str:
        return "".join(part[0] for part in self.name.split()[:2]).upper() or "?"


@dataclass(frozen=True)
class NoteRow:
    """A private note of the coach."""

    id: UUID
    written_at: datetime
    text: str


def new_ref(is_taken: Callable[[str], bool]) -> str:
    """A short reference that says nothing, and that nobody has: `C-7K2MQ`."""
    ref = _drawn()
    while is_taken(ref):
        ref = _drawn()
    return ref


def _drawn() -> str:
    return "C-" + "".join(secrets.choice(_LETTERS) for _ in range(5))

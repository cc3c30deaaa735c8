"""The states of a short message, how long it is kept, when it is read, and the room's errors (pure)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

KEPT = timedelta(days=30)
MOST_WORDS = 2000
MOST_ANSWER = 5000
_ONCE = re.compile(r"[\w-]{24}", re.ASCII)


class State(StrEnum):
    """waiting -> answered. set aside: from someone who is blocked, or from a machine; nobody is told of it.

    An answer that is written but not sent yet is kept with a message that still waits.
    """

    WAITING = "waiting"
    ANSWERED = "answered"
    ASIDE = "aside"


class MessagesError(Exception):
    """Root of this room's errors."""


class NoSuchMessage(MessagesError):
    """There is none, or it is not for this coach, or it is being forgotten."""


class AnsweredAlready(MessagesError):
    """The answer has gone out and stays as it is."""


class OtherWords(MessagesError):
    """The answer was changed elsewhere since it was last looked at."""


@dataclass(frozen=True)
class Line:
    """One message in the coach's list: never its words."""

    id: UUID
    client_id: UUID
    state: State
    written_at: datetime
    answered_at: datetime | None
    begun: bool


@dataclass(frozen=True)
class Message(Line):
    """One message, opened. `answer` may be a draft while it waits; `code` are the writer's four words."""

    coach_id: int
    body: str
    answer: str
    code: str

    @property
    def is_answered(self) -> bool:
        return self.state is State.ANSWERED

    @property
    def gone_at(self) -> datetime:
        """When it is forgotten."""
        return self.written_at + KEPT


def read_on(written_at: datetime, weekday: int, where: tzinfo) -> date:
    """The day (of the coach's zone) by which a message is read: the next reading day after the one it came on."""
    came = written_at.astimezone(where).date()
    return came + timedelta(days=(weekday - came.weekday() - 1) % 7 + 1)


def says_something(text: str) -> bool:
    """Whether there is anything to see: not only spaces, line ends and letters without a shape."""
    return any(unicodedata.category(letter)[0] not in "ZC" for letter in text)


def is_once(token: str) -> bool:
    """Whether this could be the mark of one of our forms."""
    return bool(_ONCE.fullmatch(token))

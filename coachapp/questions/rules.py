"""How a question stands, how long it is, by when its answer comes, and the room's errors (pure)."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from coachapp.money import Money

KIND = "question"
"""What a question is called among the payables, and its offering among the kinds."""

MOST_ANSWER = 10_000
SHOWN_FOR = timedelta(days=30)
"""How long what is over stands on her home; her list of questions keeps it."""
_SATURDAY = 5
# One mark on the screen may be written as several characters; whoever piles up more than this writes no letters.
_CHARACTERS_A_LETTER = 12
_JOINER, _FLAGS = "\u200d", range(0x1F1E6, 0x1F200)
_SKINS = range(0x1F3FB, 0x1F400)


class Standing(StrEnum):
    """How a question stands. Derived from what happened, never stored."""

    TO_PAY = "to pay"
    TO_WRITE = "to write"
    WAITING = "waiting"
    ANSWERED = "answered"
    TURNED = "turned into a session"
    REFUNDED = "refunded"
    ENDED = "ended"


OPEN = (Standing.TO_WRITE, Standing.WAITING)


class QuestionError(Exception):
    """Root of this room's errors."""


class NoSuchQuestion(QuestionError):
    """There is none, or it is not hers, or not this coach's."""


class NotNow(QuestionError):
    """It stands otherwise by now: opened, answered, or its money went back."""


class OtherWords(QuestionError):
    """The words were changed elsewhere since they were last looked at; those are kept here."""

    def __init__(self, revision: int = 0, words: str = "") -> None:
        super().__init__()
        self.revision, self.words = revision, words


class TooLong(QuestionError):
    """More letters than were paid for; nothing is lost by it."""


@dataclass(frozen=True)
class QuestionRow:
    """One question; its terms are those it was paid at. No words stand in it."""

    id: UUID
    coach_id: int
    client_id: UUID
    offering_id: UUID
    title: str
    price: Money
    most_letters: int
    answer_days: int
    revision: int
    made_at: datetime
    paid_at: datetime | None = None
    sent_at: datetime | None = None
    promised_at: datetime | None = None
    opened_at: datetime | None = None
    answered_at: datetime | None = None
    offered_id: UUID | None = None
    turned_at: datetime | None = None
    back_at: datetime | None = None
    disputed_at: datetime | None = None
    ended_at: datetime | None = None
    begun: bool = False

    @property
    def standing(self) -> Standing:
        return standing(self)

    def is_late(self, now: datetime) -> bool:
        """Whether the promised day is over and there is no answer."""
        return self.standing is Standing.WAITING and self.promised_at is not None and self.promised_at < now

    @property
    def may_change(self) -> bool:
        """She may change what she has sent until the coach has opened it."""
        return self.standing is Standing.WAITING and self.opened_at is None


def standing(row: QuestionRow) -> Standing:
    """The one name for what happened to it. Total: money that went back counts only where nothing was given for it."""
    if row.turned_at is not None:
        return Standing.TURNED
    if row.answered_at is not None:
        return Standing.ANSWERED
    if row.back_at is not None:
        return Standing.REFUNDED
    if row.ended_at is not None:
        return Standing.ENDED
    if row.paid_at is None:
        return Standing.TO_PAY
    return Standing.TO_WRITE if row.sent_at is None else Standing.WAITING


def letters(text: str) -> int:
    """How many letters a person sees: accents, skin tones and joined pictures do not count again; a line end is one."""
    count, joined, flags = 0, False, 0
    for each in unicodedata.normalize("NFC", text):
        code = ord(each)
        if each == _JOINER:
            joined = True
            continue
        if unicodedata.category(each) in ("Mn", "Mc", "Me", "Cf") or code in _SKINS:
            continue
        flags = flags + 1 if code in _FLAGS else 0
        if not joined and flags != 2:
            count += 1
        joined, flags = False, flags % 2
    return count


def is_too_long(text: str, most: int) -> bool:
    """Whether this is more than was paid for, counted as people see it; piles of marks count as well."""
    return letters(text) > most or len(text) > most * _CHARACTERS_A_LETTER


def as_kept(text: str | None) -> str:
    """What is typed as it is kept: one line end is one letter, as for the person who typed it."""
    return (text or "").replace("\r\n", "\n").replace("\0", "")


def promised(sent_at: datetime, days: int, off: Collection[date], where: tzinfo) -> datetime:
    """The end of the day by which an answer comes: so many working days of the coach after the one it was sent on.

    Saturdays, Sundays and her days off do not count. An aware time in `where`, a minute before midnight.
    """
    day = sent_at.astimezone(where).date()
    while days:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and day not in off:
            days -= 1
    return datetime.combine(day, time(23, 59), where)

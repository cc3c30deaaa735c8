"""What the doctor says, and where each part of an installation stops being in order (pure)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

TICK_LATE = timedelta(minutes=10)
NEWS_LATE = timedelta(hours=6)
GAP_SAID = timedelta(days=90)
MAILS_LOOKED_AT = timedelta(days=7)
CALENDARS_FAIL = timedelta(days=1)
NUMBERS_LAST = timedelta(days=90)


class Level(StrEnum):
    """A fault needs someone now; a warning is for whoever runs this to judge."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands, in a sentence that says what to do."""

    level: Level
    says: str


def good(says: str) -> Finding:
    return Finding(Level.GOOD, says)


def warning(says: str) -> Finding:
    return Finding(Level.WARNING, says)


def fault(says: str) -> Finding:
    return Finding(Level.FAULT, says)


def is_stale(verified_on: date | None, today: date) -> bool:
    """Whether a help number was never checked against its source, or longer than 90 days ago."""
    return verified_on is None or today - verified_on > NUMBERS_LAST

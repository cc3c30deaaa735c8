"""Filling in a sheet together: how it stands, and when it ends by itself (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from coachapp.worksheets.rules import WorksheetError

AFTER_SESSION = timedelta(minutes=15)
WITHOUT_SESSION = timedelta(hours=2)
POLL_MS = 2500
"""How often a page that is filled in together asks what the other saved; with the 1.2 s of autosave under 5 s."""
LOOK_MS, LOOK_MS_BESIDES = 5000, 20_000
"""How often her pages look whether they are asked: during a session, and otherwise."""


class NotTogether(WorksheetError):
    """Nobody asked, she has not said yes, or it has ended; which of them is never said."""


class Standing(StrEnum):
    """How an open one stands. One that is over has no standing."""

    ASKED = "asked"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class TogetherRow:
    """A coach and a client at one sheet, asked or agreed to, and not over."""

    id: UUID
    assignment_id: UUID
    number: int
    title: str
    revision: int
    coach_id: int
    asked_at: datetime
    agreed_at: datetime | None
    ends_at: datetime

    @property
    def standing(self) -> Standing:
        return Standing.TOGETHER if self.agreed_at else Standing.ASKED

    @property
    def is_agreed(self) -> bool:
        return self.agreed_at is not None


def ends_at(session_ends: datetime | None, now: datetime) -> datetime:
    """When it ends by itself: a quarter of an hour after the session that is on, or two hours from now."""
    return session_ends + AFTER_SESSION if session_ends else now + WITHOUT_SESSION

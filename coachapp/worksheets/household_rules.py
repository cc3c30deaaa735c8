"""Who else sees one thing of hers: a household seat in one plan, and a link for whoever reads the post first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coachapp.worksheets.rules import WorksheetError

SEAT_LASTS = timedelta(days=30)
READER_LINK_LASTS = timedelta(days=14)
PRESSED_TWICE = timedelta(minutes=1)
"""So long after a link was used, its button may be pressed again: nothing is kept, and the answer is the same."""
MOST_SEATS = 12
MOST_LINKS = 30
MAX_NAME = 80
MAX_ABOUT = 120


class NotAPlan(WorksheetError):
    """Only a household plan has seats, and a print to hang up."""


class NobodyNamed(WorksheetError):
    """Nobody of the household is named in the plan, so there is nobody to print a page for."""


class NoSuchSeat(WorksheetError):
    """No seat opens with this token, or it is over, or not hers; which of them is never said."""


class NoSuchLink(WorksheetError):
    """The same for a reader's link."""


class SeatsFull(WorksheetError):
    """As many people as one plan has room for have a seat in it."""


class LinksFull(WorksheetError):
    """As many links and answers of readers as are kept at a time."""


@dataclass(frozen=True)
class SeatRow:
    """One person's seat, as the client sees it; `token` is what its address ends with."""

    id: UUID
    name: str
    token: str
    ends_at: datetime
    read_at: datetime | None
    read_revision: int | None

    def is_open(self, now: datetime) -> bool:
        return now < self.ends_at

    def has_read(self, revision: int) -> bool:
        """Whether the plan was read as it is now."""
        return self.read_revision == revision

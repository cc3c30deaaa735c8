"""Which answers are kept as earlier versions when they are replaced, and how many."""

from __future__ import annotations

from datetime import datetime, timedelta

from coachapp.worksheets.rules import WorksheetError

PAUSE = timedelta(minutes=10)
"""What stood for longer than this is a version of its own; what is changed sooner is still being written."""

MOST = 20
"""Versions of one answer that are kept; beyond that the oldest go."""


class NoSuchVersion(WorksheetError):
    """There is no such earlier version on this sheet; it may have been put back or forgotten meanwhile."""


def is_worth_keeping(saved_at: datetime, now: datetime, *, emptied: bool) -> bool:
    """Whether an answer saved then is kept as it is replaced now; one that is emptied always is."""
    return emptied or now - saved_at > PAUSE

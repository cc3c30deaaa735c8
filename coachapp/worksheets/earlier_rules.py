"""Which answers are kept as earlier versions when they are replaced, and how many."""

from __future__ import annotations

from datetime import datetime, timedelta

from coachapp.worksheets.answers import Value, is_empty
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


def goes_on(before: Value, value: Value) -> bool:
    """Whether nothing that was there is gone: nothing was, or its words are all among the new ones."""
    if is_empty(value):
        return False
    return is_empty(before) or (isinstance(before, str) and isinstance(value, str) and before in value)


def is_said_again(before: Value, saved_at: datetime, value: Value, later: datetime) -> bool:
    """Whether a version says nothing that the one saved `later` does not: the same, or words on the way to it."""
    return before == value or (goes_on(before, value) and later - saved_at <= PAUSE)

"""What a coach may write in the margin of a shared sheet, and the errors of it."""

from __future__ import annotations

from datetime import timedelta

from coachapp.worksheets.rules import WorksheetError

MOST_LETTERS = 2000

LATELY = timedelta(days=14)
"""How long the client's home says that something was written beside her answers; the sheet itself always does."""


class NoSuchQuestion(WorksheetError):
    """The sheet has no such question."""


class ChangedMeanwhile(WorksheetError):
    """The words in the margin were changed in another window; what stands there now, and its mark for `seen`."""

    def __init__(self, words: str, mark: str) -> None:
        super().__init__(mark)
        self.words = words
        self.mark = mark

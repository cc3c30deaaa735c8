"""What a coach may know of the sheets she gave: no more than the client lets be seen."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coachapp.worksheets.queries import SheetRow, sheets_of
from coachapp.worksheets.rules import NoSuchSheet, Progress


@dataclass(frozen=True)
class GivenRow:
    """One sheet on the coach's list. What is not hers to know is not in here, so that no page can show it.

    `progress` is set where the client shows it; `number` and `shared_at` where the sheet is shared. Numbers count
    everything she has, also what her coach knows nothing of.
    """

    id: UUID
    title: str
    note: str
    given_at: datetime
    wanted_on: date | None
    progress: Progress | None
    done_at: datetime | None
    number: int | None
    shared_at: datetime | None

    @property
    def can_be_taken_back(self) -> bool:
        """Where she shows that she has begun, it is seen to be hers."""
        return self.progress in (None, Progress.WAITS) and self.shared_at is None


def given_to(client_id: UUID) -> list[GivenRow]:
    """The sheets her coach knows of, the newest first."""
    return [_given(sheet) for sheet in sheets_of(client_id) if sheet.standing.is_at_desk]


def given(client_id: UUID, sheet_id: UUID) -> GivenRow:
    """One of them; NoSuchSheet also for one that is there and not hers to know of."""
    for row in given_to(client_id):
        if row.id == sheet_id:
            return row
    raise NoSuchSheet(str(sheet_id))


def listed(client_id: UUID, sheet_id: UUID) -> SheetRow:
    """The sheet itself, where it is on her coach's list. NoSuchSheet. What it holds is not the coach's to show."""
    for sheet in sheets_of(client_id):
        if sheet.id == sheet_id and sheet.standing.is_at_desk:
            return sheet
    raise NoSuchSheet(str(sheet_id))


def _given(sheet: SheetRow) -> GivenRow:
    progress, shared = sheet.standing.progress, sheet.is_shared
    return GivenRow(
        id=sheet.id,
        title=sheet.template.title,
        note=sheet.note,
        given_at=sheet.assigned_at,
        wanted_on=sheet.wanted_on,
        progress=progress,
        done_at=sheet.done_at if progress is Progress.DONE else None,
        number=sheet.number if shared else None,
        shared_at=sheet.shared_at,
    )

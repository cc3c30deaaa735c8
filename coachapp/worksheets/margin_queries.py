"""Reads of what coaches wrote beside answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.db import session
from coachapp.practice.queries import coach
from coachapp.worksheets.beside_models import MarginNote
from coachapp.worksheets.margin_rules import LATELY
from coachapp.worksheets.models import Assignment
from coachapp.worksheets.queries import SheetRow

MARGIN = "margin_note.words"


@dataclass(frozen=True)
class BesideRow:
    """Words beside one answer: whose, and when they were last written."""

    coach_id: int
    name: str
    words: str
    at: datetime

    @property
    def mark(self) -> str:
        """What a page carries along, to find out whether these words are still those it showed."""
        return self.at.isoformat()


@dataclass(frozen=True)
class BesideCount:
    """Who wrote beside how many answers of one sheet, and when last."""

    names: tuple[str, ...]
    answers: int
    at: datetime


def beside(sheet: SheetRow) -> dict[str, list[BesideRow]]:
    """What stands beside each answer, the oldest first; for the client, also when she shares the sheet no more."""
    of = select(MarginNote).where(MarginNote.assignment_id == sheet.id).order_by(MarginNote.written_at)
    found: dict[str, list[BesideRow]] = {}
    for row in session().scalars(of):
        found.setdefault(row.field, []).append(beside_row(sheet.client_id, row))
    return found


def beside_by(sheet: SheetRow, coach_id: int) -> dict[str, BesideRow]:
    """What this coach wrote beside each answer, for a sheet she may read now."""
    return {field: row for field, rows in beside(sheet).items() for row in rows if row.coach_id == coach_id}


def beside_counts(client_id: UUID) -> dict[UUID, BesideCount]:
    """For each of a client's sheets beside which something stands, by its id."""
    of = (
        select(MarginNote)
        .join(Assignment, Assignment.id == MarginNote.assignment_id)
        .where(Assignment.client_id == client_id)
        .order_by(MarginNote.written_at)
    )
    found: dict[UUID, list[MarginNote]] = {}
    for row in session().scalars(of):
        found.setdefault(row.assignment_id, []).append(row)
    return {assignment_id: _count(rows) for assignment_id, rows in found.items()}


def written_lately(client_id: UUID, now: datetime) -> BesideCount | None:
    """The same over all of her sheets, as long as something was written not long ago."""
    counts = [each for each in beside_counts(client_id).values() if now - each.at < LATELY]
    if not counts:
        return None
    names = tuple(dict.fromkeys(name for each in counts for name in each.names))
    return BesideCount(names, sum(each.answers for each in counts), max(each.at for each in counts))


def beside_row(client_id: UUID, row: MarginNote) -> BesideRow:
    """One note, unsealed."""
    words = vault.open_(client_id, MARGIN, row.id, row.words_sealed)
    return BesideRow(row.coach_id, coach(row.coach_id).first_name, words, last_written(row))


def last_written(row: MarginNote) -> datetime:
    """When its words became what they are."""
    return row.changed_at or row.written_at


def _count(rows: list[MarginNote]) -> BesideCount:
    names = tuple(dict.fromkeys(coach(row.coach_id).first_name for row in rows))
    return BesideCount(names, len({row.field for row in rows}), max(map(last_written, rows)))

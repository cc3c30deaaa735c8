"""A coach writes beside an answer of a sheet that is shared with her, changes it, and takes it away."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.audit import operations as audit
from coachapp.clients.queries import client
from coachapp.db import transaction
from coachapp.worksheets.beside_models import MarginNote
from coachapp.worksheets.margin_queries import MARGIN, beside_row, last_written
from coachapp.worksheets.margin_rules import ChangedMeanwhile, NoSuchQuestion
from coachapp.worksheets.models import Assignment, SheetTemplate
from coachapp.worksheets.rules import NoSuchSheet
from coachapp.worksheets.template_json import template_from_json


def write_beside(
    assignment_id: UUID,
    coach_id: int,
    field: str,
    words: str,
    seen: str,
    *,
    now: datetime,
    by: UUID | None = None,
) -> None:
    """Put words beside an answer, in place of this coach's own that stood there as `seen` (empty: none did).

    Raises NoSuchSheet (also for one that is not shared any more), NoSuchQuestion, ChangedMeanwhile.
    """
    with transaction() as db:
        sheet, note = _own_note(db, assignment_id, coach_id, field)
        if note is not None and beside_row(sheet.client_id, note).words == words:
            return
        _refuse_if_changed(sheet, note, seen)
        if note is None:
            note = MarginNote(
                id=uuid4(), assignment_id=sheet.id, field=field, coach_id=coach_id, written_at=now
            )
            db.add(note)
        else:
            note.changed_at = now
        note.words_sealed = vault.seal(sheet.client_id, MARGIN, note.id, words)
        audit.record("sheet_beside_written", now=now, role="staff", actor=by, subject=sheet.client_id)


def remove_beside(
    assignment_id: UUID, coach_id: int, field: str, seen: str, *, now: datetime, by: UUID | None = None
) -> None:
    """Take this coach's words beside an answer away; nothing happens when none are left.

    Raises as `write_beside` does.
    """
    with transaction() as db:
        sheet, note = _own_note(db, assignment_id, coach_id, field)
        if note is None:
            return
        _refuse_if_changed(sheet, note, seen)
        db.delete(note)
        audit.record("sheet_beside_removed", now=now, role="staff", actor=by, subject=sheet.client_id)


def _own_note(
    db: Session, assignment_id: UUID, coach_id: int, field: str
) -> tuple[Assignment, MarginNote | None]:
    """The sheet, held until the transaction ends so that no second note can come between, and her note beside it."""
    sheet = db.get(Assignment, assignment_id, with_for_update=True)
    if sheet is None or sheet.shared_at is None or client(sheet.client_id).coach_id != coach_id:
        raise NoSuchSheet(str(assignment_id))
    template = template_from_json(db.get_one(SheetTemplate, sheet.template_id).body)
    if field not in {each.key for each in template.fields if each.asks}:
        raise NoSuchQuestion(field)
    hers = (
        MarginNote.assignment_id == sheet.id,
        MarginNote.field == field,
        MarginNote.coach_id == coach_id,
    )
    return sheet, db.scalar(select(MarginNote).where(*hers))


def _refuse_if_changed(sheet: Assignment, note: MarginNote | None, seen: str) -> None:
    mark = last_written(note).isoformat() if note else ""
    if mark != seen:
        raise ChangedMeanwhile(beside_row(sheet.client_id, note).words if note else "", mark)

"""Filling in a sheet together: the coach asks, the client says yes or no, either ends it.

Whatever changes how it stands holds the sheet's row, as saving does: a save of the coach either came before the end,
or is refused.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from coachapp.audit import operations as audit
from coachapp.db import transaction
from coachapp.worksheets import operations
from coachapp.worksheets.answers import Value
from coachapp.worksheets.aside import keep_last_words
from coachapp.worksheets.beside_models import FillingTogether
from coachapp.worksheets.ending import end_together
from coachapp.worksheets.operations import locked
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import Conflict, State, Withdrawn
from coachapp.worksheets.together_queries import asked_of, beside, session_end
from coachapp.worksheets.together_rules import NotTogether, ends_at


def ask(sheet: SheetRow, coach_id: int, *, by: UUID, now: datetime) -> None:
    """Ask her to fill in a sheet together; asking again while it is open changes nothing. NoSuchSheet, Withdrawn."""
    with transaction() as db:
        if locked(db, sheet.id, sheet.client_id).state == State.WITHDRAWN:
            raise Withdrawn
        known = asked_of(sheet.client_id, now).get(sheet.number)
        if known is not None and known.coach_id == coach_id:
            return
        end_together(db, sheet.id, now)
        end = ends_at(session_end(sheet.client_id, now), now)
        db.add(
            FillingTogether(id=uuid4(), assignment_id=sheet.id, coach_id=coach_id, asked_at=now, ends_at=end)
        )
        audit.record("together_asked", now=now, role="staff", actor=by, subject=sheet.client_id)


def agree(sheet: SheetRow, *, now: datetime) -> None:
    """Her yes, which takes a sheet up again that was put aside; twice is once. NotTogether when nobody asks any more."""
    with transaction() as db:
        locked(db, sheet.id, sheet.client_id)
        known = asked_of(sheet.client_id, now).get(sheet.number)
        if known is None:
            raise NotTogether
        if known.is_agreed:
            return
        operations.reopen(sheet.id, sheet.client_id, now=now)
        row = db.get_one(FillingTogether, known.id)
        row.agreed_at, row.ends_at = now, ends_at(session_end(sheet.client_id, now), now)
        audit.record("together_agreed", now=now, role="client", subject=sheet.client_id)


def end(sheet: SheetRow, *, now: datetime, role: str, by: UUID | None = None) -> None:
    """End it at once, or say no; never refused, and twice is once. NoSuchSheet."""
    with transaction() as db:
        locked(db, sheet.id, sheet.client_id)
        if end_together(db, sheet.id, now):
            audit.record("together_ended", now=now, role=role, actor=by, subject=sheet.client_id)


def save_beside(
    sheet: SheetRow,
    coach_id: int,
    answers: Mapping[str, Value],
    revision: int,
    *,
    rows: Mapping[str, int],
    chosen: bool = False,
    last: Mapping[str, Value],
    now: datetime,
) -> int:
    """What the coach wrote beside her, kept as her own words are; `last` what a page that closes had not saved.

    `chosen`: what is replaced was seen, and becomes an earlier version. NotTogether once it is over; Conflict.
    """
    with transaction() as db:
        locked(db, sheet.id, sheet.client_id)
        beside(sheet.client_id, sheet.number, coach_id, now)
        try:
            return operations.save_answers(
                sheet.id, sheet.client_id, answers, revision, rows=rows, chosen=chosen, now=now
            )
        except Conflict:
            if not last:
                raise
            keep_last_words(sheet, last, now=now)
        return revision

"""What a client does with the earlier versions of an answer: put one back, forget one, forget them all."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coachapp.db import transaction
from coachapp.worksheets import earlier
from coachapp.worksheets.earlier_queries import open_earlier
from coachapp.worksheets.earlier_rules import NoSuchVersion
from coachapp.worksheets.models import Assignment, EarlierAnswer, SheetAnswer
from coachapp.worksheets.operations import locked, save_answers


def put_back(assignment_id: UUID, client_id: UUID, field: str, version_id: UUID, *, now: datetime) -> None:
    """Make an earlier version the answer again; what stood there becomes an earlier one.

    Raises NoSuchSheet, NoSuchVersion, Withdrawn.
    """
    with transaction() as db:
        sheet = locked(db, assignment_id, client_id)
        version = _version(db, sheet, field, version_id)
        value = open_earlier(client_id, version)
        db.delete(version)
        of = SheetAnswer.assignment_id == sheet.id, SheetAnswer.field == field
        present = db.scalar(select(SheetAnswer).where(*of))
        if present is not None:
            earlier.keep(db, client_id, present, now)
        save_answers(sheet.id, client_id, {field: value}, sheet.revision, now=now)


def forget(assignment_id: UUID, client_id: UUID, field: str, version_id: UUID) -> None:
    """Delete one earlier version; never refused. NoSuchSheet, NoSuchVersion."""
    with transaction() as db:
        db.delete(_version(db, locked(db, assignment_id, client_id), field, version_id))


def forget_all(assignment_id: UUID, client_id: UUID, field: str) -> None:
    """Delete every earlier version of one answer; never refused. NoSuchSheet."""
    with transaction() as db:
        sheet = locked(db, assignment_id, client_id)
        of = EarlierAnswer.assignment_id == sheet.id, EarlierAnswer.field == field
        db.execute(delete(EarlierAnswer).where(*of))


def _version(db: Session, sheet: Assignment, field: str, version_id: UUID) -> EarlierAnswer:
    row = db.get(EarlierAnswer, version_id)
    if row is None or (row.assignment_id, row.field) != (sheet.id, field):
        raise NoSuchVersion(str(version_id))
    return row

"""Ends what is filled in together at a sheet, inside the caller's transaction, which holds the sheet's row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coachapp.worksheets.beside_models import FillingTogether


def end_together(db: Session, assignment_id: UUID, now: datetime) -> bool:
    """End what is open at this sheet, asked or agreed to; whether anything was."""
    is_open = FillingTogether.assignment_id == assignment_id, FillingTogether.ended_at.is_(None)
    row = db.scalar(select(FillingTogether).where(*is_open))
    if row is None:
        return False
    row.ended_at = min(now, row.ends_at)
    db.flush()
    return True

"""Reads of earlier versions of answers. They are for the client's eyes alone, also on a sheet she shares."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select

from coachapp import vault
from coachapp.db import session
from coachapp.worksheets.answers import Value
from coachapp.worksheets.models import EarlierAnswer
from coachapp.worksheets.queries import SheetRow

EARLIER = "earlier_answer.value"


@dataclass(frozen=True)
class EarlierRow:
    """One answer as it was, written at `saved_at`, replaced at `replaced_at`."""

    id: UUID
    value: Value
    saved_at: datetime
    replaced_at: datetime


def earlier_of(sheet: SheetRow, field: str) -> list[EarlierRow]:
    """The earlier versions of one answer, the newest first."""
    rows = session().scalars(versions(sheet.id, field))
    return [
        EarlierRow(row.id, open_earlier(sheet.client_id, row), row.saved_at, row.replaced_at) for row in rows
    ]


def earlier_counts(sheet: SheetRow) -> dict[str, int]:
    """How many earlier versions there are of each answer that has any."""
    counted = (
        select(EarlierAnswer.field, func.count())
        .where(EarlierAnswer.assignment_id == sheet.id)
        .group_by(EarlierAnswer.field)
    )
    return {row[0]: row[1] for row in session().execute(counted)}


def versions(assignment_id: UUID, field: str) -> Select[EarlierAnswer]:
    """Finds the earlier versions of one answer, the newest first."""
    of = EarlierAnswer.assignment_id == assignment_id, EarlierAnswer.field == field
    newest_first = EarlierAnswer.replaced_at.desc(), EarlierAnswer.saved_at.desc()
    return select(EarlierAnswer).where(*of).order_by(*newest_first)


def open_earlier(client_id: UUID, row: EarlierAnswer) -> Value:
    """The value of one earlier version, unsealed."""
    value: Value = json.loads(vault.open_(client_id, EARLIER, row.id, row.value_sealed))
    return value

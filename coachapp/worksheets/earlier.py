"""Keeps an answer as it was, before it is replaced."""

import json
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.worksheets.earlier_queries import EARLIER, open_earlier, versions
from coachapp.worksheets.earlier_rules import MOST, is_said_again
from coachapp.worksheets.models import EarlierAnswer, SheetAnswer
from coachapp.worksheets.queries import open_answer


def keep(db: Session, client_id: UUID, row: SheetAnswer, now: datetime) -> None:
    """Keep what an answer says at present. What it says again is kept once; beyond MOST the oldest go."""
    value = open_answer(client_id, row)
    kept = list(db.scalars(versions(row.assignment_id, row.field)))
    others = [
        each
        for each in kept
        if not is_said_again(open_earlier(client_id, each), each.saved_at, value, row.saved_at)
    ]
    staying = others[: MOST - 1]
    for each in kept:
        if each not in staying:
            db.delete(each)
    version_id = uuid4()
    db.add(
        EarlierAnswer(
            id=version_id,
            assignment_id=row.assignment_id,
            field=row.field,
            value_sealed=vault.seal(client_id, EARLIER, version_id, json.dumps(value, ensure_ascii=False)),
            saved_at=row.saved_at,
            replaced_at=now,
        )
    )

"""The last words of a page that closes while the sheet was saved elsewhere: nobody is there to be asked any more."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.db import transaction
from coachapp.worksheets import operations
from coachapp.worksheets.answers import FormData, Value, is_empty, parse_form
from coachapp.worksheets.earlier_queries import EARLIER, open_earlier, versions
from coachapp.worksheets.earlier_rules import MOST, goes_on
from coachapp.worksheets.models import EarlierAnswer
from coachapp.worksheets.operations import locked
from coachapp.worksheets.queries import SheetRow, answers_of
from coachapp.worksheets.template import Template


def keep_last_words(sheet: SheetRow, answers: Mapping[str, Value], *, now: datetime) -> None:
    """Save what only goes on from what is stored; anything else becomes an earlier version of its answer.

    Without words nothing is done.
    Raises NoSuchSheet, Withdrawn.
    """
    if not answers:
        return
    with transaction() as db:
        revision = locked(db, sheet.id, sheet.client_id).revision
        stored = answers_of(sheet)
        further = {key: value for key, value in answers.items() if goes_on(stored.get(key), value)}
        operations.save_answers(sheet.id, sheet.client_id, further, revision, now=now)
        for key, value in answers.items():
            if key not in further and not is_empty(value) and value != stored.get(key):
                _put_aside(db, sheet, key, value, now)


def last_words(template: Template, form: FormData) -> dict[str, Value]:
    """The answers among those of a form that it names as not saved yet; only a page that closes names any."""
    names = form.getlist("last")
    unsaved = {
        field.key for field in template.fields for name in names if f"{name}-".startswith(f"f-{field.key}-")
    }
    return parse_form(template, form, unsaved)[0]


def _put_aside(db: Session, sheet: SheetRow, field: str, value: Value, now: datetime) -> None:
    """Keep a version that never was the present one; the same words once, and beyond MOST the oldest go."""
    kept = list(db.scalars(versions(sheet.id, field)))
    if any(open_earlier(sheet.client_id, each) == value for each in kept):
        return
    for each in kept[MOST - 1 :]:
        db.delete(each)
    version_id, text = uuid4(), json.dumps(value, ensure_ascii=False)
    db.add(
        EarlierAnswer(
            id=version_id,
            assignment_id=sheet.id,
            field=field,
            value_sealed=vault.seal(sheet.client_id, EARLIER, version_id, text),
            saved_at=now,
            replaced_at=now,
        )
    )

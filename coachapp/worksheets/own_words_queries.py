"""Reads of what a client wrote in her own words, to meet it again; for her eyes alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp.db import session
from coachapp.worksheets.models import SheetAnswer
from coachapp.worksheets.queries import SheetRow, open_answer, sheets_of
from coachapp.worksheets.template import Field, FieldType

SELF_DOUBT = "when-i-doubt"


@dataclass(frozen=True)
class OwnWords:
    """Words of her own as she wrote them, with the question and the sheet they stand on.

    `number` is the sheet's; `off_home` whether she keeps them from her home. The neutral title is for paper.
    """

    id: UUID
    text: str
    written_at: datetime
    number: int
    key: str
    field: str
    label: str
    title: str
    neutral_title: str
    off_home: bool


def own_words_of(client_id: UUID) -> list[OwnWords]:
    """All of them, the newest first."""
    return [_words(*each) for each in _found(client_id)]


def on_home(client_id: UUID) -> OwnWords | None:
    """The newest that she does not keep from her home, or None."""
    return next((_words(*each) for each in _found(client_id) if each[0].off_home_at is None), None)


def newest_of_each(found: Iterable[OwnWords]) -> list[OwnWords]:
    """Of `found`, newest first, the newest to each question."""
    newest: dict[tuple[str, str], OwnWords] = {}
    for words in found:
        newest.setdefault((words.key, words.field), words)
    return list(newest.values())


def _found(client_id: UUID) -> Iterator[tuple[SheetAnswer, SheetRow, Field]]:
    """Where they stand, the newest first, still sealed."""
    asked = {
        (sheet.id, field.key): (sheet, field)
        for sheet in sheets_of(client_id)
        for field in sheet.template.fields
        if field.type is FieldType.OWN_WORDS
    }
    ids, fields = {sheet_id for sheet_id, _field in asked}, {field for _id, field in asked}
    written = select(SheetAnswer).where(SheetAnswer.assignment_id.in_(ids), SheetAnswer.field.in_(fields))
    for row in session().scalars(written.order_by(SheetAnswer.saved_at.desc(), SheetAnswer.id)):
        if at := asked.get((row.assignment_id, row.field)):
            yield row, *at


def _words(row: SheetAnswer, sheet: SheetRow, field: Field) -> OwnWords:
    return OwnWords(
        id=row.id,
        text=str(open_answer(sheet.client_id, row)),
        written_at=row.saved_at,
        number=sheet.number,
        key=sheet.template.key,
        field=field.key,
        label=field.label,
        title=sheet.template.title,
        neutral_title=sheet.template.neutral_title,
        off_home=row.off_home_at is not None,
    )

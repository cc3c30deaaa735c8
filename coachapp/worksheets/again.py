"""Taking a sheet once more, and which of her own words stand on her home."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from coachapp.db import transaction
from coachapp.worksheets.models import Assignment, SheetAnswer, SheetTemplate
from coachapp.worksheets.operations import assign
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import NoSuchSheet, State


class NoSuchWords(NoSuchSheet):
    """There are no such words, or they are somebody else's."""


def take_again(sheet: SheetRow, *, now: datetime) -> int:
    """Take a fresh one of a sheet she has, in its newest version; returns its number. It is hers to show, as in `take`.

    One she has that nothing stands on is given back instead, so that pressing twice makes one. Two presses at once
    wait for each other on the sheet's row.
    """
    with transaction() as db:
        db.get(Assignment, sheet.id, with_for_update=True)
        of_key = SheetTemplate.key == sheet.template.key
        untouched = (
            select(Assignment.number)
            .join(SheetTemplate, SheetTemplate.id == Assignment.template_id)
            .where(of_key, Assignment.client_id == sheet.client_id, Assignment.state == State.ASSIGNED)
        )
        known = db.scalar(untouched.order_by(Assignment.number.desc()).limit(1))
        if known is not None:
            return known
        newest = select(SheetTemplate.id).where(of_key).order_by(SheetTemplate.version.desc())
        template_id = db.scalars(newest.limit(1)).one()
        taken = assign(template_id, sheet.client_id, at_desk=False, now=now, role="client")
        return db.get_one(Assignment, taken).number


def keep_from_home(answer_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Let these words of hers stand on their sheet only. NoSuchWords."""
    _set(answer_id, client_id, now)


def show_on_home(answer_id: UUID, client_id: UUID) -> None:
    """Let these words of hers come to her home again. NoSuchWords."""
    _set(answer_id, client_id, None)


def _set(answer_id: UUID, client_id: UUID, at: datetime | None) -> None:
    with transaction() as db:
        row = db.get(SheetAnswer, answer_id)
        if row is None or db.get_one(Assignment, row.assignment_id).client_id != client_id:
            raise NoSuchWords(str(answer_id))
        row.off_home_at = at

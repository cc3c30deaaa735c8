"""Reads of templates, sheets and answers. What a client has not shared is never read here for her coach."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from coachapp import vault
from coachapp.clients.models import Client
from coachapp.db import session
from coachapp.worksheets.answers import Value
from coachapp.worksheets.models import Assignment, SheetAnswer, SheetTemplate
from coachapp.worksheets.rules import NoSuchSheet, NoSuchTemplate, Standing, State
from coachapp.worksheets.template import FieldType, Kind, Template
from coachapp.worksheets.template_json import template_from_json
from coachapp.zones import zone

ANSWER = "sheet_answer.value"
NOTE = "assignment.note"
_LARGEST = 2**31 - 1
"""The largest number a database can look for; addresses may hold larger ones."""


@dataclass(frozen=True)
class TemplateRow:
    """A published version of a template."""

    id: UUID
    template: Template
    published_at: datetime
    retired_at: datetime | None

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def is_plan(self) -> bool:
        return self.template.kind is Kind.PLAN


@dataclass(frozen=True)
class SheetRow:
    """A template given to a client, without her answers; `answered` of `asked` questions have one."""

    id: UUID
    client_id: UUID
    number: int
    template: Template
    standing: Standing
    revision: int
    note: str
    answered: int
    assigned_at: datetime
    saved_at: datetime | None
    done_at: datetime | None
    shared_at: datetime | None
    wanted_on: date | None

    @property
    def asked(self) -> int:
        return sum(1 for field in self.template.fields if field.asks)

    @property
    def is_done(self) -> bool:
        return self.standing.state is State.DONE

    @property
    def is_begun(self) -> bool:
        return self.standing.state is not State.ASSIGNED

    @property
    def is_shared(self) -> bool:
        return self.standing.shared

    @property
    def is_progress_shown(self) -> bool:
        """Whether she lets her coach see how far it is, apart from sharing it."""
        return self.standing.shown

    def is_wanted(self, now: datetime, zone_name: str) -> bool:
        """Whether to name the day it would be good to have: until it is over in that zone, and while it is not done."""
        if self.wanted_on is None or self.is_done:
            return False
        return now.astimezone(zone(zone_name)).date() <= self.wanted_on

    @property
    def is_plan(self) -> bool:
        return self.template.kind is Kind.PLAN

    @property
    def has_card(self) -> bool:
        return self.template.card is not None

    @property
    def has_scales(self) -> bool:
        return any(field.type is FieldType.SCALE for field in self.template.fields)


def templates() -> list[TemplateRow]:
    """The newest version of each template that is offered, worksheets before plans, by title."""
    offered = [row for row in newest_templates() if not row.is_retired]
    return sorted(offered, key=lambda row: (row.is_plan, row.template.title.casefold()))


def newest_templates() -> list[TemplateRow]:
    """The newest published version of each template, also of those that are offered no more, by key."""
    rows = session().scalars(select(SheetTemplate).order_by(SheetTemplate.key, SheetTemplate.version))
    return list({row.key: _template_row(row) for row in rows}.values())


def template(key: str) -> TemplateRow:
    """The newest published version of one template; NoSuchTemplate."""
    newest = select(SheetTemplate).where(SheetTemplate.key == key).order_by(SheetTemplate.version.desc())
    row = session().scalar(newest.limit(1)) if key.isascii() and key.isprintable() else None
    if row is None:
        raise NoSuchTemplate(key)
    return _template_row(row)


def sheets_of(client_id: UUID) -> list[SheetRow]:
    """A client's sheets, the newest first; those taken back are left out."""
    mine = Assignment.client_id == client_id, Assignment.state != State.WITHDRAWN
    rows = session().execute(_sheets().where(*mine).order_by(Assignment.number.desc()))
    return [_sheet_row(row) for row in rows]


def sheet(client_id: UUID, number: int, *, with_withdrawn: bool = False) -> SheetRow:
    """One of a client's sheets by its number; NoSuchSheet, as a rule also for one that was taken back."""
    if number > _LARGEST:
        raise NoSuchSheet(number)
    mine = Assignment.client_id == client_id, Assignment.number == number
    row = session().execute(_sheets().where(*mine)).first()
    found = _sheet_row(row) if row else None
    if found is None or (found.standing.state is State.WITHDRAWN and not with_withdrawn):
        raise NoSuchSheet(number)
    return found


def answers_of(sheet: SheetRow) -> dict[str, Value]:
    """The answers on a client's own sheet by field key; for her eyes, not for the coach's."""
    return {row.field: open_answer(sheet.client_id, row) for row in _answer_rows([sheet.id])}


def written_at(sheet: SheetRow) -> dict[str, datetime]:
    """When each answer there is was last written, by field key."""
    found = select(SheetAnswer.field, SheetAnswer.saved_at).where(SheetAnswer.assignment_id == sheet.id)
    return {row.field: row.saved_at for row in session().execute(found)}


def shared_with_coach(assignment_id: UUID, coach_id: int) -> tuple[SheetRow, dict[str, Value]]:
    """A sheet and its answers, if it is shared and its client is this coach's. NoSuchSheet in every other case."""
    found = (
        _sheets()
        .join(Client, Client.id == Assignment.client_id)
        .where(Assignment.id == assignment_id, Client.coach_id == coach_id, Assignment.shared_at.is_not(None))
    )
    row = session().execute(found).first()
    if row is None:
        raise NoSuchSheet(str(assignment_id))
    shared = _sheet_row(row)
    return shared, answers_of(shared)


def open_answer(client_id: UUID, row: SheetAnswer) -> Value:
    """The value of one answer, unsealed."""
    value: Value = json.loads(vault.open_(client_id, ANSWER, row.id, row.value_sealed))
    return value


def standing(row: Assignment) -> Standing:
    """Where a sheet stands, from its row."""
    return Standing(
        State(row.state), row.shared_at is not None, row.progress_shown_at is not None, row.at_desk
    )


def _answer_rows(assignment_ids: Iterable[UUID]) -> list[SheetAnswer]:
    wanted = select(SheetAnswer).where(SheetAnswer.assignment_id.in_(list(assignment_ids)))
    return list(session().scalars(wanted))


def _sheets() -> Select[Assignment, SheetTemplate, int]:
    """Sheets with their template and how many answers they hold; an emptied answer has no row."""
    counted = (
        select(func.count(SheetAnswer.id))
        .where(SheetAnswer.assignment_id == Assignment.id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    return select(Assignment, SheetTemplate, counted).join(
        SheetTemplate, SheetTemplate.id == Assignment.template_id
    )


def _sheet_row(row: Row[Assignment, SheetTemplate, int]) -> SheetRow:
    mine, published, answered = row
    sealed = mine.note_sealed
    return SheetRow(
        id=mine.id,
        client_id=mine.client_id,
        number=mine.number,
        template=template_from_json(published.body),
        standing=standing(mine),
        revision=mine.revision,
        note=vault.open_(mine.client_id, NOTE, mine.id, sealed) if sealed else "",
        answered=answered,
        assigned_at=mine.assigned_at,
        saved_at=mine.saved_at,
        done_at=mine.done_at,
        shared_at=mine.shared_at,
        wanted_on=mine.wanted_on,
    )


def _template_row(row: SheetTemplate) -> TemplateRow:
    return TemplateRow(row.id, template_from_json(row.body), row.published_at, row.retired_at)

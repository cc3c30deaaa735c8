"""Reads of a client's scales over time. For her coach only what stood on a sheet while it was shared."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coachapp import vault
from coachapp.db import session
from coachapp.worksheets.earlier_queries import EARLIER
from coachapp.worksheets.models import EarlierAnswer, SheetAnswer
from coachapp.worksheets.over_time import Course, Written, in_order
from coachapp.worksheets.queries import SheetRow, open_answer, sheets_of
from coachapp.worksheets.template import Field, FieldType, Template


def courses_of(client_id: UUID, zone: str, key: str = "") -> list[Course]:
    """Every scale she has answered more than once, by sheet and question; for her eyes. `key`: of one template."""
    found = _courses(_sheets(client_id, key), zone)
    return [course for course in found if course.is_over_time]


def shared_courses_of(client_id: UUID, zone: str, key: str = "") -> list[Course]:
    """The same as her coach may see it: the sheets she shares, and of earlier answers what stood since then."""
    shared = [sheet for sheet in _sheets(client_id, key) if sheet.is_shared]
    found = _courses(shared, zone, {sheet.id: sheet.shared_at for sheet in shared if sheet.shared_at})
    return [course for course in found if course.is_over_time]


def _sheets(client_id: UUID, key: str) -> list[SheetRow]:
    return [sheet for sheet in sheets_of(client_id) if not key or sheet.template.key == key]


def _courses(
    sheets: list[SheetRow], zone: str, since: Mapping[UUID, datetime] | None = None
) -> Iterator[Course]:
    """`sheets` newest first, as the words of the newest version count; `since` when each was shared, for the coach."""
    asked: dict[tuple[str, str], tuple[Template, Field]] = {}
    for sheet in sheets:
        for field in _scales(sheet):
            asked.setdefault((sheet.template.key, field.key), (sheet.template, field))
    written: dict[tuple[str, str], list[Written]] = {}
    for at, one in _written(sheets, ZoneInfo(zone), since):
        written.setdefault(at, []).append(one)
    for (key, name), (of, field) in asked.items():
        numbers = in_order(written.get((key, name), ()))
        yield Course(key, name, of.title, of.neutral_title, field.label, field.low, field.high, numbers)


def _written(
    sheets: list[SheetRow], zone: ZoneInfo, since: Mapping[UUID, datetime] | None
) -> Iterator[tuple[tuple[str, str], Written]]:
    """Every saved answer to a scale, by template and question: the present ones and those before them."""
    asked = {(sheet.id, field.key): sheet for sheet in sheets for field in _scales(sheet)}
    ids, fields = {sheet_id for sheet_id, _field in asked}, {field for _id, field in asked}
    present = select(SheetAnswer).where(SheetAnswer.assignment_id.in_(ids), SheetAnswer.field.in_(fields))
    for row in session().scalars(present):
        sheet = asked.get((row.assignment_id, row.field))
        if sheet and isinstance(value := open_answer(sheet.client_id, row), int):
            one = Written(sheet.number, value, row.saved_at.astimezone(zone))
            yield (sheet.template.key, row.field), one
    before = select(EarlierAnswer).where(
        EarlierAnswer.assignment_id.in_(ids), EarlierAnswer.field.in_(fields)
    )
    for old in session().scalars(before):
        sheet = asked.get((old.assignment_id, old.field))
        if sheet is None or (since and since[sheet.id] >= old.replaced_at):
            continue
        value = json.loads(vault.open_(sheet.client_id, EARLIER, old.id, old.value_sealed))
        if isinstance(value, int):
            at, until = old.saved_at.astimezone(zone), old.replaced_at.astimezone(zone)
            yield (sheet.template.key, old.field), Written(sheet.number, value, at, until)


def _scales(sheet: SheetRow) -> list[Field]:
    return [field for field in sheet.template.fields if field.type is FieldType.SCALE]

"""What people do with sheets: publish a template, give it to a client, write, share, finish, take back."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.audit import operations as audit
from coachapp.clients.operations import next_file_number
from coachapp.db import transaction
from coachapp.worksheets.answers import Value, is_empty
from coachapp.worksheets.ending import end_together
from coachapp.worksheets.models import Assignment, SheetAnswer, SheetTemplate
from coachapp.worksheets.queries import ANSWER, NOTE, open_answer, standing
from coachapp.worksheets.rules import (
    Conflict,
    Event,
    NoSuchSheet,
    NoSuchTemplate,
    State,
    VersionTaken,
    after,
)
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import Template
from coachapp.worksheets.template_json import template_as_json


def publish_library(now: datetime) -> int:
    """Publish what the library holds and the database does not have yet; returns how many were new."""
    with transaction() as db:
        known = {
            (row.key, row.version) for row in db.execute(select(SheetTemplate.key, SheetTemplate.version))
        }
        fresh = [template for template in library() if (template.key, template.version) not in known]
        for template in fresh:
            db.add(_version(template, now))
    return len(fresh)


def publish(template: Template, now: datetime) -> bool:
    """Publish one version of a template; False when exactly this one is here already. VersionTaken."""
    with transaction() as db:
        same = SheetTemplate.key == template.key, SheetTemplate.version == template.version
        known = db.scalar(select(SheetTemplate).where(*same))
        if known is None:
            db.add(_version(template, now))
        elif known.body != template_as_json(template):
            raise VersionTaken(f"{template.key} {template.version}")
    return known is None


def publish_all(templates: Iterable[Template], now: datetime) -> int:
    """Publish several templates, all or none; returns how many were new. VersionTaken."""
    with transaction():
        return sum(publish(template, now) for template in templates)


def assign(
    template_id: UUID,
    client_id: UUID,
    note: str = "",
    *,
    now: datetime,
    by: UUID | None = None,
    role: str = "staff",
) -> UUID:
    """Give a template to a client, with a few words if there are any. NoSuchTemplate, NoSuchClient."""
    assignment_id = uuid4()
    sealed = vault.seal(client_id, NOTE, assignment_id, note) if note else None
    with transaction() as db:
        if db.get(SheetTemplate, template_id) is None:
            raise NoSuchTemplate(str(template_id))
        db.add(
            Assignment(
                id=assignment_id,
                client_id=client_id,
                template_id=template_id,
                number=next_file_number(client_id),
                state=State.ASSIGNED,
                note_sealed=sealed,
                assigned_at=now,
            )
        )
        audit.record("sheet_given", now=now, role=role, actor=by, subject=client_id)
    return assignment_id


def take(template_id: UUID, client_id: UUID, *, now: datetime) -> int:
    """A client takes a template herself; returns the number of her sheet, the one she has already if there is one."""
    with transaction() as db:
        has = select(Assignment.number).where(
            Assignment.client_id == client_id,
            Assignment.template_id == template_id,
            Assignment.state != State.WITHDRAWN,
        )
        known = db.scalar(has.order_by(Assignment.number.desc()).limit(1))
        if known is not None:
            return known
        taken = assign(template_id, client_id, now=now, role="client")
        return db.get_one(Assignment, taken).number


def save_answers(
    assignment_id: UUID,
    client_id: UUID,
    answers: Mapping[str, Value],
    revision: int,
    only: Collection[str] | None = None,
    *,
    rows: Mapping[str, int] | None = None,
    now: datetime,
) -> int:
    """Keep answers that were written on top of `revision`; returns the present one.

    `only` names the fields to keep (without it all of them); `rows` how many rows of an open table the page
    offered: rows beyond those were added elsewhere, and stay. Saving what is there already is never a conflict.
    Raises Conflict, NoSuchSheet, Withdrawn.
    """
    with transaction() as db:
        sheet = locked(db, assignment_id, client_id)
        changed_standing = after(standing(sheet), Event.WRITE)
        kept = _answers(db, assignment_id)
        stored = {field: open_answer(client_id, row) for field, row in kept.items()}
        wanted = {field: value for field, value in answers.items() if only is None or field in only}
        changed = _changed(_with_rows_beyond(wanted, stored, rows or {}), stored)
        if not changed:
            return sheet.revision
        if revision != sheet.revision:
            raise Conflict(sheet.revision, stored)
        for field, value in changed.items():
            _keep(db, sheet, kept.get(field), field, value, now)
        sheet.state, sheet.saved_at, sheet.done_at = changed_standing.state, now, None
        sheet.revision += 1
        return sheet.revision


def share(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Let the coach read this sheet, as it is and as it becomes. NoSuchSheet, Withdrawn."""
    _move(assignment_id, client_id, Event.SHARE, now)


def unshare(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Close the sheet to the coach again; never refused. NoSuchSheet."""
    _move(assignment_id, client_id, Event.UNSHARE, now)


def done(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Put the sheet aside as done for now. NoSuchSheet, Withdrawn."""
    _move(assignment_id, client_id, Event.DONE, now)


def reopen(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Take a sheet up again. NoSuchSheet, Withdrawn."""
    _move(assignment_id, client_id, Event.REOPEN, now)


def withdraw(assignment_id: UUID, client_id: UUID, *, now: datetime, by: UUID | None = None) -> None:
    """Take back a sheet the client has not begun. NoSuchSheet, AlreadyBegun."""
    _move(assignment_id, client_id, Event.WITHDRAW, now, role="staff", by=by)


def _move(
    assignment_id: UUID,
    client_id: UUID,
    event: Event,
    now: datetime,
    role: str = "client",
    by: UUID | None = None,
) -> None:
    with transaction() as db:
        sheet = locked(db, assignment_id, client_id)
        before = standing(sheet)
        to = after(before, event)
        if to == before:
            return
        sheet.state = to.state
        sheet.shared_at = (sheet.shared_at or now) if to.shared else None
        sheet.done_at = (sheet.done_at or now) if to.state is State.DONE else None
        if event in (Event.DONE, Event.WITHDRAW):
            end_together(db, sheet.id, now)
        audit.record(f"sheet_{event}", now=now, role=role, actor=by, subject=client_id)


def locked(db: Session, assignment_id: UUID, client_id: UUID) -> Assignment:
    """A client's sheet, held until the transaction ends. NoSuchSheet."""
    row = db.get(Assignment, assignment_id, with_for_update=True)
    if row is None or row.client_id != client_id:
        raise NoSuchSheet(str(assignment_id))
    return row


def _answers(db: Session, assignment_id: UUID) -> dict[str, SheetAnswer]:
    rows = db.scalars(select(SheetAnswer).where(SheetAnswer.assignment_id == assignment_id))
    return {row.field: row for row in rows}


def _keep(
    db: Session, sheet: Assignment, row: SheetAnswer | None, field: str, value: Value, now: datetime
) -> None:
    """Write one answer; an emptied one leaves no row behind."""
    if is_empty(value):
        if row is not None:
            db.delete(row)
        return
    row_id = row.id if row is not None else uuid4()
    text = json.dumps(value, ensure_ascii=False)
    sealed = vault.seal(sheet.client_id, ANSWER, row_id, text)
    if row is None:
        row = SheetAnswer(id=row_id, assignment_id=sheet.id, field=field, value_sealed=sealed, saved_at=now)
        db.add(row)
    row.value_sealed, row.saved_at = sealed, now


def _changed(wanted: Mapping[str, Value], stored: Mapping[str, Value]) -> dict[str, Value]:
    """What is not stored like that already; all ways of being empty are the same."""
    return {
        field: value
        for field, value in wanted.items()
        if value != stored.get(field) and not (is_empty(value) and is_empty(stored.get(field)))
    }


def _with_rows_beyond(
    wanted: Mapping[str, Value], stored: Mapping[str, Value], rows: Mapping[str, int]
) -> dict[str, Value]:
    whole = dict(wanted)
    for field, offered in rows.items():
        typed, kept = wanted.get(field), stored.get(field)
        if isinstance(typed, list) and isinstance(kept, list) and len(kept) > offered:
            whole[field] = [*typed, *kept[offered:]]
    return whole


def _version(template: Template, now: datetime) -> SheetTemplate:
    return SheetTemplate(
        key=template.key,
        version=template.version,
        kind=template.kind,
        title=template.title,
        body=template_as_json(template),
        published_at=now,
    )

"""What people do with sheets: give one to a client, take one, write, share, finish, take back."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.audit import operations as audit
from coachapp.clients.operations import lock_client, next_file_number
from coachapp.db import transaction
from coachapp.worksheets import earlier
from coachapp.worksheets.answers import Value, is_empty
from coachapp.worksheets.earlier_rules import is_worth_keeping
from coachapp.worksheets.ending import end_together
from coachapp.worksheets.models import Assignment, SheetAnswer, SheetTemplate
from coachapp.worksheets.queries import ANSWER, NOTE, open_answer, standing
from coachapp.worksheets.rules import (
    Conflict,
    Event,
    NoSuchSheet,
    NoSuchTemplate,
    State,
    after,
)


def assign(
    template_id: UUID,
    client_id: UUID,
    note: str = "",
    *,
    wanted_on: date | None = None,
    at_desk: bool = True,
    now: datetime,
    by: UUID | None = None,
    role: str = "staff",
) -> UUID:
    """Give a template to a client, with a few words if there are any, and a day it would be good to have.

    One that is not `at_desk` her coach does not see, until she shows or shares it. NoSuchTemplate, NoSuchClient.
    """
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
                wanted_on=wanted_on,
                at_desk=at_desk,
            )
        )
        audit.record("sheet_given", now=now, role=role, actor=by, subject=client_id)
    return assignment_id


def give(
    template_ids: Iterable[UUID],
    client_id: UUID,
    note: str = "",
    *,
    wanted_on: date | None = None,
    now: datetime,
    by: UUID | None = None,
) -> None:
    """Give several templates at once, all or none, with the same few words and day. NoSuchTemplate, NoSuchClient."""
    with transaction():
        for template_id in template_ids:
            assign(template_id, client_id, note, wanted_on=wanted_on, now=now, by=by)


def take(template_id: UUID, client_id: UUID, *, now: datetime) -> int:
    """A client takes a template herself; returns the number of her sheet, the one she has already if there is one.

    That she took it is hers to show. Raises NoSuchTemplate, also for one that is offered no more.
    """
    with transaction() as db:
        lock_client(client_id)  # a press on each of two devices gives one sheet
        has = select(Assignment.number).where(
            Assignment.client_id == client_id,
            Assignment.template_id == template_id,
            Assignment.state != State.WITHDRAWN,
        )
        known = db.scalar(has.order_by(Assignment.number.desc()).limit(1))
        if known is not None:
            return known
        offered = db.get(SheetTemplate, template_id)
        if offered is None or offered.retired_at is not None:
            raise NoSuchTemplate(str(template_id))
        taken = assign(template_id, client_id, at_desk=False, now=now, role="client")
        return db.get_one(Assignment, taken).number


def save_answers(
    assignment_id: UUID,
    client_id: UUID,
    answers: Mapping[str, Value],
    revision: int,
    only: Collection[str] | None = None,
    *,
    rows: Mapping[str, int] | None = None,
    stood: Mapping[str, datetime | None] | None = None,
    chosen: bool = False,
    now: datetime,
) -> int:
    """Keep answers that were written on top of `revision`; returns the present one.

    `only` names the fields to keep (without it all of them); `rows` how many rows of an open table the page
    offered: rows beyond those were added elsewhere, and stay. `stood` tells for a page with only some questions when
    what it showed had been saved (None: nothing was there): while that is so still, other questions may have changed.
    `chosen`: she has seen what is replaced here, and it becomes an earlier version however new it is.
    Saving what is there already is never a conflict.
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
        if revision != sheet.revision and not _as_it_stood(changed, kept, stood or {}):
            raise Conflict(sheet.revision, stored)
        for field, value in changed.items():
            before = kept.get(field)
            if before and (chosen or is_worth_keeping(before.saved_at, now, emptied=is_empty(value))):
                earlier.keep(db, client_id, before, now)
            _keep(db, sheet, before, field, value, now)
        sheet.state, sheet.saved_at, sheet.done_at = changed_standing.state, now, None
        sheet.revision += 1
        return sheet.revision


def share(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Let the coach read this sheet, as it is and as it becomes. NoSuchSheet, Withdrawn."""
    _move(assignment_id, client_id, Event.SHARE, now)


def unshare(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Close the sheet to the coach again, also where she is beside it; never refused. NoSuchSheet."""
    _move(assignment_id, client_id, Event.UNSHARE, now)


def show_progress(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Let the coach see whether this sheet is begun or put aside, and no word of it. NoSuchSheet, Withdrawn."""
    _move(assignment_id, client_id, Event.SHOW, now)


def hide_progress(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Keep from the coach how far this sheet is; never refused. NoSuchSheet."""
    _move(assignment_id, client_id, Event.HIDE, now)


def done(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Put the sheet aside as done for now. NoSuchSheet, Withdrawn."""
    _move(assignment_id, client_id, Event.DONE, now)


def reopen(assignment_id: UUID, client_id: UUID, *, now: datetime) -> None:
    """Take a sheet up again. NoSuchSheet, Withdrawn."""
    _move(assignment_id, client_id, Event.REOPEN, now)


def withdraw(assignment_id: UUID, client_id: UUID, *, now: datetime, by: UUID | None = None) -> None:
    """Take a sheet back: from the coach's list, and from the client too where she has not begun it. NoSuchSheet.

    Nothing tells the coach which of the two it was.
    """
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
        sheet.state, sheet.at_desk = to.state, to.listed
        sheet.shared_at = (sheet.shared_at or now) if to.shared else None
        sheet.progress_shown_at = (sheet.progress_shown_at or now) if to.shown else None
        sheet.done_at = (sheet.done_at or now) if to.state is State.DONE else None
        if event in (Event.DONE, Event.WITHDRAW, Event.UNSHARE) or not to.is_at_desk:
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


def _as_it_stood(
    changed: Iterable[str], kept: Mapping[str, SheetAnswer], stood: Mapping[str, datetime | None]
) -> bool:
    """Whether each of these answers is the one the page showed."""
    now_there = {field: row.saved_at for field, row in kept.items()}
    return all(field in stood and stood[field] == now_there.get(field) for field in changed)


def _with_rows_beyond(
    wanted: Mapping[str, Value], stored: Mapping[str, Value], rows: Mapping[str, int]
) -> dict[str, Value]:
    whole = dict(wanted)
    for field, offered in rows.items():
        typed, kept = wanted.get(field), stored.get(field)
        if isinstance(typed, list) and isinstance(kept, list) and len(kept) > offered:
            whole[field] = [*typed, *kept[offered:]]
    return whole

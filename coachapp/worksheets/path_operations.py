"""What people do with a path: begin it, change what comes, choose its day, pause it, go on, end it.
And what tick does: give what has come."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.audit import operations as audit
from coachapp.clients.operations import lock_client
from coachapp.db import transaction
from coachapp.worksheets import operations as sheets
from coachapp.worksheets import path_queries
from coachapp.worksheets.models import SheetTemplate
from coachapp.worksheets.path_models import PathStep, SheetPath
from coachapp.worksheets.path_queries import STEP_NOTE
from coachapp.worksheets.path_rules import (
    BY_SESSION,
    HERS,
    MOST_STEPS,
    HerPause,
    NoSuchPath,
    NoSuchSession,
    NoSuchStep,
    PathFull,
    PathRuns,
    Rule,
    check_start,
    due,
    is_known,
    rested,
)
from coachapp.worksheets.queries import templates
from coachapp.worksheets.ready_paths import ReadyPath
from coachapp.worksheets.rules import NoSuchTemplate
from coachapp.zones import zone


@dataclass(frozen=True)
class Wanted:
    """One step as the coach wants it; `place_id` for those that hang on a session."""

    template_id: UUID
    rule: Rule
    days: int
    note: str = ""
    place_id: UUID | None = None


@dataclass(frozen=True)
class By:
    """Who does it: the client, or a coach with her account."""

    role: str
    actor: UUID | None = None


HERSELF = By(HERS)


def begin(client_id: UUID, starts_on: date, steps: Sequence[Wanted] = (), *, by: By, now: datetime) -> UUID:
    """A path for a client, from a day on. PathRuns, BadStart, PathFull, NoSuchTemplate, NoSuchSession,
    NoSuchClient.
    """
    if len(steps) > MOST_STEPS:
        raise PathFull
    with transaction() as db:
        lock_client(client_id)
        check_start(starts_on, now, zone(path_queries.zone_of(client_id)))
        if path_queries.has_path(client_id):
            raise PathRuns
        row = SheetPath(id=uuid4(), client_id=client_id, starts_on=starts_on, made_at=now, rests=[])
        db.add(row)
        db.flush()
        for position, wanted in enumerate(steps, 1):
            _add(db, row, position, wanted, now)
        _noted(row, "begun", by, now)
        return row.id


def begin_ready(client_id: UUID, ready: ReadyPath, starts_on: date, *, by: By, now: datetime) -> None:
    """A ready-made path, in the newest versions of its sheets; those that are not given any more are left out.

    PathRuns, BadStart.
    """
    known = {row.template.key: row.id for row in templates()}
    steps = [Wanted(known[step.sheet], Rule.START, step.day) for step in ready.steps if step.sheet in known]
    begin(client_id, starts_on, steps, by=by, now=now)


def start_on(client_id: UUID, day: date, *, by: By, now: datetime) -> None:
    """Let the path start on another day; what has come stays. NoSuchPath, BadStart."""
    with _held(client_id) as (_db, row):
        check_start(day, now, zone(path_queries.zone_of(client_id)))
        row.starts_on = day
        _noted(row, "moved", by, now)


def pause(client_id: UUID, *, by: By, now: datetime) -> None:
    """Let nothing come until it goes on. One she pauses too is hers to let go on. NoSuchPath."""
    with _held(client_id) as (_db, row):
        if row.paused_by in (by.role, HERS):
            return
        row.paused_at, row.paused_by = row.paused_at or now, by.role
        _noted(row, "paused", by, now)


def go_on(client_id: UUID, *, by: By, now: datetime) -> None:
    """Go on where it was: what was to come moves on by the days it rested. NoSuchPath, HerPause for a coach."""
    with _held(client_id) as (_db, row):
        if row.paused_at is None:
            return
        if row.paused_by == HERS and by.role != HERS:
            raise HerPause
        mine = path_queries.path_row(row)
        rests = rested(mine.path.rests, row.paused_at, now, zone(path_queries.zone_of(client_id)))
        row.rests = [[first.isoformat(), went_on.isoformat()] for first, went_on in rests]
        row.paused_at = row.paused_by = None
        _noted(row, "went_on", by, now)


def end(client_id: UUID, *, by: By, now: datetime) -> None:
    """End the path: what has come stays, and nothing more comes. NoSuchPath."""
    with _held(client_id) as (_db, row):
        row.ended_at = now
        _noted(row, "ended", by, now)


def add_step(client_id: UUID, wanted: Wanted, *, by: By, now: datetime) -> None:
    """One more step, the last. NoSuchPath, PathFull, NoSuchTemplate, NoSuchSession."""
    with _held(client_id) as (db, row):
        of_path = PathStep.path_id == row.id
        count, last = db.execute(select(func.count(), func.max(PathStep.position)).where(of_path)).one()
        if count >= MOST_STEPS:
            raise PathFull
        _add(db, row, (last or 0) + 1, wanted, now)
        _noted(row, "changed", by, now)


def change_step(client_id: UUID, position: int, wanted: Wanted, *, by: By, now: datetime) -> None:
    """Another sheet, rule, day or note for a step that has not come, as far as its coach may know.

    One that came without her knowing it is taken back as any sheet is, and comes anew, where its sheet or its rule is
    another now. NoSuchPath, NoSuchStep, NoSuchTemplate, NoSuchSession.
    """
    with _held(client_id) as (db, row):
        known = path_queries.path_row(row).open_step(position)
        step = db.get_one(PathStep, known.id)
        _check(db, row, wanted, now, step.place_id)
        is_another = (known.template_id, known.rule) != (wanted.template_id, wanted.rule)
        if known.assignment_id and is_another:
            _take_back(step, client_id, by, now)
        _write(row, step, wanted)
        _noted(row, "changed", by, now)


def remove_step(client_id: UUID, position: int, *, by: By, now: datetime) -> None:
    """Leave a step out that has not come, as far as its coach may know. NoSuchPath, NoSuchStep."""
    with _held(client_id) as (db, row):
        known = path_queries.path_row(row).open_step(position)
        step = db.get_one(PathStep, known.id)
        db.delete(step)
        if known.assignment_id:
            sheets.withdraw(known.assignment_id, client_id, now=now, by=by.actor)
        _noted(row, "changed", by, now)


def move_step(client_id: UUID, step_id: UUID, *, up: bool, by: By, now: datetime) -> None:
    """Let a step change places with the next one, up or down, that has not come as far as its coach may know.

    At the end of them it stays. What came unknown to her because another was put aside, and would wait for a different
    one now, is taken back and comes anew. NoSuchPath, NoSuchStep.
    """
    with _held(client_id) as (db, row):
        mine = path_queries.path_row(row)
        ids = [each.id for each in mine.open_rows]
        if step_id not in ids:
            raise NoSuchStep(step_id)
        other = ids.index(step_id) + (-1 if up else 1)
        if not 0 <= other < len(ids):
            return
        _swap(db, step_id, ids[other])
        waits_for = path_queries.path_row(row).waits_for
        for each in mine.open_rows:
            if each.assignment_id and waits_for.get(each.id) != mine.waits_for.get(each.id):
                _take_back(db.get_one(PathStep, each.id), client_id, by, now)
        _noted(row, "changed", by, now)


def give_what_has_come(*, now: datetime) -> int:
    """Give every sheet whose time has come, each once whichever tick comes first; returns how many.

    One path that fails stops no other: it is tried again next time, and its error is raised at the end.
    """
    given, failed = 0, None
    for path_id in path_queries.running():
        try:
            given += _give(path_id, now)
        except vault.KeyGone:
            continue  # erased in this moment
        except Exception as error:
            failed = error
    if failed is not None:
        raise failed
    return given


def _give(path_id: UUID, now: datetime) -> int:
    """All of one path or nothing. Who comes second finds it given."""
    with transaction() as db:
        row = db.get(SheetPath, path_id, with_for_update=True)
        if row is None:
            return 0
        mine = path_queries.path_row(row)
        come = due(mine.path, now, zone(path_queries.zone_of(row.client_id)))
        for index in come:
            known = mine.rows[index]
            step = db.get_one(PathStep, known.id)
            step.assignment_id = sheets.assign(
                known.template_id,
                row.client_id,
                known.note,
                at_desk=is_known(mine.path.steps, index),
                now=now,
                role="system",
            )
            step.given_at = now
        return len(come)


@contextmanager
def _held(client_id: UUID) -> Iterator[tuple[Session, SheetPath]]:
    """Her path, hers alone to change until the transaction ends. NoSuchPath."""
    with transaction() as db:
        row = db.scalar(path_queries.open_path(client_id).with_for_update())
        if row is None:
            raise NoSuchPath
        yield db, row


def _add(db: Session, row: SheetPath, position: int, wanted: Wanted, now: datetime) -> None:
    _check(db, row, wanted, now)
    step = PathStep(id=uuid4(), path_id=row.id, position=position)
    _write(row, step, wanted)
    db.add(step)


def _swap(db: Session, one_id: UUID, other_id: UUID) -> None:
    """No two steps stand at one position, not even for a moment: 0 is nobody's."""
    one, other = db.get_one(PathStep, one_id), db.get_one(PathStep, other_id)
    there, here = other.position, one.position
    one.position = 0
    db.flush()
    other.position = here
    db.flush()
    one.position = there
    db.flush()


def _take_back(step: PathStep, client_id: UUID, by: By, now: datetime) -> None:
    """The sheet a step gave, so that it may come anew."""
    if step.assignment_id:
        sheets.withdraw(step.assignment_id, client_id, now=now, by=by.actor)
    step.assignment_id = step.given_at = None


def _write(row: SheetPath, step: PathStep, wanted: Wanted) -> None:
    step.template_id, step.rule, step.days = wanted.template_id, wanted.rule, wanted.days
    step.place_id = wanted.place_id if wanted.rule in BY_SESSION else None
    step.note_sealed = vault.seal(row.client_id, STEP_NOTE, step.id, wanted.note) if wanted.note else None


def _check(db: Session, row: SheetPath, wanted: Wanted, now: datetime, had: UUID | None = None) -> None:
    """NoSuchTemplate, NoSuchSession; the session a step hangs on already may be past."""
    if db.get(SheetTemplate, wanted.template_id) is None:
        raise NoSuchTemplate(str(wanted.template_id))
    if wanted.rule not in BY_SESSION:
        return
    coming = {place.id for place in path_queries.coming_places(row.client_id, now)}
    if wanted.place_id is None or wanted.place_id not in coming | {had}:
        raise NoSuchSession


def _noted(row: SheetPath, what: str, by: By, now: datetime) -> None:
    audit.record(f"path_{what}", now=now, role=by.role, actor=by.actor, subject=row.client_id)

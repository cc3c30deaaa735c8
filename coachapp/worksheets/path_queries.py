"""Reads of paths: the one a client is on, and those from which a sheet may have come."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select

from coachapp import vault
from coachapp.booking.queries import places_of
from coachapp.booking.rules import AppointmentState, PlaceRow
from coachapp.clients.models import Client
from coachapp.clients.rules import State as ClientState
from coachapp.db import session
from coachapp.worksheets.models import Assignment, SheetTemplate
from coachapp.worksheets.path_models import PathStep, SheetPath
from coachapp.worksheets.path_rules import (
    BY_SESSION,
    HERS,
    NoSuchPath,
    NoSuchStep,
    Path,
    Rule,
    Session,
    Step,
    follows,
    is_known,
)
from coachapp.worksheets.queries import standing
from coachapp.worksheets.rules import State

STEP_NOTE = "sheet_path_step.note"


@dataclass(frozen=True)
class StepRow:
    """One step as it is stored. `is_at_desk` says whether its coach knows of the sheet it gave."""

    id: UUID
    position: int
    template_id: UUID
    title: str
    rule: Rule
    days: int
    note: str
    place: PlaceRow | None
    assignment_id: UUID | None
    number: int | None
    given_at: datetime | None
    is_at_desk: bool


@dataclass(frozen=True)
class PathRow:
    """A client's path with its steps in order, and the same as its rules read it."""

    id: UUID
    client_id: UUID
    starts_on: date
    made_at: datetime
    paused_at: datetime | None
    is_paused_by_her: bool
    rows: tuple[StepRow, ...]
    path: Path

    @property
    def open_rows(self) -> tuple[StepRow, ...]:
        """The steps that have not come, as far as their coach may know."""
        return tuple(
            row
            for index, row in enumerate(self.rows)
            if row.given_at is None or not is_known(self.path.steps, index)
        )

    @property
    def waits_for(self) -> dict[UUID, UUID | None]:
        """Of each step that comes when another is put aside, which one that is."""
        before = {row.id: follows(self.path.steps, index) for index, row in enumerate(self.rows)}
        done = (row.id for row in self.rows if row.rule is Rule.DONE)
        return {id: None if (at := before[id]) is None else self.rows[at].id for id in done}

    def open_step(self, position: int) -> StepRow:
        """The step at a position, as long as its coach may change it. NoSuchStep also for one she knows to have come."""
        for row in self.open_rows:
            if row.position == position:
                return row
        raise NoSuchStep(position)


def path_of(client_id: UUID) -> PathRow:
    """The path a client is on; NoSuchPath."""
    row = session().scalar(open_path(client_id))
    if row is None:
        raise NoSuchPath
    return path_row(row)


def has_path(client_id: UUID) -> bool:
    """Whether a client is on a path."""
    return session().scalar(open_path(client_id)) is not None


def open_path(client_id: UUID) -> Select[SheetPath]:
    """Her path that is not over; there is one at most."""
    return select(SheetPath).where(SheetPath.client_id == client_id, SheetPath.ended_at.is_(None))


def running() -> list[UUID]:
    """Paths that may give a sheet: neither paused nor over, of clients whose work has not ended."""
    found = (
        select(SheetPath.id)
        .join(Client, Client.id == SheetPath.client_id)
        .where(SheetPath.ended_at.is_(None), SheetPath.paused_at.is_(None))
        .where(Client.state != ClientState.ENDED)
        .where(
            select(PathStep.id).where(PathStep.path_id == SheetPath.id, PathStep.given_at.is_(None)).exists()
        )
    )
    return list(session().scalars(found.order_by(SheetPath.made_at)))


def zone_of(client_id: UUID) -> str:
    """The zone whose calendar counts."""
    return session().scalars(select(Client.zone).where(Client.id == client_id)).one()


def coming_places(client_id: UUID, now: datetime) -> list[PlaceRow]:
    """Her sessions that stand and are not over."""
    return [
        place
        for place in places_of(client_id)
        if place.state is AppointmentState.CONFIRMED and place.ends_at > now
    ]


def path_row(row: SheetPath) -> PathRow:
    """A path and all that its rules need to know."""
    found = (
        select(PathStep, SheetTemplate.title, Assignment)
        .join(SheetTemplate, SheetTemplate.id == PathStep.template_id)
        .outerjoin(Assignment, Assignment.id == PathStep.assignment_id)
        .where(PathStep.path_id == row.id)
        .order_by(PathStep.position)
    )
    steps = session().execute(found).all()
    by_session = any(step.rule in BY_SESSION for step, _title, _given in steps)
    places = {place.id: place for place in places_of(row.client_id)} if by_session else {}
    rows = tuple(
        _step_row(row.client_id, step, title, given, places.get(step.place_id) if step.place_id else None)
        for step, title, given in steps
    )
    pure = tuple(_step(mine, given) for mine, (_row, _title, given) in zip(rows, steps, strict=True))
    rests = tuple((date.fromisoformat(first), date.fromisoformat(went_on)) for first, went_on in row.rests)
    path = Path(row.starts_on, pure, rests, row.paused_at, row.ended_at is not None)
    return PathRow(
        row.id,
        row.client_id,
        row.starts_on,
        row.made_at,
        row.paused_at,
        row.paused_by == HERS,
        rows,
        path,
    )


def _step_row(
    client_id: UUID, step: PathStep, title: str, given: Assignment | None, place: PlaceRow | None
) -> StepRow:
    sealed = step.note_sealed
    return StepRow(
        id=step.id,
        position=step.position,
        template_id=step.template_id,
        title=title,
        rule=Rule(step.rule),
        days=step.days,
        note=vault.open_(client_id, STEP_NOTE, step.id, sealed) if sealed else "",
        place=place,
        assignment_id=step.assignment_id,
        number=given.number if given and given.state != State.WITHDRAWN else None,
        given_at=step.given_at,
        is_at_desk=given is not None and standing(given).is_at_desk,
    )


def _step(row: StepRow, given: Assignment | None) -> Step:
    place = row.place
    stands = place is not None and place.state is AppointmentState.CONFIRMED
    at = Session(place.starts_at, place.ends_at, stands) if place else None
    if given is None:
        return Step(row.rule, row.days, at, given=row.given_at is not None)
    how = standing(given)
    return Step(
        row.rule,
        row.days,
        at,
        given=True,
        done_at=given.done_at,
        taken_back=how.state is State.WITHDRAWN,
        listed=how.is_at_desk,
        shown=how.progress is not None,
    )

"""When the sheets of a path come (pure): days counted in the client's calendar, and none while the path rests.

A day begins when her calendar turns to it, whatever her clock does that night. A pause pushes on what is counted from
the start or from a sheet put aside, by the days that lie in it; what hangs on a session goes with the session.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from coachapp.worksheets.rules import WorksheetError

MOST_STEPS = 40
MOST_DAYS = 366
HERS = "client"
"""Who paused a path, where it was the client herself."""


class NoSuchPath(WorksheetError):
    """There is no such path, it is over, or whoever asks may not see it."""


class NoSuchStep(WorksheetError):
    """The path has no such step, or what it gives has come already."""


class PathRuns(WorksheetError):
    """She has a path already; one at a time."""


class PathFull(WorksheetError):
    """A path has room for 40 steps."""


class BadStart(WorksheetError):
    """A path starts today or within a year."""


class HerPause(WorksheetError):
    """The client has paused the path herself; only she goes on."""


class NoSuchSession(WorksheetError):
    """The session is not one of hers that are to come."""


class Rule(StrEnum):
    """What a step is counted from: the start, the sheet before it put aside, or one of her sessions."""

    START = "start"
    DONE = "done"
    BEFORE = "before"
    SINCE = "since"


BY_SESSION = frozenset((Rule.BEFORE, Rule.SINCE))


class Stand(StrEnum):
    """How a step stands. open: the sheet before it is not put aside. lost: its session was cancelled, or she has not
    chosen one. over: its session is past, and it was to come before that."""

    GIVEN = "given"
    DUE = "due"
    COMES = "comes"
    OPEN = "open"
    LOST = "lost"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Session:
    """One of her appointments; `stands` while it is confirmed."""

    starts_at: datetime
    ends_at: datetime
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One step. What it gave may be put aside since `done_at`, or taken back: then it holds up nothing after it.

    Its coach knows of that sheet if it is `listed`, and how far it is if that is `shown`.
    """

    rule: Rule
    days: int
    session: Session | None = None
    given: bool = False
    done_at: datetime | None = None
    taken_back: bool = False
    listed: bool = False
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """A path as it stands. `rests` are pauses that are over: the first day of each, and the day on which it went on."""

    starts_on: date
    steps: tuple[Step, ...] = ()
    rests: tuple[tuple[date, date], ...] = ()
    paused_at: datetime | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a step stands, and the day on which it comes where that is known."""

    stand: Stand
    on: date | None = None


def due(path: Path, now: datetime, where: tzinfo) -> tuple[int, ...]:
    """The steps that are to be given now, by their index."""
    return tuple(index for index, each in enumerate(outlook(path, now, where)) if each.stand is Stand.DUE)


def outlook(path: Path, now: datetime, where: tzinfo) -> tuple[Outlook, ...]:
    """How every step stands. While the path is paused, days are those that hold if it goes on now."""
    return tuple(_outlook(path, index, now, where) for index in range(len(path.steps)))


def day_after(anchor: date, days: int, rests: Iterable[tuple[date, date]]) -> date:
    """The first day before which `days` days have passed since the anchor, leaving out those that rest."""
    day, counted_to = anchor + timedelta(days), anchor
    for first, went_on in sorted(rests):
        begins = max(first, counted_to)
        if begins < day and went_on > begins:
            day += went_on - begins
            counted_to = went_on
    return day


def rested(
    rests: tuple[tuple[date, date], ...], paused_at: datetime, now: datetime, where: tzinfo
) -> tuple[tuple[date, date], ...]:
    """The rests once a pause is over; one that began and ended on the same day pushes nothing."""
    first, today = paused_at.astimezone(where).date(), now.astimezone(where).date()
    return (*rests, (first, today)) if first < today else rests


def check_start(day: date, now: datetime, where: tzinfo) -> None:
    """BadStart unless it is today in her calendar, or within a year."""
    today = now.astimezone(where).date()
    if not today <= day <= today + timedelta(MOST_DAYS):
        raise BadStart


def follows(steps: tuple[Step, ...], index: int) -> int | None:
    """The step a step of the kind `done` waits for: the one before it whose sheet was not taken back, if any."""
    return next((before for before in range(index - 1, -1, -1) if not steps[before].taken_back), None)


def _outlook(path: Path, index: int, now: datetime, where: tzinfo) -> Outlook:
    step, today = path.steps[index], now.astimezone(where).date()
    if step.given:
        return Outlook(Stand.GIVEN)
    found = _by_session(step, now, where) if step.rule in BY_SESSION else _counted(path, index, now, where)
    if found.on is None:
        return found
    on = max(found.on, path.starts_on)
    runs = path.paused_at is None and not path.ended
    has_come = on <= today and found.stand is not Stand.COMES
    return Outlook(Stand.DUE if runs and has_come else Stand.COMES, on)


def _counted(path: Path, index: int, now: datetime, where: tzinfo) -> Outlook:
    step = path.steps[index]
    anchor: date | None = path.starts_on
    before = follows(path.steps, index) if step.rule is Rule.DONE else None
    if before is not None:
        done_at = path.steps[before].done_at
        anchor = done_at.astimezone(where).date() if done_at else None
    if anchor is None:
        return Outlook(Stand.OPEN)
    rests = rested(path.rests, path.paused_at, now, where) if path.paused_at else path.rests
    return Outlook(Stand.DUE, day_after(anchor, step.days, rests))


def _by_session(step: Step, now: datetime, where: tzinfo) -> Outlook:
    session = step.session
    if session is None or not session.stands:
        return Outlook(Stand.LOST)
    if step.rule is Rule.BEFORE:
        if session.starts_at <= now:
            return Outlook(Stand.OVER)
        return Outlook(Stand.DUE, session.starts_at.astimezone(where).date() - timedelta(step.days))
    on = session.ends_at.astimezone(where).date() + timedelta(step.days)
    return Outlook(Stand.DUE if session.ends_at <= now else Stand.COMES, on)


def for_coach(path: Path, now: datetime, where: tzinfo) -> tuple[Outlook, ...]:
    """What a coach may see of it: nothing that would tell whether a sheet was put aside.

    A step that waits for another to be put aside stands as waiting, whether it has come or not, unless she knows of
    the sheet it gave, or how far the one before is.
    """
    return tuple(
        each if is_known(path.steps, index) else Outlook(Stand.OPEN)
        for index, each in enumerate(outlook(path, now, where))
    )


def is_known(steps: tuple[Step, ...], index: int) -> bool:
    """Whether a coach may know if this step has come, or when it will."""
    if steps[index].rule is not Rule.DONE or index == 0 or steps[index].listed:
        return True
    before = follows(steps, index)
    return before is not None and steps[before].shown

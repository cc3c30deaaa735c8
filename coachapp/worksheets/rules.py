"""The states of a sheet given to a client, who may move it where, and the room's errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class WorksheetError(Exception):
    """Root of everything this room refuses."""


class Withdrawn(WorksheetError):
    """The coach has taken the sheet back, so it can be read but not changed or shared."""


class NoSuchSheet(WorksheetError):
    """There is no such sheet, or whoever asks may not see it; which of the two is never said."""


class NoSuchTemplate(WorksheetError):
    """No published template has this key or id."""


class VersionTaken(WorksheetError):
    """This version of a template was published before, with other words; raise the number."""


class Conflict(WorksheetError):
    """The sheet was saved elsewhere since this page was opened: its present revision and answers by field key."""

    def __init__(self, revision: int, answers: Mapping[str, Any]) -> None:
        super().__init__(revision)
        self.revision = revision
        self.answers = answers


class State(StrEnum):
    ASSIGNED = "assigned"
    STARTED = "started"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Event(StrEnum):
    WRITE = "write"
    DONE = "done"
    REOPEN = "reopen"
    SHARE = "share"
    UNSHARE = "unshare"
    SHOW = "show"
    HIDE = "hide"
    WITHDRAW = "withdraw"


class Progress(StrEnum):
    """How far a sheet is, for a coach who may see it."""

    WAITS = "waits"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sheet stands; whether its coach may read the answers, may see how far it is, and has it on her list.

    One that was taken herself, or taken back after she had begun, is not on the list.
    """

    state: State = State.ASSIGNED
    shared: bool = False
    shown: bool = False
    listed: bool = True

    @property
    def progress(self) -> Progress | None:
        """How far it is, if its client lets that be seen; whoever may read the answers sees it too."""
        if not (self.shared or self.shown):
            return None
        return _PROGRESS.get(self.state)

    @property
    def is_at_desk(self) -> bool:
        """Whether its coach knows of it: it is on her list, or the client shows something of it."""
        return self.state is not State.WITHDRAWN and (self.listed or self.shared or self.shown)


_PROGRESS = {
    State.ASSIGNED: Progress.WAITS,
    State.STARTED: Progress.BEGUN,
    State.DONE: Progress.DONE,
}


def after(standing: Standing, event: Event) -> Standing:
    """The standing that follows; every pair has an answer.

    Coming back is always possible: writing on a done sheet opens it again. To stop sharing, or showing, is never
    refused. Nor is taking back: what she has begun stays hers and only leaves the coach's list, so that the answer to
    the coach is the same in both cases. Raises Withdrawn.
    """
    if event is Event.UNSHARE:
        return replace(standing, shared=False)
    if event is Event.HIDE:
        return replace(standing, shown=False)
    if event is Event.WITHDRAW:
        return _taken_back(standing)
    if standing.state is State.WITHDRAWN:
        raise Withdrawn
    if event is Event.SHARE:
        return replace(standing, shared=True)
    if event is Event.SHOW:
        return replace(standing, shown=True)
    return replace(standing, state=_moved(standing.state, event))


def _taken_back(standing: Standing) -> Standing:
    if standing.state in (State.STARTED, State.DONE):
        return replace(standing, listed=False)
    return Standing(State.WITHDRAWN, listed=False)


def _moved(state: State, event: Event) -> State:
    if event is Event.DONE:
        return State.DONE
    if event is Event.REOPEN and state is State.ASSIGNED:
        return State.ASSIGNED
    return State.STARTED

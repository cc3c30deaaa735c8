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


class AlreadyBegun(WorksheetError):
    """The client has begun the sheet; from then on it is theirs and cannot be taken back."""


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
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a sheet stands, and whether its coach may read the answers."""

    state: State = State.ASSIGNED
    shared: bool = False


def after(standing: Standing, event: Event) -> Standing:
    """The standing that follows; every pair has an answer.

    Coming back is always possible: writing on a done sheet opens it again. To stop sharing is never refused.
    Raises Withdrawn or AlreadyBegun.
    """
    if event is Event.UNSHARE:
        return replace(standing, shared=False)
    if event is Event.WITHDRAW:
        return _withdrawn(standing)
    if standing.state is State.WITHDRAWN:
        raise Withdrawn
    if event is Event.SHARE:
        return replace(standing, shared=True)
    return replace(standing, state=_moved(standing.state, event))


def _withdrawn(standing: Standing) -> Standing:
    if standing.state in (State.STARTED, State.DONE):
        raise AlreadyBegun
    return Standing(State.WITHDRAWN, shared=False)


def _moved(state: State, event: Event) -> State:
    if event is Event.DONE:
        return State.DONE
    if event is Event.REOPEN and state is State.ASSIGNED:
        return State.ASSIGNED
    return State.STARTED

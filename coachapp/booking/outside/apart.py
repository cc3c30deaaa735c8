"""Reading calendar files in a process of their own (`coachapp.apart`), one after another.

The process gives back nothing but stretches of time.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from coachapp.apart import TimeUp, ask, take_little_room, within
from coachapp.booking.outside.reading import NotReadable, read
from coachapp.booking.outside.rules import Copy, Trouble, Wanted
from coachapp.zones import zone

SECONDS_EACH = 8.0
"""How long one file may take."""


@dataclass(frozen=True)
class _Head:
    """What stands before each file on its way in."""

    id: str
    zone: str
    start: str
    end: str
    size: int


def read_apart(
    files: Mapping[UUID, bytes], wanted: Mapping[UUID, Wanted], seconds: float
) -> dict[UUID, Copy | Trouble]:
    """Read these files within so many seconds in all. A file that was too much for the reader brings that trouble."""
    if not files or seconds <= 0:
        return dict.fromkeys(files, Trouble.TOO_MUCH)
    letters = b"".join(_letter(wanted[name], data) for name, data in files.items())
    answers = ask(__name__, letters, seconds, str(min(seconds, SECONDS_EACH)))
    return {**dict.fromkeys(files, Trouble.TOO_MUCH), **_understood(answers)}


def _letter(wanted: Wanted, data: bytes) -> bytes:
    head = _Head(str(wanted.id), wanted.zone, wanted.start.isoformat(), wanted.end.isoformat(), len(data))
    return json.dumps(head.__dict__).encode() + b"\n" + data


def _understood(answers: bytes) -> dict[UUID, Copy | Trouble]:
    """The lines that came whole."""
    found = [json.loads(line) for line in answers.splitlines(keepends=True) if line.endswith(b"\n")]
    return {UUID(answer["id"]): _outcome(answer) for answer in found}


def _outcome(answer: dict[str, Any]) -> Copy | Trouble:
    if answer["trouble"]:
        return Trouble(answer["trouble"])
    return Copy(tuple((opens, closes) for opens, closes in answer["busy"]), answer["partly"])


# ---- the other process ----


def _answer_all(letters: BinaryIO, answers: BinaryIO, seconds_each: float) -> None:
    while line := letters.readline():
        head = _Head(**json.loads(line))
        answer = {"id": head.id, **_answer(head, letters.read(head.size), seconds_each)}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(head: _Head, data: bytes, seconds: float) -> dict[str, object]:
    start, end = (datetime.fromisoformat(edge) for edge in (head.start, head.end))
    try:
        with within(seconds):
            copy = read(data, zone(head.zone), start, end)
    except NotReadable as error:
        return {"trouble": error.trouble}
    except (TimeUp, MemoryError):
        return {"trouble": Trouble.TOO_MUCH}
    return {"trouble": None, "busy": copy.busy, "partly": copy.partly}


if __name__ == "__main__":
    take_little_room()
    _answer_all(sys.stdin.buffer, sys.stdout.buffer, float(sys.argv[1]))

"""Reading calendar files in a process of their own: a stranger's file may cost it its life, but not ours.

The process knows no setting and no key, has a limit of memory and of time, and gives back nothing but stretches of
time. It is started for each round of reading, which takes a fifth of a second, and ends with it.
"""

import json
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import FrameType
from typing import Any, BinaryIO
from uuid import UUID

from coachapp.booking.outside.reading import NotReadable, read
from coachapp.booking.outside.rules import Copy, Trouble, Wanted
from coachapp.config import PROJECT
from coachapp.zones import zone

SECONDS_EACH = 8.0
"""How long one file may take."""
_MEMORY = 768 * 1024 * 1024


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
    return {**dict.fromkeys(files, Trouble.TOO_MUCH), **_understood(_ask_reader(letters, seconds))}


def _ask_reader(letters: bytes, seconds: float) -> bytes:
    """What the other process says within so many seconds; nothing where the machine has no room for one."""
    end = time.monotonic() + seconds
    command = [sys.executable, "-m", __name__, str(min(seconds, SECONDS_EACH))]
    pipe = subprocess.PIPE
    try:
        reader = subprocess.Popen(  # noqa: S603  # our own module, with a number
            command, cwd=PROJECT, env={}, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
    except OSError:
        return b""
    with reader:
        try:
            return reader.communicate(letters, timeout=max(end - time.monotonic(), 0))[0]
        except subprocess.TimeoutExpired:
            reader.kill()
            return reader.communicate()[0]  # what it had said by then


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


class _TimeUp(BaseException):
    """Not an Exception, so that nothing on the way takes it for a broken event."""


def _time_up(number: int, frame: FrameType | None) -> None:
    raise _TimeUp


def _answer_all(letters: BinaryIO, answers: BinaryIO, seconds_each: float) -> None:
    signal.signal(signal.SIGALRM, _time_up)
    while line := letters.readline():
        head = _Head(**json.loads(line))
        answer = {"id": head.id, **_answer(head, letters.read(head.size), seconds_each)}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _answer(head: _Head, data: bytes, seconds: float) -> dict[str, object]:
    start, end = (datetime.fromisoformat(edge) for edge in (head.start, head.end))
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        copy = read(data, zone(head.zone), start, end)
    except NotReadable as error:
        return {"trouble": error.trouble}
    except (_TimeUp, MemoryError):
        return {"trouble": Trouble.TOO_MUCH}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {"trouble": None, "busy": copy.busy, "partly": copy.partly}


if __name__ == "__main__":
    with suppress(ValueError, OSError):  # where a system knows no such limit, the time limit is left
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    _answer_all(sys.stdin.buffer, sys.stdout.buffer, float(sys.argv[1]))

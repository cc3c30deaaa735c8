"""A stranger's file is read in a process of its own: it may cost that one its life, but not ours.

The process knows no setting and no key, has a limit of memory and of time, and answers in words of ours alone. It is
started for each reading, which takes a fifth of a second, and ends with it.
"""

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from coachapp.config import PROJECT

_MEMORY = 768 * 1024 * 1024


class TimeUp(BaseException):
    """Not an Exception, so that nothing on the way takes it for a broken file."""


def ask(module: str, data: bytes, seconds: float, *words: str) -> bytes:
    """What `python -m module words…`, given `data`, says within so many seconds.

    What it had said by then where it took longer; nothing where the machine has no room for it.
    """
    end = time.monotonic() + seconds
    pipe = subprocess.PIPE
    try:
        reader = subprocess.Popen(  # noqa: S603  # one of our own modules, with words of ours
            [sys.executable, "-m", module, *words],
            cwd=PROJECT,
            env={},
            stdin=pipe,
            stdout=pipe,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return b""
    with reader:
        try:
            return reader.communicate(data, timeout=max(end - time.monotonic(), 0))[0]
        except subprocess.TimeoutExpired:
            reader.kill()
            return reader.communicate()[0]


# ---- in the other process ----


def take_little_room() -> None:
    """Limit this process's memory; where a system knows no such limit, the time limit is left."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What takes longer ends with TimeUp. For the main thread of a process apart."""
    signal.signal(signal.SIGALRM, _time_up)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _time_up(number: int, frame: FrameType | None) -> None:
    raise TimeUp

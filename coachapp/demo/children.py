"""The programs `make run` starts: begun in order, watched, and ended together."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from coachapp.config import PROJECT

_GRACE_SECONDS = 5
_POLL_SECONDS = 0.1


class Trouble(Exception):
    """Something that keeps the demo from running; the message says what to do."""


class Children:
    """Programs that live and end together. What they say goes to `log`, begun anew at each start."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        self._running: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def start(
        self, name: str, command: Sequence[str], environ: Mapping[str, str], *, speaks: bool = False
    ) -> None:
        """Start a program in a session of its own, so that Ctrl-C reaches it through us alone.

        One that `speaks` says its address on standard output, for `address` to read.
        """
        out = subprocess.PIPE if speaks else self._out
        self._running[name] = subprocess.Popen(  # noqa: S603  # our own programs, no words from outside
            command,
            env=dict(environ),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=self._out,
            text=True,
            start_new_session=True,
        )

    def address(self, name: str) -> str:
        """The address a program announces as the last word of its first line; Trouble if it ends instead."""
        pipe = self._running[name].stdout
        words = pipe.readline().split() if pipe else []
        if not words:
            raise Trouble(f"{name} did not start; the last lines of {self.log} say why.")
        return words[-1]

    def run(self, name: str, command: Sequence[str], environ: Mapping[str, str]) -> None:
        """Run a program to its end; Trouble if it fails."""
        self.start(name, command, environ)
        if self._running.pop(name).wait():
            raise Trouble(f"{name} failed; the last lines of {self.log} say why.")

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until the app is ready; Trouble if a program ends first or the time is over."""
        until = time.monotonic() + seconds
        while not ready():
            if name := self._ended():
                raise Trouble(f"{name} did not start; the last lines of {self.log} say why.")
            if time.monotonic() > until:
                raise Trouble(f"The app is not ready after {seconds:.0f} seconds; {self.log} may say why.")
            time.sleep(_POLL_SECONDS)

    def wait_for_one(self) -> str:
        """Wait until any program ends by itself; returns its name."""
        while not (name := self._ended()):
            time.sleep(_POLL_SECONDS)
        return name

    def end(self) -> None:
        """End every program: politely, then after a few seconds for good."""
        for child in self._running.values():
            child.terminate()
        until = time.monotonic() + _GRACE_SECONDS
        for child in self._running.values():
            try:
                child.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            if child.stdout:
                child.stdout.close()
        self._running.clear()
        os.close(self._out)

    def _ended(self) -> str:
        return next((name for name, child in self._running.items() if child.poll() is not None), "")

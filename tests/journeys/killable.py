"""A server or a tick that kills itself (SIGKILL) at a chosen step; a step is a commit, or a call to the outside.

Run in a process of its own. The steps are seen from outside our code: by SQLAlchemy's events and Python's audit hook.
"""

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from werkzeug.serving import WSGIRequestHandler, make_server

from coachapp import clock
from coachapp.app import create_app
from coachapp.config import Config
from coachapp.tick import run_tick

# A tick asks Stripe only about attempts that are a minute old.
AFTER = timedelta(minutes=10)


class Steps:
    """Counts steps, writes them down, and kills this process just before number `last` is taken (None: never)."""

    def __init__(self, last: int | None, tally: Path, outside: set[int]) -> None:
        self.last, self.tally, self.outside, self.count = last, tally, outside, 0
        event.listen(Engine, "commit", lambda connection: self.take("commit"))
        sys.addaudithook(self.hear)

    def hear(self, name: str, args: tuple[Any, ...]) -> None:
        """A connection to Stripe or to the mail server is a step."""
        if name == "socket.connect" and isinstance(args[1], tuple) and args[1][1] in self.outside:
            self.take("call")

    def take(self, name: str) -> None:
        self.count += 1
        with self.tally.open("a") as file:
            file.write(f"{self.count} {name}\n")
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


def serve(settings: Config, port: int, last: int | None, tally: Path, outside: set[int]) -> None:
    """Serve the app until killed."""
    app = create_app(settings)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Silent)
    Steps(last, tally, outside)
    server.serve_forever(0.02)


def tick(settings: Config, last: int | None, tally: Path, outside: set[int]) -> None:
    """Tick once, or until killed."""
    app = create_app(settings)
    Steps(last, tally, outside)
    run_tick(app, clock.now() + AFTER)


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass

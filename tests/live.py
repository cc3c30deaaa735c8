"""The app as `make run` starts it: four real programs in a folder of their own, on free ports."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from coachapp.config import PROJECT

START_SECONDS = 90


class LiveServer:
    """`with LiveServer(folder) as server: …`. `more` are settings in its environment, such as DATABASE_URL."""

    def __init__(self, folder: Path, more: dict[str, str] | None = None) -> None:
        self.instance = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = clean_environ() | {"PORT": str(self.port)} | (more or {})
        self.said: list[str] = []
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and wait until it says that Ctrl-C closes it."""
        command = [sys.executable, "-m", "coachapp.demo.run", "--instance", str(self.instance)]
        self.process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=self.environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        watch = threading.Timer(START_SECONDS, self.process.kill)
        watch.start()
        try:
            self._read_until("Ctrl-C")
        finally:
            watch.cancel()

    def stop(self) -> int:
        """End it as Ctrl-C does; returns its exit status."""
        assert self.process and self.process.stdout
        self.process.send_signal(signal.SIGINT)
        self.said.append(self.process.stdout.read())
        self.process.stdout.close()
        return self.process.wait()

    def flask(self, *words: str) -> str:
        """What `flask --app wsgi …` prints beside it."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        environ = self.environ | {"DEMO": "1", "INSTANCE": str(self.instance)}
        return subprocess.run(
            command, cwd=PROJECT, env=environ, text=True, check=True, capture_output=True
        ).stdout

    def _read_until(self, words: str) -> None:
        assert self.process and self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return
        self.process.stdout.close()
        self.process.wait()
        raise AssertionError("make run ended: " + "".join(self.said) + self.log())

    def log(self) -> str:
        """What its programs wrote down."""
        path = self.instance / "run.log"
        return path.read_text() if path.exists() else ""


def free_port() -> int:
    """A free port below those that systems hand out by themselves: no other program is given it meanwhile."""
    while True:
        port = random.randrange(20_000, 30_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def clean_environ() -> dict[str, str]:
    """The environment without any setting of ours that the person at the keyboard may have."""
    ours = re.compile(
        r"(DATABASE|KEYS_DATABASE|BASE|PUBLIC|SMTP|REDIS)_URL|SECRET_KEY|VAULT_KEYS|STRIPE_|DEMO|HOST|PORT"
    )
    return {name: value for name, value in os.environ.items() if not ours.match(name)}

"""A small HTTP client on several connections at once: how many answers a second come from one address."""

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

TIMEOUT = 10
_LENGTH = re.compile(rb"Content-Length: (\d+)", re.IGNORECASE)


class BadAnswer(Exception):
    """The server answered with something else than 200, which is not worth measuring."""


class Connection:
    """One kept connection that asks for one address; `answers` counts what came whole."""

    def __init__(self, host: str, port: int, request: bytes) -> None:
        self._address, self._request = (host, port), request
        self._line: socket.socket | None = None
        self.answers = 0

    def ask(self) -> None:
        """Send the request and read its whole answer; BadAnswer for anything but 200."""
        self._line = self._line or socket.create_connection(self._address, TIMEOUT)
        self._line.sendall(self._request)
        came = b""
        while b"\r\n\r\n" not in came:
            came += self._read()
        head, _, body = came.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise BadAnswer(head.partition(b"\r\n")[0].decode())
        left = int(_LENGTH.search(head)[1]) - len(body)  # type: ignore[index]  # both servers say it
        while left > 0:
            left -= len(self._read())
        self.answers += 1
        if b"Connection: close" in head:
            self.close()

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _read(self) -> bytes:
        came = self._line.recv(65536) if self._line else b""
        if not came:
            raise BadAnswer("the connection ended in the middle of an answer")
        return came


def rate(url: str, connections: int, seconds: float) -> float:
    """Answers a second over `connections` kept connections that ask again as soon as they are answered."""
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    lines = [Connection(parts.hostname or "", parts.port or 80, request) for _ in range(connections)]
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        for done in [pool.submit(_ask_until, line, began + seconds) for line in lines]:
            done.result()
    return sum(line.answers for line in lines) / (time.perf_counter() - began)


def _ask_until(line: Connection, end: float) -> None:
    with closing(line):
        while time.perf_counter() < end:
            line.ask()

"""A real server on loopback that behaves as it is told, byte by byte, and calendars for it to hand out."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

Behaviour = Callable[["Line"], None]

DAY = timedelta(days=1)


class Line:
    """One connection: what was asked, and ways to answer."""

    def __init__(self, sock: socket.socket, head: bytes, stopping: threading.Event) -> None:
        self._sock, self.stopping = sock, stopping
        self.request = head.split(b"\r\n", 1)[0].decode()
        fields = (each.partition(": ") for each in head.decode().split("\r\n")[1:] if each)
        self.headers = {name.lower(): value for name, _colon, value in fields}

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def head(self, status: str = "200 OK", *headers: str) -> None:
        self.send("\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode())

    def answer(self, body: bytes, status: str = "200 OK", *headers: str) -> None:
        self.head(status, f"Content-Length: {len(body)}", *headers)
        self.send(body)


class Feeds:
    """The server. `behave[path]` says how a path answers; `asked` are the requests it got, with their headers."""

    def __init__(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._server = socket.create_server((host, 0))
        self._context = context
        self._threads: list[threading.Thread] = []
        self.stopping = threading.Event()
        self.port: int = self._server.getsockname()[1]
        self.behave: dict[str, Behaviour] = {}
        self.asked: list[Line] = []

    def url(self, path: str = "/a.ics", host: str = "127.0.0.1") -> str:
        return f"{'https' if self._context else 'http'}://{host}:{self.port}{path}"

    def gives(self, body: str | bytes, path: str = "/a.ics", *headers: str) -> str:
        """Hand this out at a path; returns its address."""
        data = body.encode() if isinstance(body, str) else body
        self.behave[path] = lambda line: line.answer(data, "200 OK", *headers)
        return self.url(path)

    def moves(self, path: str, to: str, status: str = "302 Found") -> str:
        self.behave[path] = lambda line: line.answer(b"", status, f"Location: {to}")
        return self.url(path)

    def does(self, behaviour: Behaviour, path: str = "/a.ics") -> str:
        self.behave[path] = behaviour
        return self.url(path)

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _address = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def _serve(self, sock: socket.socket) -> None:
        with suppress(OSError), sock, self._secured(sock) as line:
            head = b""
            while b"\r\n\r\n" not in head and (piece := line.recv(65_536)):
                head += piece
            if not head:
                return
            asked = Line(line, head, self.stopping)
            self.asked.append(asked)
            path = asked.request.split(" ")[1]
            self.behave.get(path, lambda line: line.answer(b"", "404 Not Found"))(asked)

    def _secured(self, sock: socket.socket) -> socket.socket:
        return self._context.wrap_socket(sock, server_side=True) if self._context else sock

    def stop(self) -> None:
        self.stopping.set()
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(5)


@contextmanager
def serving_feeds(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Feeds]:
    feeds = Feeds(context, host)
    thread = threading.Thread(target=feeds.run, daemon=True)
    thread.start()
    yield feeds
    feeds.stop()
    thread.join(5)


# ---- how a server may behave ----


def hangs(line: Line) -> None:
    """Takes the question and says nothing, until the test is over."""
    line.stopping.wait(60)


def drips_body(line: Line) -> None:
    """One byte at a time, without end."""
    line.head("200 OK", "Content-Length: 4000000")
    while not line.stopping.wait(0.05):
        line.send(b"B")


def drips_headers(line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not line.stopping.wait(0.05):
        line.send(b"x")


def drips_first_words(line: Line) -> None:
    """For ever `100 Continue`."""
    while not line.stopping.wait(0.05):
        line.head("100 Continue")


def is_huge(line: Line) -> None:
    """50 MB, and no word of it beforehand."""
    line.head("200 OK")
    for _ in range(800):
        line.send(b"X" * 65_536)


def says_it_is_huge(line: Line) -> None:
    line.head("200 OK", "Content-Length: 52428800")
    line.stopping.wait(60)


def breaks_off(line: Line) -> None:
    line.head("200 OK", "Content-Length: 5000")
    line.send(b"BEGIN:VCALENDAR\r\n")


# ---- calendars ----


def calendar(*events: tuple[str, ...], top: tuple[str, ...] = ()) -> str:
    """A calendar file; each event is a tuple of its lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Elsewhere//EN", *top]
    for number, event in enumerate(events):
        uid = () if any(line.startswith("UID") for line in event) else (f"UID:{number}@elsewhere",)
        lines += ["BEGIN:VEVENT", *uid, "DTSTAMP:20260101T000000Z", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def event(starts_at: datetime, minutes: int = 60, *more: str) -> tuple[str, ...]:
    ends_at = starts_at + timedelta(minutes=minutes)
    return (f"DTSTART:{stamp(starts_at)}", f"DTEND:{stamp(ends_at)}", "SUMMARY:Dinner at Quince", *more)

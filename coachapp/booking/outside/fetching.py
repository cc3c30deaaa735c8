"""Fetching a file from an address someone typed. The one place that opens such a connection.

The name is looked up once; every address it leads to has to be public (or allowed by FETCH_ALLOW), and the very
address that was checked is connected to, so that nothing can change in between. Every redirect is checked anew. One
deadline holds for all of it, however slowly the other side drips, and no more is read than a calendar can be.
Nothing here is logged: the address is a secret.
"""

import base64
import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from functools import cached_property
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import SplitResult, quote, unquote, urljoin

from coachapp.booking.outside.networks import may_reach, networks
from coachapp.booking.outside.rules import MOST_BYTES, BadAddress, OutsideError, Trouble, split_address

K = TypeVar("K")
Resolve = Callable[..., list[tuple[Any, ...]]]

_MOST_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}
_AS_TYPED = "/%:@!$&'()*+,;=~-._"
_MOVED = (301, 302, 303, 307, 308)
_HEADERS = {
    "Accept": "text/calendar, */*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "Mozilla/5.0 (compatible; calendar)",
}


class Failed(OutsideError):
    """Nothing came; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Fetcher:
    """Fetches files from public addresses and from `allowed` networks."""

    def __init__(
        self,
        allowed: Iterable[str] = (),
        *,
        resolve: Resolve = socket.getaddrinfo,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = networks(allowed)
        self._resolve = resolve
        self._given = context

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return self._given or ssl.create_default_context()

    def fetch(self, address: str, seconds: float) -> bytes:
        """What lies at an address, within so many seconds (a name server that sleeps may keep it longer). Failed."""
        try:
            return self._follow(address, _Deadline(seconds))
        except TimeoutError as error:
            raise Failed(Trouble.TOO_SLOW) from error
        except ssl.SSLCertVerificationError as error:
            raise Failed(Trouble.CERTIFICATE) from error
        except (OSError, UnicodeError, BadAddress) as error:
            raise Failed(Trouble.NO_ANSWER) from error
        except (http.client.HTTPException, ValueError) as error:
            raise Failed(Trouble.NOT_A_CALENDAR) from error

    def fetch_all(self, wanted: Mapping[K, str], seconds: float) -> dict[K, bytes | Trouble]:
        """The same for many addresses at once, by name; what has not come in time is too slow."""
        came: SimpleQueue[tuple[K, bytes | Trouble]] = SimpleQueue()
        for name, address in wanted.items():
            # Nobody waits for a thread that a name server keeps: it ends by itself, and its answer counts no more.
            Thread(target=self._fetch_into, args=(came, name, address, seconds), daemon=True).start()
        end = time.monotonic() + seconds
        found: dict[K, bytes | Trouble] = {}
        while len(found) < len(wanted):
            try:
                name, answer = came.get(timeout=max(end - time.monotonic(), 0.001))
            except Empty:
                break
            found[name] = answer
        return {name: found.get(name, Trouble.TOO_SLOW) for name in wanted}

    def _fetch_into(self, came: "SimpleQueue[Any]", name: object, address: str, seconds: float) -> None:
        try:
            came.put((name, self.fetch(address, seconds)))
        except Failed as failed:
            came.put((name, failed.trouble))

    def _follow(self, address: str, deadline: "_Deadline") -> bytes:
        where = split_address(address)
        for _hop in range(_MOST_REDIRECTS + 1):
            found = self._ask(where, deadline)
            if isinstance(found, bytes):
                return found
            onward = split_address(urljoin(where.geturl(), found))
            if (where.scheme, onward.scheme) == ("https", "http"):
                raise Failed(Trouble.UNSAFE)  # the address is a secret; it is not repeated in the clear
            where = onward
        raise Failed(Trouble.REFUSED)

    def _ask(self, where: SplitResult, deadline: "_Deadline") -> bytes | str:
        """The body, or where it has moved to."""
        with closing(self._connect(where, deadline)) as sock:
            line = http.client.HTTPConnection(where.hostname or "")
            line.sock = _Timed(sock, deadline)
            line.request("GET", _target(where), headers={**_HEADERS, **_own_headers(where)})
            response = line.getresponse()
            if response.status in _MOVED and response.headers.get("Location"):
                return str(response.headers["Location"])
            if response.status != 200:
                raise Failed(Trouble.REFUSED)
            return _body(response)

    def _connect(self, where: SplitResult, deadline: "_Deadline") -> socket.socket:
        host = (where.hostname or "").encode("idna").decode() if where.hostname else ""
        sock = self._connect_to_checked(host, where.port or _PORTS[where.scheme], deadline)
        if where.scheme == "http":
            return sock
        try:
            sock.settimeout(deadline.left())
            return self._context.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise

    def _connect_to_checked(self, host: str, port: int, deadline: "_Deadline") -> socket.socket:
        """Look the name up, refuse it if any of its addresses is not for us, and connect to one of these same."""
        found = self._resolve(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        if not found or not all(may_reach(str(info[4][0]), self._allowed) for info in found):
            raise Failed(Trouble.UNSAFE)
        trouble: OSError = TimeoutError()
        for number, (family, kind, proto, _name, sockaddr) in enumerate(found):
            sock = socket.socket(family, kind, proto)
            try:
                sock.settimeout(deadline.left() / (len(found) - number))
                sock.connect(sockaddr)
                self._refuse_ourselves(sock)
                return sock
            except BaseException as error:
                sock.close()
                if not isinstance(error, OSError):
                    raise
                trouble = error
        raise trouble

    def _refuse_ourselves(self, sock: socket.socket) -> None:
        """A public address may still be this machine's own: then both ends of the line are the same."""
        here = str(sock.getsockname()[0])
        if here == str(sock.getpeername()[0]) and not any(may_reach(here, (each,)) for each in self._allowed):
            raise Failed(Trouble.UNSAFE)


class _Deadline:
    """One end for everything a fetch does."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left. TimeoutError when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class _Timed:
    """A connected socket whose every read and write ends with the deadline, as `http.client` needs it."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Drops(self._sock, self._deadline))

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def close(self) -> None:
        """Closed by whoever opened it."""


class _Drops(io.RawIOBase):
    """What comes, as it comes; asked again for each drop, so that many small ones do not outlast the deadline."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)


def _target(where: SplitResult) -> str:
    """Path and query as they were typed; only what no request line can hold is written in its other form."""
    path = quote(where.path or "/", safe=_AS_TYPED)
    return f"{path}?{quote(where.query, safe=_AS_TYPED + '?[]|')}" if where.query else path


def _own_headers(where: SplitResult) -> dict[str, str]:
    """The host as it was written, and the name and password of an address that has them."""
    credentials, _at, host = where.netloc.rpartition("@")
    headers = {"Host": host.encode("idna").decode() if not host.isascii() else host}
    if credentials:
        name, _colon, password = credentials.partition(":")
        pair = f"{unquote(name)}:{unquote(password)}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return headers


def _body(response: http.client.HTTPResponse) -> bytes:
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
        raise Failed(
            Trouble.NOT_A_CALENDAR
        )  # packed though we asked for none of it: it may unfold without end
    if (response.length or 0) > MOST_BYTES:
        raise Failed(Trouble.TOO_BIG)
    body = bytearray()
    while piece := response.read(65_536):
        body += piece
        if len(body) > MOST_BYTES:
            raise Failed(Trouble.TOO_BIG)
    if response.length:
        raise Failed(Trouble.NO_ANSWER)  # it broke off before the end it had promised
    return bytes(body)

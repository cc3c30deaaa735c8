"""A real SMTP server on this machine that keeps each mail as a file, and the reading of those files."""

import argparse
import asyncio
import email.policy
import os
import re
import secrets
import socket
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_NAME = re.compile(r"(\d{6,})-[0-9a-f]{16}\.eml")
_OURS = ("Return-Path", "Delivered-To")


@dataclass(frozen=True)
class CaughtMail:
    """One mail as it came. `to` and `sender` are those of the envelope; `number` counts from 1 in order of arrival."""

    number: int
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    headers: tuple[tuple[str, str], ...]
    file: str

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)


def list_mails(folder: Path) -> list[CaughtMail]:
    """Every mail in the folder, oldest first; an absent folder is an empty one."""
    if not folder.is_dir():
        return []
    files = sorted(
        (int(match[1]), path) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))
    )
    return [_read(number, path) for number, path in files]


def read_mail(folder: Path, number: int) -> CaughtMail | None:
    """The mail with that number, or None."""
    for path in folder.glob(f"{number:06d}-*.eml"):
        if _NAME.fullmatch(path.name):
            return _read(number, path)
    return None


def keep_mail(folder: Path, sender: str, to: Iterable[str], content: bytes) -> Path:
    """Write one mail with its envelope on top, readable by the owner only; it appears whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = max(
        (int(match[1]) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))), default=0
    )
    path = folder / f"{number + 1:06d}-{secrets.token_hex(8)}.eml"
    half = path.with_suffix(".part")
    envelope = [f"Return-Path: <{sender}>", *(f"Delivered-To: {address}" for address in to)]
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write("".join(f"{line}\r\n" for line in envelope).encode() + content)
    half.replace(path)
    return path


def _read(number: int, path: Path) -> CaughtMail:
    parsed = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(path.read_bytes())
    headers = [(name, str(value)) for name, value in parsed.items()]
    top = 0
    while top < len(headers) and headers[top][0] in _OURS:
        top += 1
    envelope, own = headers[:top], headers[top:]
    return CaughtMail(
        number=number,
        sender=envelope[0][1].strip("<>") if envelope else "",
        to=tuple(value for name, value in envelope if name == "Delivered-To"),
        subject=str(parsed.get("Subject", "")),
        text=_text(parsed),
        headers=tuple(own),
        file=path.name,
    )


def _text(parsed: EmailMessage) -> str:
    part = parsed.get_body(preferencelist=("plain", "html"))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


@dataclass
class _Levers:
    refuse: int = 0
    drop: int = 0
    stall: float = 0.0


class _Keeper:
    """What happens to a mail once its content has come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.levers = _Levers()
        self.lock = threading.Lock()
        self.stopping = threading.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Answer 451, or keep the mail and answer 250, or keep it and let the line die before the answer."""
        await self._stall()
        if self.stopping.is_set():
            return "421 4.3.2 Closing"
        if self._use("refuse"):
            return "451 4.3.0 Try again later"
        with self.lock:
            recipients = [str(address) for address in envelope.rcpt_tos]
            keep_mail(self.folder, str(envelope.mail_from or ""), recipients, _bytes(envelope.content))
        if self._use("drop") and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 2.0.0 Kept"

    async def _stall(self) -> None:
        step = 0.05
        waited = 0.0
        while waited < self.levers.stall and not self.stopping.is_set():
            await asyncio.sleep(step)
            waited += step

    def _use(self, lever: str) -> bool:
        with self.lock:
            left: int = getattr(self.levers, lever)
            if left:
                setattr(self.levers, lever, left - 1)
            return left > 0


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else str(content or "").encode()


class _OnLoopback(Controller):
    """A controller that binds its own socket, so that port 0 means any free one."""

    def __init__(self, keeper: _Keeper, port: int) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else each mail waits 40 ms
        super().__init__(
            keeper,
            hostname="127.0.0.1",
            port=self._socket.getsockname()[1],
            server_hostname="localhost",
            ident="mail catcher",
        )

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


class MailCatcher:
    """SMTP on 127.0.0.1 that keeps every mail in `folder`. Port 0 takes any free one; see `port` once made."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self._keeper = _Keeper(folder)
        self._controller = _OnLoopback(self._keeper, port)
        self.port: int = self._controller.port
        self.url = f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to take mail."""
        self._controller.start()

    def stop(self) -> None:
        """Stop at once; kept mails stay."""
        self._keeper.stopping.set()
        self._controller.stop()

    def mails(self) -> list[CaughtMail]:
        """Every mail kept so far, oldest first."""
        return list_mails(self.folder)

    def refuse_next(self, times: int = 1) -> None:
        """Answer 451 to the next mails and keep nothing of them."""
        self._keeper.levers.refuse = times

    def drop_next(self, times: int = 1) -> None:
        """Keep the next mails, but let the line die before the sender hears of it."""
        self._keeper.levers.drop = times

    def stall(self, seconds: float) -> None:
        """Wait before each answer to a mail's content; 0 ends it."""
        self._keeper.levers.stall = seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m coachapp.demo.mail_catcher`: take mail until Ctrl-C; prints the address."""
    parser = argparse.ArgumentParser(
        prog="mail_catcher", description="A mail server that keeps mail in a folder."
    )
    parser.add_argument("--folder", type=Path, default=Path("instance/mail"))
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    given = parser.parse_args(arguments)
    with MailCatcher(given.folder, given.port) as catcher:
        print(f"Mail catcher: {catcher.url}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the stand-in knows: Stripe's objects by id, kept results, deliveries; in memory and, if asked, in one file."""

import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from coachapp.demo.stripe_standin.answers import Obj


@dataclass
class Delivery:
    """How the webhook of one event fared. `state`: none (nobody to tell), pending, delivered, failed."""

    state: str = "pending"
    attempts: list[Obj] = field(default_factory=list)


@dataclass
class KeptResult:
    """The first result under an idempotency key; `fingerprint` tells whether the parameters are the same."""

    fingerprint: str
    status: int
    body: Obj
    request_id: str
    at: int


@dataclass
class _Books:
    sessions: dict[str, Obj] = field(default_factory=dict)
    line_items: dict[str, list[Obj]] = field(default_factory=dict)
    intent_data: dict[str, Obj] = field(default_factory=dict)
    declines: dict[str, int] = field(default_factory=dict)
    objects: dict[str, Obj] = field(default_factory=dict)
    events: dict[str, Obj] = field(default_factory=dict)
    deliveries: dict[str, Delivery] = field(default_factory=dict)
    kept: dict[str, KeptResult] = field(default_factory=dict)


class Store:
    """All state behind one lock. `change()` holds the lock and writes the file, if there is one, at its end."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._depth = 0
        self.books = _read(file) if file and file.exists() else _Books()

    @contextmanager
    def change(self) -> Iterator[_Books]:
        """Lock for reading and writing; what was changed is on disk when the outermost block ends."""
        with self._lock:
            self._depth += 1
            try:
                yield self.books
            finally:
                self._depth -= 1
                if self._file and not self._depth:
                    _write(self._file, self.books)

    @contextmanager
    def look(self) -> Iterator[_Books]:
        """Lock for reading."""
        with self._lock:
            yield self.books

    def find(self, identity: str) -> Obj | None:
        """The live object with this id (session, payment intent, charge, refund, balance transaction)."""
        with self._lock:
            return self.books.sessions.get(identity) or self.books.objects.get(identity)

    def line_items(self, session_id: str) -> list[Obj]:
        with self._lock:
            return self.books.line_items.get(session_id, [])

    def refunds_of(self, charge_id: str) -> list[Obj]:
        """Refunds of a charge, newest first."""
        return self.refunds({"charge": charge_id})

    def refunds(self, wanted: dict[str, str]) -> list[Obj]:
        """Refunds that have all of these, newest first."""
        with self._lock:
            found = [o for o in self.books.objects.values() if o["object"] == "refund"]
        return [o for o in found[::-1] if all(o[name] == value for name, value in wanted.items())]


def _write(file: Path, books: _Books) -> None:
    beside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(asdict(books), out)
    beside.replace(file)


def _read(file: Path) -> _Books:
    saved: dict[str, Any] = json.loads(file.read_text("utf-8"))
    deliveries = {key: Delivery(**value) for key, value in saved.pop("deliveries").items()}
    kept = {key: KeptResult(**value) for key, value in saved.pop("kept").items()}
    return _Books(**saved, deliveries=deliveries, kept=kept)

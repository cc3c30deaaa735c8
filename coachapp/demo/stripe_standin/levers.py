"""Levers that make the stand-in misbehave on purpose, and the clock they can move."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

STAGES = ("before", "kept", "after")


@dataclass
class Trouble:
    """A failure for the next `times` API requests whose path starts with `path` (and whose method fits, if given).

    `stage` says when it strikes: "before" anything was done (nothing is kept under the idempotency key), "kept"
    (nothing done, but the failure is kept under the key) or "after" (done, and the caller does not learn of it).
    """

    times: int = 1
    path: str = "/v1/"
    method: str = ""
    stage: str = "before"
    status: int = 500
    seconds: float = 0.0
    should_retry: bool | None = None

    def __post_init__(self) -> None:
        if self.stage not in STAGES:
            raise ValueError(f"stage is one of {', '.join(STAGES)}")

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and path.startswith(self.path) and self.method in ("", method)


@dataclass
class RefundsFail:
    """The next `times` refunds go through at first and fail `after` seconds later."""

    times: int = 1
    after: float = 0.2


@dataclass
class _Settings:
    """Every lever at rest. Durations in seconds.

    webhook_first: pay during create and answer only when that webhook was tried, at most so many seconds later.
    webhook_delay: wait before each delivery. webhook_duplicate: so many deliveries more of each event.
    webhook_off: deliver nothing. webhook_out_of_order: gather so many events, then send the newest first.
    """

    webhook_url: str | None = None
    webhook_first: float | None = None
    webhook_delay: float = 0.0
    webhook_duplicate: int = 0
    webhook_off: bool = False
    webhook_out_of_order: int = 0
    stall: Trouble | None = None
    fail_next: Trouble | None = None
    drop_connection: Trouble | None = None
    refund_fails: RefundsFail | None = None
    clock_offset: int = 0


_SHAPES: dict[str, Callable[..., Any]] = {
    "stall": Trouble,
    "fail_next": Trouble,
    "drop_connection": Trouble,
    "refund_fails": RefundsFail,
}
_NAMES = frozenset(field.name for field in fields(_Settings))


class Levers:
    """The present settings, safe to read and move from several threads."""

    def __init__(self, webhook_url: str | None) -> None:
        self._lock = threading.Lock()
        self.now = _Settings(webhook_url=webhook_url)

    def move(self, changes: dict[str, Any]) -> None:
        """Set levers by name; `None` or a plain value, or a dictionary for those with parts. ValueError if unknown."""
        unknown = set(changes) - _NAMES
        if unknown:
            raise ValueError(f"no such lever: {', '.join(sorted(unknown))}")
        try:
            shaped = {name: _shaped(name, value) for name, value in changes.items()}
        except TypeError as error:
            raise ValueError(str(error)) from error
        with self._lock:
            for name, value in shaped.items():
                setattr(self.now, name, value)

    def rest(self) -> None:
        """Put every lever back; the webhook address stays."""
        with self._lock:
            self.now = _Settings(webhook_url=self.now.webhook_url)

    def trouble(self, name: str, method: str, path: str) -> Trouble | None:
        """The trouble waiting for this request, counted as used; None if there is none."""
        with self._lock:
            waiting: Trouble | None = getattr(self.now, name)
            if waiting is None or not waiting.fits(method, path):
                return None
            waiting.times -= 1
            return waiting

    def refund_failure(self) -> RefundsFail | None:
        """Whether the refund just made is to fail, counted as used."""
        with self._lock:
            waiting = self.now.refund_fails
            if waiting is None or waiting.times < 1:
                return None
            waiting.times -= 1
            return waiting

    def time(self) -> int:
        """The stand-in's own time, in epoch seconds: the real one moved by `clock_offset`."""
        return int(time.time()) + self.now.clock_offset

    def shown(self) -> dict[str, Any]:
        """The settings as plain data."""
        with self._lock:
            return asdict(self.now)


def _shaped(name: str, value: Any) -> Any:
    shape = _SHAPES.get(name)
    return shape(**value) if shape and isinstance(value, dict) else value

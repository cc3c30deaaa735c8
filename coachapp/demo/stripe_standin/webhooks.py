"""Signing of webhooks and the courier that delivers them, tries again and keeps what became of each."""

import hashlib
import heapq
import hmac
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

from coachapp.demo.stripe_standin.answers import Obj
from coachapp.demo.stripe_standin.levers import Levers
from coachapp.demo.stripe_standin.store import Delivery, Store

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PATIENCE_SECONDS = 10.0


def sign(body: bytes, secrets: Sequence[str], timestamp: int) -> str:
    """The `Stripe-Signature` header: one `v1` for each secret over "timestamp.body"."""
    signed = f"{timestamp}.".encode() + body
    parts = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={part}" for part in parts)])


def check_address(url: str) -> None:
    """ValueError unless the webhook address is plain http on this machine."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise ValueError("the webhook address must be http on this machine")


class Timetable:
    """Runs functions later, each in a thread of its own, and knows when nothing is left to do."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._change = threading.Condition()
        self._running = 0
        self._open = True
        threading.Thread(target=self._run, name="stand-in timetable", daemon=True).start()

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        with self._change:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._count), work))
            self._change.notify_all()

    def close(self) -> None:
        """Drop what is still to come."""
        with self._change:
            self._open = False
            self._due.clear()
            self._change.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        """True as soon as nothing is waiting or under way; False after `timeout` seconds."""
        with self._change:
            return self._change.wait_for(lambda: not self._due and not self._running, timeout)

    def _run(self) -> None:
        while (work := self._next()) is not None:
            threading.Thread(target=self._one, args=(work,), daemon=True).start()

    def _next(self) -> Callable[[], None] | None:
        with self._change:
            while self._open:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._running += 1
                    return heapq.heappop(self._due)[2]
                self._change.wait(wait)
            return None

    def _one(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._change:
                self._running -= 1
                self._change.notify_all()


class Courier:
    """Delivers events to the webhook address, as the levers say."""

    def __init__(
        self,
        store: Store,
        levers: Levers,
        secrets: Sequence[str],
        retry_after: Sequence[float],
        table: Timetable,
    ) -> None:
        self._store, self._levers, self._secrets = store, levers, tuple(secrets)
        self._retry_after, self._table = tuple(retry_after), table
        self._held: list[str] = []
        self._lock = threading.Lock()
        self._tried = threading.Condition()

    def take(self, event_id: str) -> None:
        """Send a new event on its way; without an address there is nobody to tell."""
        settings = self._levers.now
        with self._store.change() as books:
            books.deliveries[event_id] = Delivery("pending" if settings.webhook_url else "none")
        if settings.webhook_url is None or settings.webhook_off:
            return
        ready = self._in_order(event_id)
        for _ in range(1 + settings.webhook_duplicate):
            self._table.later(settings.webhook_delay, partial(self._attempt_each, ready))

    def send_again(self, event_id: str) -> None:
        """Deliver an event once more, whatever became of it before."""
        self._table.later(0, partial(self._attempt, event_id, 0))

    def send_pending(self) -> None:
        """After a new start: deliver what was still on its way."""
        with self._store.look() as books:
            waiting = [key for key, delivery in books.deliveries.items() if delivery.state == "pending"]
        for event_id in waiting:
            self.send_again(event_id)

    def wait_tried(self, event_id: str, timeout: float) -> bool:
        """True once the event was tried at least once; False after `timeout` seconds."""
        with self._tried:
            return self._tried.wait_for(
                lambda: bool(self._store.books.deliveries[event_id].attempts), timeout
            )

    def _in_order(self, event_id: str) -> list[str]:
        with self._lock:
            self._held.append(event_id)
            if len(self._held) < self._levers.now.webhook_out_of_order:
                return []
            ready, self._held = self._held[::-1], []
        return ready

    def _attempt_each(self, event_ids: Sequence[str]) -> None:
        for event_id in event_ids:
            self._attempt(event_id, 0)

    def _attempt(self, event_id: str, number: int) -> None:
        url = self._levers.now.webhook_url
        if url is None:
            return
        with self._store.look() as books:
            body = json.dumps({**books.events[event_id], "pending_webhooks": 1}, indent=2).encode()
        status, trouble = _post(url, body, sign(body, self._secrets, int(time.time())))
        self._note(event_id, {"url": url, "status": status, "error": trouble}, number)

    def _note(self, event_id: str, attempt: Obj, number: int) -> None:
        succeeded = 200 <= (attempt["status"] or 0) < 300
        again = not succeeded and number < len(self._retry_after)
        with self._store.change() as books:
            delivery = books.deliveries[event_id]
            delivery.attempts.append(attempt)
            if delivery.state != "delivered":
                delivery.state = "delivered" if succeeded else "pending" if again else "failed"
        with self._tried:
            self._tried.notify_all()
        if again:
            self._table.later(self._retry_after[number], partial(self._attempt, event_id, number + 1))


def _post(url: str, body: bytes, signature: str) -> tuple[int | None, str | None]:
    """Status of the answer, or None and the name of what went wrong. Never follows a redirect, uses no proxy."""
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=PATIENCE_SECONDS)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature,
        "User-Agent": "Stripe/1.0 (stand-in)",
    }
    try:
        line.request("POST", parts.path or "/", body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status, None
    except (OSError, http.client.HTTPException) as error:
        return None, type(error).__name__
    finally:
        line.close()

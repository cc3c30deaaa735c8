"""Idempotency keys: the first result under a key is kept for a day and given back, also a 500."""

import json
import threading
from collections.abc import Callable
from typing import Any

from coachapp.demo.stripe_standin.answers import Answer, Refusal
from coachapp.demo.stripe_standin.store import KeptResult, Store

LONGEST_KEY = 255
KEPT_SECONDS = 24 * 60 * 60


class Keys:
    """Runs a request at most once for each key. Refused requests (4xx) are not kept."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        self._store, self._now = store, now
        self._running: dict[str, str] = {}
        self._lock = threading.Lock()

    def once(
        self, key: str, path: str, params: dict[str, Any], request_id: str, run: Callable[[], Answer]
    ) -> Answer:
        """The answer of `run`, or the kept one with `Idempotent-Replayed`; other parameters are refused."""
        if len(key) > LONGEST_KEY:
            raise Refusal(
                f"Idempotency keys can be up to {LONGEST_KEY} characters.", kind="idempotency_error"
            )
        fingerprint = json.dumps([path, params], sort_keys=True)
        with self._lock:
            kept = self._kept(key, fingerprint)
            if kept:
                headers = (("Idempotent-Replayed", "true"), ("Original-Request", kept.request_id))
                return Answer(kept.status, kept.body, headers)
            self._running[key] = fingerprint
        try:
            answer = run()
            self._keep(key, fingerprint, answer, request_id)
            return answer
        finally:
            with self._lock:
                self._running.pop(key)

    def _kept(self, key: str, fingerprint: str) -> KeptResult | None:
        with self._store.look() as books:
            kept = books.kept.get(key)
        if kept and kept.at + KEPT_SECONDS <= self._now():
            kept = None
        known = kept.fingerprint if kept else self._running.get(key)
        if known not in (None, fingerprint):
            message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise Refusal(message, kind="idempotency_error")
        if key in self._running:
            message = "There is currently another in-progress request using this idempotency key."
            raise Refusal(message, status=409, code="idempotency_key_in_use")
        return kept

    def _keep(self, key: str, fingerprint: str, answer: Answer, request_id: str) -> None:
        if 400 <= answer.status < 500:
            return
        now = self._now()
        with self._store.change() as books:
            books.kept = {known: old for known, old in books.kept.items() if old.at + KEPT_SECONDS > now}
            books.kept[key] = KeptResult(fingerprint, answer.status, answer.body, request_id, now)

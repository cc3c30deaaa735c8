"""The `/v1` endpoints: who may call, which troubles are on, which act answers, and what was received."""

import copy
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from coachapp.demo.stripe_standin import forms, objects
from coachapp.demo.stripe_standin.answers import Answer, Obj, Refusal, trouble
from coachapp.demo.stripe_standin.checkout_params import not_played
from coachapp.demo.stripe_standin.event_list import list_events, shown_event
from coachapp.demo.stripe_standin.expand import expanded
from coachapp.demo.stripe_standin.fields import Field, Group, ListOf, Metadata, OneOf, Text, Whole
from coachapp.demo.stripe_standin.idempotency import Keys
from coachapp.demo.stripe_standin.keys import check_key
from coachapp.demo.stripe_standin.levers import Levers
from coachapp.demo.stripe_standin.store import Store
from coachapp.demo.stripe_standin.till import Till, missing
from coachapp.demo.stripe_standin.webhooks import Courier

REMEMBERED = 1000
_EXPAND: dict[str, Field] = {"expand": ListOf(Text(200), most=20)}
_ONLY_EXPAND = Group(_EXPAND)
_REFUND = Group(
    {
        "amount": Whole(1),
        "charge": Text(),
        "payment_intent": Text(),
        "metadata": Metadata(),
        "reason": OneOf(("duplicate", "fraudulent", "requested_by_customer")),
        **_EXPAND,
        **not_played(
            (
                "currency",
                "customer",
                "instructions_email",
                "origin",
                "refund_application_fee",
                "reverse_transfer",
            )
        ),
    }
)
_REFUNDS = Group(
    {
        "charge": Text(),
        "limit": Whole(1, 100),
        "payment_intent": Text(),
        **_EXPAND,
        **not_played(("created", "ending_before", "starting_after")),
    }
)
_SINGLE = {
    "refunds": "refund",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "disputes": "dispute",
}


@dataclass(frozen=True)
class Received:
    """One request as it came: `params` decoded, `headers` with lower-case names and the key's end only."""

    number: int
    request_id: str
    method: str
    path: str
    params: Obj
    headers: dict[str, str]
    status: int | None = None
    replayed: bool = False


class Api:
    """Answers one request after the other; safe to call from several threads."""

    def __init__(
        self, store: Store, levers: Levers, till: Till, courier: Courier, pause: Callable[[float], object]
    ):
        self._store, self._levers, self._till, self._courier, self._pause = (
            store,
            levers,
            till,
            courier,
            pause,
        )
        self._keys = Keys(store, levers.time)
        self._log: deque[Received] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()
        self._count = 0

    @property
    def received(self) -> tuple[Received, ...]:
        """The requests of this run, oldest first; the last thousand."""
        with self._lock:
            return tuple(self._log)

    def handle(self, method: str, path: str, text: str, headers: dict[str, str]) -> Answer:
        """The answer to a request; `text` is the form body or the query, header names are lower case."""
        request_id = objects.new_id("req")
        try:
            params = forms.decode(text)
        except Refusal as refusal:
            return _finished(refusal.answer(), request_id, headers)
        got = self._note(Received(0, request_id, method, path, params, _shown(headers)))
        try:
            check_key(headers.get("authorization"))
            _check_version(headers.get("stripe-version"))
            answer = self._through_troubles(got)
        except Refusal as refusal:
            answer = refusal.answer()
        self._settle(got, answer)
        return _finished(answer, request_id, headers)

    def _through_troubles(self, got: Received) -> Answer:
        stall = self._levers.trouble("stall", got.method, got.path)
        if stall:
            self._pause(stall.seconds)
        drop = self._levers.trouble("drop_connection", got.method, got.path)
        if drop and drop.stage == "before":
            return Answer(0, {}, dropped=True)
        fail = self._levers.trouble("fail_next", got.method, got.path)
        if fail and fail.stage == "before":
            return trouble(fail.status, fail.should_retry)
        failed = trouble(fail.status, fail.should_retry) if fail else None
        answer = self._once(got, failed, work=not fail or fail.stage == "after")
        return replace(answer, dropped=True) if drop else answer

    def _once(self, got: Received, failed: Answer | None, work: bool) -> Answer:
        def run() -> Answer:
            answer = self._act(got) if work else None
            return failed or answer or trouble(500)

        key = got.headers.get("idempotency-key")
        if got.method != "POST" or key is None:
            return run()
        return self._keys.once(key, got.path, got.params, got.request_id, run)

    def _act(self, got: Received) -> Answer:
        for method, pattern, act in _ROUTES:
            match = re.fullmatch(pattern, got.path)
            if match and method == got.method:
                return Answer(200, act(self, got, *match.groups()))
        message = f"Unrecognized request URL ({got.method}: {got.path})."
        raise Refusal(message, status=404)

    def _create_session(self, got: Received) -> Obj:
        session = self._till.create_session(got.params)
        first = self._expanded(session, got.params)
        if self._levers.now.webhook_first is not None:
            event_id = self._till.pay(session["id"])[1]
            if event_id:
                self._courier.wait_tried(event_id, self._levers.now.webhook_first)
        return first

    def _show_session(self, got: Received, session_id: str) -> Obj:
        _ONLY_EXPAND.read(got.params)
        return self._expanded(self._till.session(session_id), got.params)

    def _expire_session(self, got: Received, session_id: str) -> Obj:
        _ONLY_EXPAND.read(got.params)
        origin = (got.request_id, got.headers.get("idempotency-key"))
        return self._expanded(self._till.expire(session_id, origin), got.params)

    def _create_refund(self, got: Received) -> Obj:
        params = _REFUND.read(got.params)
        origin = (got.request_id, got.headers.get("idempotency-key"))
        return self._expanded(self._till.refund(params, origin), got.params)

    def _list_refunds(self, got: Received) -> Obj:
        filters = _REFUNDS.read(got.params)
        limit: int = filters.get("limit", 10)
        wanted: dict[str, str] = {
            name: filters[name] for name in ("charge", "payment_intent") if name in filters
        }
        found = self._store.refunds(wanted)
        shown = [copy.deepcopy(each) for each in found[:limit]]
        return {"object": "list", "data": shown, "has_more": len(found) > limit, "url": "/v1/refunds"}

    def _show(self, got: Received, room: str, identity: str) -> Obj:
        _ONLY_EXPAND.read(got.params)
        found = self._store.find(identity)
        if found is None or found["object"] != _SINGLE[room]:
            raise missing(_SINGLE[room], identity, param="intent" if room == "payment_intents" else "id")
        return self._expanded(found, got.params)

    def _list_events(self, got: Received) -> Obj:
        return list_events(got.params, self._store, self._levers.time())

    def _show_event(self, got: Received, event_id: str) -> Obj:
        _ONLY_EXPAND.read(got.params)
        return shown_event(event_id, self._store)

    def _expanded(self, found: Obj, params: Obj) -> Obj:
        paths = _EXPAND["expand"].read(params["expand"], "expand") if "expand" in params else []
        with self._store.look():
            return expanded(found, paths, self._store)

    def _note(self, got: Received) -> Received:
        with self._lock:
            self._count += 1
            numbered = replace(got, number=self._count)
            self._log.append(numbered)
        return numbered

    def _settle(self, got: Received, answer: Answer) -> None:
        replayed = ("Idempotent-Replayed", "true") in answer.headers
        settled = replace(got, status=None if answer.dropped else answer.status, replayed=replayed)
        with self._lock:
            for place, known in enumerate(self._log):
                if known.number == got.number:
                    self._log[place] = settled


_ROUTES: tuple[tuple[str, str, Callable[..., Obj]], ...] = (
    ("POST", r"/v1/checkout/sessions", Api._create_session),
    ("GET", r"/v1/checkout/sessions/([^/]+)", Api._show_session),
    ("POST", r"/v1/checkout/sessions/([^/]+)/expire", Api._expire_session),
    ("POST", r"/v1/refunds", Api._create_refund),
    ("GET", r"/v1/refunds", Api._list_refunds),
    ("GET", r"/v1/(refunds|payment_intents|charges|disputes)/([^/]+)", Api._show),
    ("GET", r"/v1/events", Api._list_events),
    ("GET", r"/v1/events/([^/]+)", Api._show_event),
)


def _check_version(version: str | None) -> None:
    if version not in (None, objects.API_VERSION):
        raise Refusal(f"This stand-in speaks {objects.API_VERSION} only, not {version}.")


def _shown(headers: dict[str, str]) -> dict[str, str]:
    credential = headers.get("authorization")
    return {**headers, "authorization": "…" + credential[-4:]} if credential else dict(headers)


def _finished(answer: Answer, request_id: str, headers: dict[str, str]) -> Answer:
    standing = [("Request-Id", request_id), ("Stripe-Version", objects.API_VERSION)]
    key = headers.get("idempotency-key")
    if key is not None:
        standing.append(("Idempotency-Key", key))
    return replace(answer, headers=(*answer.headers, *standing))

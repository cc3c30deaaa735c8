"""`StripeStandIn`: the whole thing put together, to be run in a thread by tests or alone by the command line."""

import copy
import http.client
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from coachapp.demo.stripe_standin.answers import Obj
from coachapp.demo.stripe_standin.api import Api, Received
from coachapp.demo.stripe_standin.event_list import shown_event
from coachapp.demo.stripe_standin.keys import refuse_live_key
from coachapp.demo.stripe_standin.levers import Levers
from coachapp.demo.stripe_standin.server import Server
from coachapp.demo.stripe_standin.store import Delivery, Store
from coachapp.demo.stripe_standin.till import Till
from coachapp.demo.stripe_standin.webhooks import Courier, Timetable, check_address

RETRY_AFTER_SECONDS = (0.5, 2.0, 5.0)
SWEEP_SECONDS = 0.5
_ORDERS = frozenset({"reset", "resend", "fail_refund", "dispute", "close_dispute"})


class StripeStandIn:
    """A pretend Stripe on 127.0.0.1.

    `secrets` sign the webhooks (one `v1` each). `state_file` keeps everything over a restart. `beside_key` is the key
    the app is configured with: a live one raises LiveKeyRefused. Port 0 takes any free one. Durations in seconds.
    """

    def __init__(
        self,
        webhook_url: str | None = None,
        secrets: Sequence[str] = ("whsec_demo",),
        *,
        port: int = 0,
        state_file: Path | None = None,
        beside_key: str | None = None,
        retry_after: Sequence[float] = RETRY_AFTER_SECONDS,
        statement_prefix: str = "QUIET HARB",
    ) -> None:
        refuse_live_key(beside_key)
        if webhook_url:
            check_address(webhook_url)
        self._stopped = threading.Event()
        self._table = Timetable()
        self._store, self.levers = Store(state_file), Levers(webhook_url)
        self._courier = Courier(self._store, self.levers, secrets, retry_after, self._table)
        self._till = Till(self._store, self.levers, self._courier, self._table, statement_prefix)
        self._api = Api(self._store, self.levers, self._till, self._courier, self._stopped.wait)
        self._server = Server(port, self._api, self._till, self._store, self.levers, self.state, self._order)
        self.port: int = self._server.server_port
        self.api_base = f"http://127.0.0.1:{self.port}"
        self.pay_base = f"http://localhost:{self.port}"
        self._till.move_to(self.pay_base)
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._serve, self._sweep)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to answer; webhooks still on their way from an earlier run are sent."""
        for thread in self._threads:
            thread.start()
        self._courier.send_pending()

    def stop(self) -> None:
        """Stop answering, cut open lines, drop what was to come later."""
        self._stopped.set()
        self._server.shutdown()
        self._server.cut_lines()
        self._server.server_close()
        self._table.close()
        for thread in self._threads:
            thread.join()

    def wait(self) -> None:
        """Block until stopped."""
        self._stopped.wait()

    def lever(self, **changes: Any) -> None:
        """Move levers, for example `lever(webhook_first=5, fail_next={"status": 500, "times": 2})`."""
        self._order(changes)

    def reset(self) -> None:
        """Put every lever back; the webhook address stays."""
        self._order({"reset": True})

    def pay(self, session_id: str) -> str:
        """Press Pay over HTTP as a browser does; returns where it leads."""
        return self._press(session_id, "pay")

    def decline(self, session_id: str) -> str:
        """Press Card declined over HTTP; returns where it leads."""
        return self._press(session_id, "decline")

    def go_back(self, session_id: str) -> str:
        """Press Go back over HTTP; returns where it leads."""
        return self._press(session_id, "back")

    def resend(self, event_id: str) -> None:
        """Deliver an event once more."""
        self._courier.send_again(event_id)

    def fail_refund(self, refund_id: str) -> None:
        """Let a refund fail now."""
        self._till.fail_refund(refund_id)

    def dispute(self, charge_id: str) -> str | None:
        """Let the payer's bank dispute a charge; returns the dispute's id."""
        return self._till.dispute(charge_id)

    def close_dispute(self, dispute_id: str, outcome: str = "lost") -> None:
        """Let the bank decide a dispute: won or lost."""
        self._till.close_dispute(dispute_id, outcome)

    def wait_idle(self, timeout: float = 10) -> bool:
        """True as soon as no webhook, retry or failing refund is waiting; False after `timeout` seconds."""
        return self._table.wait_idle(timeout)

    @property
    def requests(self) -> tuple[Received, ...]:
        """API requests received by this run, oldest first."""
        return self._api.received

    @property
    def events(self) -> tuple[Obj, ...]:
        """Every event so far, oldest first."""
        with self._store.look() as books:
            return tuple(shown_event(event_id, self._store) for event_id in books.events)

    @property
    def deliveries(self) -> dict[str, Delivery]:
        """What became of each event's webhook, by event id."""
        with self._store.look() as books:
            return copy.deepcopy(books.deliveries)

    @property
    def sessions(self) -> dict[str, Obj]:
        """Every session by id, oldest first."""
        with self._store.look() as books:
            return copy.deepcopy(books.sessions)

    def state(self) -> Obj:
        """All of it as plain data: what `GET /__state` answers."""
        with self._store.look() as books:
            return {
                **copy.deepcopy(asdict(books)),
                "levers": self.levers.shown(),
                "requests": [asdict(got) for got in self.requests],
                "now": self.levers.time(),
                "idle": self.wait_idle(0),
            }

    def _order(self, changes: Obj) -> None:
        if changes.get("reset"):
            self.levers.rest()
        if changes.get("webhook_url"):
            check_address(changes["webhook_url"])
        self.levers.move({name: value for name, value in changes.items() if name not in _ORDERS})
        if "resend" in changes:
            self.resend(changes["resend"])
        if "fail_refund" in changes:
            self.fail_refund(changes["fail_refund"])
        if "dispute" in changes:
            self.dispute(changes["dispute"])
        if "close_dispute" in changes:
            self.close_dispute(changes["close_dispute"])
        self._till.expire_due()

    def _press(self, session_id: str, act: str) -> str:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", f"/pay/{session_id}", urlencode({"act": act}), form)
            answer = line.getresponse()
            answer.read()
            where = answer.headers["Location"]
        finally:
            line.close()
        if answer.status != 303 or where is None:
            raise RuntimeError(f"the pay page answered {answer.status} to {act}")
        return where if urlsplit(where).netloc else self.pay_base + where

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def _sweep(self) -> None:
        while not self._stopped.wait(SWEEP_SECONDS):
            self._till.expire_due()

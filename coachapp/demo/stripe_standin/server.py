"""The HTTP side: one handler that hands API requests, the pay page and the levers to those who answer them."""

import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from coachapp.demo.stripe_standin import page
from coachapp.demo.stripe_standin.answers import Answer, Obj, Refusal
from coachapp.demo.stripe_standin.api import Api
from coachapp.demo.stripe_standin.levers import Levers
from coachapp.demo.stripe_standin.store import Store
from coachapp.demo.stripe_standin.till import Till
from coachapp.demo.stripe_standin.webhooks import LOOPBACK, check_address

LARGEST_BODY = 1024 * 1024
STYLE = (Path(__file__).parent / "pay.css").read_bytes()


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 only and can cut its open lines, so that stopping is at once."""

    daemon_threads = True

    def __init__(
        self,
        port: int,
        api: Api,
        till: Till,
        store: Store,
        levers: Levers,
        state: Callable[[], Obj],
        act: Callable[[Obj], None],
    ) -> None:
        self.api, self.till, self.store, self.levers, self.state, self.act = (
            api,
            till,
            store,
            levers,
            state,
            act,
        )
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._lines.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._lines.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hung up is no news."""

    def cut_lines(self) -> None:
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Handler(BaseHTTPRequestHandler):
    """One connection. `/v1` is Stripe's API, `/pay` the page, `/__levers` and `/__state` are for tests."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True

    @property
    def _home(self) -> Server:
        return cast(Server, self.server)

    def do_GET(self) -> None:
        self._respond("")

    def do_POST(self) -> None:
        body = self._body()
        if body is not None:
            self._respond(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are kept in memory for `/__state`; nothing is written out."""

    def _respond(self, body: str) -> None:
        parts = urlsplit(self.path)
        if not self._is_neighbour():
            self._json(403, {"error": "only from this machine"})
        elif parts.path.startswith("/v1/"):
            text = body if self.command == "POST" else parts.query
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._api(self._home.api.handle(self.command, parts.path, text, headers))
        elif parts.path == "/pay.css":
            self._send(200, STYLE, "text/css; charset=utf-8", (("Cache-Control", "max-age=3600"),))
        elif parts.path.startswith("/pay/"):
            self._pay(parts.path.removeprefix("/pay/"), parts.query, body)
        elif parts.path == "/__state" and self.command == "GET":
            self._json(200, self._home.state())
        elif parts.path == "/__levers" and self.command == "POST":
            self._move_levers(body)
        else:
            self._page(404, page.unknown())

    def _api(self, answer: Answer) -> None:
        if answer.dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._json(answer.status, answer.body, answer.headers)

    def _pay(self, session_id: str, query: str, body: str) -> None:
        try:
            session = self._home.till.session(session_id)
        except Refusal:
            self._page(404, page.unknown())
            return
        if self.command == "POST" and session["status"] == "open":
            self._choose(session, parse_qs(body).get("act", [""])[0])
        elif session["status"] == "open":
            lines = self._home.store.line_items(session_id)
            self._page(200, page.to_pay(session, lines, "declined" in query), session)
        elif session["status"] == "complete":
            self._page(200, page.done(session), session)
        else:
            self._page(410, page.ended(session), session)

    def _choose(self, session: Obj, act: str) -> None:
        if act == "pay":
            self._home.till.pay(session["id"])
            self._go(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), session)
        elif act == "decline":
            self._home.till.decline(session["id"])
            self._go(f"/pay/{session['id']}?declined", session)
        elif act == "back" and session["cancel_url"]:
            self._go(session["cancel_url"], session)
        else:
            lines = self._home.store.line_items(session["id"])
            self._page(400, page.to_pay(session, lines, declined=False), session)

    def _move_levers(self, body: str) -> None:
        if self.headers.get_content_type() != "application/json":
            self._json(415, {"error": "send JSON"})
            return
        try:
            changes = json.loads(body)
            if not isinstance(changes, dict):
                raise ValueError("send an object")
            if changes.get("webhook_url"):
                check_address(changes["webhook_url"])
            self._home.act(changes)
        except ValueError as error:
            self._json(400, {"error": str(error)})
            return
        self._json(200, {"levers": self._home.levers.shown()})

    def _is_neighbour(self) -> bool:
        """Only this machine, and only under its own names: a page elsewhere cannot reach in by another name."""
        host = urlsplit("//" + self.headers.get("Host", "")).hostname
        return ip_address(self.client_address[0]).is_loopback and host in LOOPBACK

    def _body(self) -> str | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._json(413, {"error": "too large"})
            return None
        return self.rfile.read(int(length)).decode("utf-8", "replace")

    def _go(self, address: str, session: Obj) -> None:
        policy = ("Content-Security-Policy", page.content_policy(session))
        self._send(303, b"", "text/html; charset=utf-8", (("Location", address), policy))

    def _page(self, status: int, html: str, session: Obj | None = None) -> None:
        policy = ("Content-Security-Policy", page.content_policy(session))
        self._send(status, html.encode(), "text/html; charset=utf-8", (policy,))

    def _json(self, status: int, body: Obj, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self._send(status, json.dumps(body, indent=2).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: tuple[tuple[str, str], ...]) -> None:
        self.send_response(status)
        standing = {
            "Cache-Control": "no-store",
            "Content-Length": str(len(body)),
            "Content-Type": kind,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        for name, value in {**standing, **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

"""A client and a coach of this room's tests, made through the same operations as in life, and their codes."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from coachapp import clock
from coachapp.accounts import operations
from coachapp.accounts.hashing import Hasher, hasher
from coachapp.clients.operations import new_client
from coachapp.practice.operations import add_coach
from tests.cast import ALEX, NORA
from tests.plain_browser import Browser

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
COACH_PASSPHRASE = NORA.passphrase
PIN = "4711"


@dataclass(frozen=True)
class Made:
    """Who was made: the coach's number and account, the client and her link."""

    coach_id: int
    coach_account: UUID
    client_id: UUID
    join_token: str


def make(app: Flask) -> Made:
    """Nora, ready to sign in, and Alex, who holds a link to join."""
    with app.app_context():
        now = clock.now()
        coach_id = add_coach(first_name="Nora", full_name="Nora Ellis", zone=NORA.zone, email=NORA.email)
        account = operations.add_ready_coach(
            coach_id, NORA.login, COACH_PASSPHRASE, SECRET, now=now, hasher=hasher()
        )
        client_id = new_client(coach_id, ALEX.zone, now=now, name=ALEX.name)
        return Made(coach_id, account, client_id, operations.make_join_token(client_id, now))


def join(browser: Browser, made: Made, pin: str = "") -> None:
    """Alex joins with her own passphrase."""
    browser.fill(f"/join/{made.join_token}", {"name": ALEX.login, "passphrase": ALEX.passphrase, "pin": pin})
    assert browser.page is not None and browser.page.status_code == 303, browser.text


def sign_in(browser: Browser, name: str, passphrase: str) -> int:
    """Send the sign-in form; the status of the answer."""
    return browser.fill("/sign-in", {"name": name, "passphrase": passphrase}).status_code


def sign_coach_in(browser: Browser, code: str | None = None) -> int:
    """Nora signs in with both steps; the status of the last answer."""
    assert sign_in(browser, NORA.login, COACH_PASSPHRASE) == 303
    return browser.fill("/sign-in/code", {"code": code or code_now()}).status_code


def sign_out(browser: Browser, page: str = "/me/canary") -> TestResponse:
    """Press "Sign out" on a private page."""
    browser.get(page)
    return browser.post("/sign-out")


def code_now(after: timedelta = timedelta(0), secret: str = SECRET) -> str:
    """The six figures of the app, now or a little later."""
    return pyotp.TOTP(secret).at(clock.now() + after)


def cookie(browser: Browser, name: str = "s") -> str | None:
    found = browser.client.get_cookie(name)
    return found.value if found else None


class CountingHasher(Hasher):
    """A hasher that counts its checks, and how many ran at once."""

    def __init__(self) -> None:
        super().__init__(cheap=True)
        self.checks = 0

    def matches(self, kept: str | None, text: str) -> bool:
        self.checks += 1
        return super().matches(kept, text)


class Statements:
    """`with Statements(app) as seen:` every statement sent to the data's database meanwhile."""

    def __init__(self, app: Flask) -> None:
        self._engine = app.extensions["engine"]
        self.all: list[str] = []

    def __enter__(self) -> "Statements":
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.all.append(statement)


def without_token(page: str) -> str:
    """A page's body without the one thing that differs each time."""
    return re.sub(r'(name="csrf_token" value=|data-csrf=)"[^"]*"', "", page)

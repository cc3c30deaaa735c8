"""A small practice for tests of sheets and of the client's space: Nora the coach, Alex and Maya with accounts.

A room's conftest imports the fixtures it needs from here.
"""

from dataclasses import dataclass
from uuid import UUID

import pyotp
import pytest
from flask import Flask

from coachapp import clock
from coachapp.accounts import operations as accounts
from coachapp.accounts.hashing import hasher
from coachapp.clients.operations import new_client
from coachapp.clients.queries import client
from coachapp.clients.rules import State
from coachapp.practice.operations import add_coach
from coachapp.worksheets.operations import assign
from coachapp.worksheets.publishing import publish, publish_library
from coachapp.worksheets.queries import template
from coachapp.worksheets.template_file import read_template
from tests.cast import ALEX, MAYA, NORA, Person
from tests.plain_browser import Browser
from tests.worksheets.cases import EVERY_TYPE

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FETCH = {"Sec-Fetch-Mode": "cors"}


@dataclass(frozen=True)
class Practice:
    """Who is there: the app, the coach's number, and both clients with their references."""

    app: Flask
    coach_id: int
    alex: UUID
    maya: UUID
    alex_ref: str
    maya_ref: str

    def give(self, client_id: UUID, key: str = "a-message-came", note: str = "") -> UUID:
        """Give a sheet, as the coach does."""
        with self.app.app_context():
            return assign(template(key).id, client_id, note, now=clock.now())

    def sign_in(self, person: Person) -> Browser:
        """A browser in which this person is signed in, at her own home."""
        browser = Browser(self.app)
        browser.fill("/sign-in", {"name": person.login, "passphrase": person.passphrase})
        if person is NORA:
            browser.fill("/sign-in/code", {"code": self._code()})
        assert browser.page is not None and browser.page.status_code == 303, browser.text
        return browser

    def another_coach(self) -> int:
        """A second coach of the practice, with clients of her own."""
        with self.app.app_context():
            return add_coach(first_name="Ines", full_name="Ines Prado", zone="Europe/Madrid")

    def _code(self) -> str:
        return pyotp.TOTP(SECRET).at(clock.now())


@pytest.fixture
def practice(app: Flask) -> Practice:
    """Nora, Alex and Maya, each able to sign in; the library and one template of every type are published."""
    return small_practice(app)


def small_practice(app: Flask) -> Practice:
    """The same for whoever opens an app for more than one test."""
    with app.app_context():
        now = clock.now()
        coach_id = add_coach(first_name="Nora", full_name="Nora Ellis", zone=NORA.zone, email=NORA.email)
        accounts.add_ready_coach(coach_id, NORA.login, NORA.passphrase, SECRET, now=now, hasher=hasher())
        publish_library(now)
        publish(read_template(EVERY_TYPE, "every-type.yaml"), now)
        ids = [_join(coach_id, person) for person in (ALEX, MAYA)]
        refs = [client(client_id).ref for client_id in ids]
    return Practice(app, coach_id, *ids, *refs)


def _join(coach_id: int, person: Person) -> UUID:
    now = clock.now()
    client_id = new_client(coach_id, person.zone, now=now, name=person.name, state=State.ACTIVE)
    token = accounts.make_join_token(client_id, now)
    accounts.join(token, person.login, person.passphrase, None, now=now, hasher=hasher())
    return client_id


def save(browser: Browser, number: int, answers: dict[str, object], revision: int, **more: object):
    """What our script sends while someone writes: the whole form, with the revision its page stands on."""
    return browser.post(
        f"/me/worksheets/{number}/save", {"revision": str(revision), **answers}, headers=FETCH, **more
    )

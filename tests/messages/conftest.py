"""Nora's practice with real mail, and people who write to her."""

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from coachapp import clock, db
from coachapp.clients.operations import set_state
from coachapp.clients.rules import State
from coachapp.config import Config
from coachapp.demo.mail_catcher import CaughtMail, MailCatcher
from coachapp.notifications.operations import send_due
from coachapp.tick import run_tick
from tests.apps import open_app
from tests.desk.people import Desk, at_desk, set_up
from tests.plain_browser import Browser
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

CODE = re.compile(r'translate="no">([^<]+)<')
WORDS = "May I ask how a first talk goes?"


class Writer(Browser):
    """Someone without an account who writes a few words."""

    def write(self, words: str = WORDS, path: str = "/write", **typed: str) -> str:
        """Fill in the form as the page holds it; the four words, or nothing if it was refused."""
        self.get(path)
        return self.press(words, path, **typed)

    def press(self, words: str = WORDS, path: str = "/write", **typed: str) -> str:
        """Press the button of the page that is open."""
        self.post(path, {"once": self.hidden("once"), "words": words, **typed})
        found = CODE.search(self.page.get_data(as_text=True))
        return found[1] if found else ""

    def look(self, code: str) -> int:
        """Type the four words; the status of the answer."""
        return self.fill("/write/answer", {"code": code}).status_code


@dataclass
class House:
    """The app with the coach's desk, and the mails it sends."""

    app: Flask
    desk: Desk
    mail: MailCatcher

    def writer(self) -> Writer:
        return Writer(self.app)

    def nora(self) -> Browser:
        return at_desk(self.app)

    def tick(self, later: timedelta = timedelta()) -> None:
        assert run_tick(self.app, clock.now() + later) == ()

    def mails_to(self, address: str) -> list[CaughtMail]:
        """What has left for this address by now."""
        with self.app.app_context():
            send_due(self.app.extensions["mailer"], now=clock.now())
        return [mail for mail in self.mail.mails() if mail.to == (address,)]

    def rows(self, *columns: Any) -> list[Any]:
        with self.app.app_context():
            return [tuple(row) for row in db.session().execute(sa.select(*columns))]


@pytest.fixture
def house(settings: Config, mail_catcher: MailCatcher) -> Iterator[House]:
    with open_app(dataclasses.replace(settings, smtp_url=mail_catcher.url)) as app:
        desk = set_up(app)
        with app.app_context():
            set_state(desk.made.client_id, State.ACTIVE)
        yield House(app, desk, mail_catcher)


@pytest.fixture
def writer(house: House) -> Writer:
    return house.writer()


@pytest.fixture
def nora(house: House) -> Browser:
    return house.nora()

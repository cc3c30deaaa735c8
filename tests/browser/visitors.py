"""People with browsers at the house `make run` serves: what they ask over plain HTTP shares
the cookies of their pages."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from playwright.sync_api import APIResponse, BrowserContext, Page
from playwright.sync_api import Browser as ChromiumBrowser

from coachapp import clock
from coachapp.demo import practice
from tests.live import LiveServer

PASSPHRASE = "gravel lantern teapot otter"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
USUAL = {"locale": "en-GB", "timezone_id": "Europe/Madrid", "reduced_motion": "reduce"}


@dataclass
class Visitor:
    """One person's browser: its pages, and plain requests beside them."""

    context: BrowserContext
    url: str
    name: str = ""

    def get(self, path: str, **more: Any) -> APIResponse:
        """Ask for a page; redirects are not followed."""
        return self.context.request.get(self.url + path, max_redirects=0, **more)

    def send(self, path: str, form: Mapping[str, str], opened: str = "") -> APIResponse:
        """Send a form with the token of the page it stands on (`opened`, or the same address)."""
        token = TOKEN.search(self.get(opened or path).text())
        assert token, f"no form at {opened or path}"
        data = {"csrf_token": token[1], **form}
        return self.context.request.post(self.url + path, form=data, max_redirects=0)

    def page(self, path: str = "") -> Page:
        """A tab, opened at this address if there is one."""
        page = self.context.new_page()
        if path:
            page.goto(self.url + path)
        return page

    # ---- the booking road ----

    def hold(self, slug: str, at: str = "") -> None:
        """Keep the first free time; `at` is where it is chosen, if not on the page of its own."""
        today = clock.now().date()
        query = f"from={today}&to={today + timedelta(days=21)}&tz=UTC"
        days = self.get(f"/book/{slug}/times.json?{query}").json()["days"]
        start = datetime.fromisoformat(days[0]["times"][0]["start"])
        answer = self.send(f"/book/{at or slug}", {"slot": str(int(start.timestamp()) // 60), "tz": "UTC"})
        assert answer.status == 303, answer.status

    def tell(self, name: str = "Robin", inbox: str = "only_me", email: str = "robin@example.com") -> None:
        """Fill in the details; the four words come next."""
        typed = {"name": name, "inbox": inbox, "email": email, "hope": "A plan.", "agree": "y"}
        assert self.send("/book/details", typed).status == 303

    def pay(self, act: str = "pay", at: str = "/book/code", **typed: str) -> str:
        """Press Pay (or `back`) at the pretend Stripe; returns the path of our page it leads back to."""
        there = self.send(at, typed).headers["location"]
        back = self.context.request.post(there, form={"act": act}, max_redirects=0).headers["location"]
        return urlsplit(back).path

    def book(self, slug: str = "first-conversation", **typed: str) -> str:
        """Book what is free of charge; returns the path of the booked time."""
        self.hold(slug)
        self.tell(**typed)
        self.send("/book/code", {})
        return self.get("/book/done").headers["location"]

    # ---- signing in ----

    def join(self, name: str, place: str, pin: str = "") -> None:
        """From a booked time to a private space, signed in."""
        found = re.search(r'"(/join/[^"]+)"', self.get(place).text())
        assert found, "the booked time leads to a private space"
        answer = self.send(found[1], {"name": name, "passphrase": PASSPHRASE, "pin": pin})
        assert answer.status == 303, answer.text()
        self.name = name

    def sign_in(self, name: str, passphrase: str = PASSPHRASE) -> None:
        """With a name and a passphrase; the coach also gives the code of this half minute, or of the next."""
        answer = self.send("/sign-in", {"name": name, "passphrase": passphrase})
        assert answer.status == 303, answer.text()
        if answer.headers["location"] == "/sign-in/code":
            codes = (practice.code(clock.now() + timedelta(seconds=late)) for late in (0, 30))
            assert any(self.send("/sign-in/code", {"code": code}).status == 303 for code in codes)

    def take(self, key: str = "a-message-came") -> str:
        """Take a worksheet; returns its path."""
        return self.send(f"/me/worksheets/take/{key}", {}, "/me/worksheets").headers["location"]


@dataclass
class House:
    """What the visitors visit. `for_a_while` gives a house whose browsers are closed at its end."""

    chromium: ChromiumBrowser
    server: LiveServer
    _states: dict[str, Any] = field(default_factory=dict)
    _contexts: list[BrowserContext] = field(default_factory=list)

    @contextmanager
    def for_a_while(self) -> Iterator["House"]:
        """The same house, with the same two shared sign-ins and visitors of its own."""
        inner = House(self.chromium, self.server, self._states)
        yield inner
        for context in inner._contexts:
            context.close()

    def visitor(self, **more: Any) -> Visitor:
        """A new browser that was never here."""
        context = self.chromium.new_context(**{**USUAL, **more})
        self._contexts.append(context)
        return Visitor(context, self.server.url)

    def member(self, pin: str = "", **more: Any) -> Visitor:
        """A new client, signed in; she signs in with `visitor.name`."""
        visitor = self.visitor(**more)
        visitor.join(f"robin-{token_hex(4)}", visitor.book(inbox="none", email=""), pin)
        return visitor

    def maya(self, **more: Any) -> Visitor:
        """The demo's client. Her sign-in is shared by all tests: end it nowhere."""
        return self._shared(practice.CLIENT_NAME, practice.CLIENT_PASSPHRASE, more)

    def nora(self, **more: Any) -> Visitor:
        """The demo's coach, likewise."""
        return self._shared(practice.COACH_NAME, practice.COACH_PASSPHRASE, more)

    @contextmanager
    def who_books(self, who: str) -> Iterator[None]:
        """The practice's choice of who may book, for a moment, straight in the database; then everyone again."""
        self._set_who_books(who)
        try:
            yield
        finally:
            self._set_who_books("open")

    def _set_who_books(self, who: str) -> None:
        found = Path(self.server.instance) / "coachapp.sqlite3"
        with closing(sqlite3.connect(found, timeout=20)) as line, line:
            line.execute("UPDATE practice SET who_books = ?", [who])

    def idle_for(self, minutes: int) -> None:
        """Turn time for the client who signed in last, as if she had done nothing for so long."""
        found = Path(self.server.instance) / "coachapp.sqlite3"
        with closing(sqlite3.connect(found, timeout=20)) as line, line:
            line.execute(
                "UPDATE sign_in SET seen_at = strftime('%Y-%m-%d %H:%M:%f', seen_at, ?) || '000' "
                "WHERE rowid = (SELECT max(rowid) FROM sign_in)",
                [f"-{minutes} minutes"],
            )

    def last_begins(self, minutes: int, *, elsewhere: bool = False) -> tuple[str, str]:
        """Turn the clock for the time booked last, so many minutes from now; its client's reference and its place.

        `elsewhere` gives it to the coach added last, whose day is empty, and gives her a room.
        """
        begins = clock.now() + timedelta(minutes=minutes)
        at = [f"{each:%Y-%m-%d %H:%M:%S.%f}" for each in (begins, begins + timedelta(minutes=20))]
        last = "(SELECT appointment_id FROM place ORDER BY rowid DESC LIMIT 1)"
        with (
            closing(sqlite3.connect(Path(self.server.instance) / "coachapp.sqlite3", timeout=20)) as line,
            line,
        ):
            if elsewhere:
                line.execute("UPDATE coach SET room_link = 'https://meet.example.com/lena' WHERE id > 1")
                line.execute(
                    f"UPDATE appointment SET coach_id = (SELECT max(id) FROM coach) WHERE id = {last}"
                )
            line.execute(f"UPDATE appointment SET starts_at = ?, ends_at = ? WHERE id = {last}", at)
            row = line.execute(
                "SELECT ref, place.id FROM place JOIN client ON client.id = client_id ORDER BY place.rowid DESC"
            ).fetchone()
        return row[0], str(UUID(row[1]))

    def last_is_a_guest(self) -> str:
        """The time booked last is that of a client of the coach added last; returns its place."""
        last = "SELECT place.id, client_id FROM place ORDER BY rowid DESC LIMIT 1"
        with (
            closing(sqlite3.connect(Path(self.server.instance) / "coachapp.sqlite3", timeout=20)) as line,
            line,
        ):
            place_id, client_id = line.execute(last).fetchone()
            line.execute(
                "UPDATE client SET coach_id = (SELECT max(id) FROM coach) WHERE id = ?", (client_id,)
            )
        return str(UUID(place_id))

    def last_ref(self) -> str:
        """The reference of whoever chose a time last."""
        with closing(sqlite3.connect(Path(self.server.instance) / "coachapp.sqlite3", timeout=20)) as line:
            found = "SELECT ref FROM place JOIN client ON client.id = client_id ORDER BY place.rowid DESC"
            return str(line.execute(found).fetchone()[0])

    def last_place(self) -> str:
        """The place of the time that was chosen last."""
        with closing(sqlite3.connect(Path(self.server.instance) / "coachapp.sqlite3", timeout=20)) as line:
            return str(UUID(line.execute("SELECT id FROM place ORDER BY rowid DESC LIMIT 1").fetchone()[0]))

    def _shared(self, name: str, passphrase: str, more: dict[str, Any]) -> Visitor:
        """A browser with the sign-in this person has already; a new sign-in once that one is over."""
        visitor = self.visitor(storage_state=self._states.get(name), **more)
        if visitor.get("/sign-in").status == 200:
            visitor.sign_in(name, passphrase)
            self._states[name] = visitor.context.storage_state()
        return visitor

"""Alex and Nora in real browsers at one practice, for tests of writing: each test has a sheet of its own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser as ChromiumBrowser
from playwright.sync_api import BrowserContext, Page

from coachapp.worksheets import queries
from coachapp.worksheets.answers import Value
from tests.cast import NORA, Person
from tests.plain_browser import Browser
from tests.road import bound, serving
from tests.sheets import Practice

USUAL = {"locale": "en-GB", "timezone_id": "Europe/Madrid", "reduced_motion": "reduce"}


@dataclass
class Desks:
    """The practice, served; `sheet` is the number of this test's sheet."""

    chromium: ChromiumBrowser
    practice: Practice
    url: str
    sheet: int = 0
    _contexts: list[BrowserContext] = field(default_factory=list)
    _plain: dict[str, Browser] = field(default_factory=dict)

    def new_sheet(self, key: str = "every-type") -> None:
        self.practice.give(self.practice.alex, key)
        self.sheet += 1

    def device(self, person: Person) -> BrowserContext:
        """One more device on which this person is signed in; the sign-in is the same as long as it is open."""
        context = self.chromium.new_context(**USUAL)
        self._contexts.append(context)
        known = self._plain.get(person.login)
        if known is None or known.get("/desk/" if person is NORA else "/me/").status_code != 200:
            known = self._plain[person.login] = self.practice.sign_in(person)
        self.take_on(context, known)
        return context

    def take_on(self, context: BrowserContext, plain: Browser) -> None:
        """Give a device the sign-in of a plain browser, as if made in another tab of it."""
        found = {name: plain.client.get_cookie(name) for name in ("s", "v", "d")}
        context.add_cookies(
            [
                {"name": name, "value": cookie.value, "url": self.url, "sameSite": "Lax", "httpOnly": True}
                for name, cookie in found.items()
                if cookie
            ]
        )

    def hers(self, context: BrowserContext) -> Page:
        """Alex's sheet in a new tab."""
        return self._tab(context, f"/me/worksheets/{self.sheet}")

    @property
    def list(self) -> str:
        """Where Nora sees what Alex was given."""
        return f"/desk/clients/{self.practice.alex_ref}/worksheets"

    def list_at_desk(self, context: BrowserContext) -> Page:
        """The same in a new tab."""
        return self._tab(context, self.list)

    def stored(self) -> dict[str, Value]:
        """What the database holds of the sheet, unsealed."""
        with self.practice.app.app_context():
            return queries.answers_of(queries.sheet(self.practice.alex, self.sheet))

    def close(self) -> None:
        """Close this test's devices."""
        while self._contexts:
            self._contexts.pop().close()

    def _tab(self, context: BrowserContext, path: str) -> Page:
        page = context.new_page()
        page.goto(self.url + path)
        return page


@contextmanager
def desks(chromium: ChromiumBrowser, practice: Practice) -> Iterator[Desks]:
    """Serve the practice for a while."""
    server = bound([practice.app])
    with ExitStack() as stack:
        stack.enter_context(serving(server))
        found = Desks(chromium, practice, f"http://127.0.0.1:{server.server_port}")
        yield found
        found.close()

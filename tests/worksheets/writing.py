"""A coach writing a draft in a browser without script: every press sends the whole form, as the page holds it."""

import re
from html.parser import HTMLParser

from coachapp.worksheets.draft_queries import drafts
from tests.plain_browser import Browser


class _Form(HTMLParser):
    """What a browser would send of the form `draft`, buttons left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._area = self._select = ""
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self._inside = found.get("id") == "draft"
        name = found.get("name", "")
        if not name or not (self._inside or found.get("form") == "draft"):
            if tag == "option" and self._select and "selected" in found:
                self.sent[self._select] = found["value"]
            return
        if tag == "textarea":
            self._area = name
            self.sent[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self.sent[name] = found.get("value", "")

    def handle_data(self, data):
        if self._area:
            self.sent[self._area] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area:
            self.sent[self._area] = self.sent[self._area].removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._inside = False


class Writer:
    """A signed-in coach with one draft open; `typed` is what stands in its form now."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.path, self.typed = browser, "", {}

    def begin(self, address: str = "new/worksheet") -> "Writer":
        """Begin a draft by a button of the library, or of a template's page."""
        self.browser.get("/desk/worksheets")
        answer = self.browser.post(f"/desk/worksheets/{address}")
        assert answer.status_code == 303, self.browser.text
        return self.open(answer.headers["Location"])

    def open(self, path: str) -> "Writer":
        self.path = path.partition("#")[0]
        self.browser.get(self.path)
        return self._read()

    def press(self, do: str, **typed: str) -> int:
        """Press a button after typing; the names have _ for -. Returns the status; follows redirects back."""
        self.typed |= {re.sub(r"(?<=\d)_", "-", name): words for name, words in typed.items()}
        answer = self.browser.client.post(self.path, data={**self.typed, "do": do})
        self.browser.page = answer
        status = answer.status_code
        self.landed = answer.headers.get("Location", "")
        if status == 303:
            self.browser.get(self.landed.partition("#")[0])
        self._read()
        return status

    def template(self):
        """The draft as it is stored."""
        with self.browser.client.application.app_context():
            return next(row.template for row in drafts() if str(row.id) in self.path)

    def labels(self) -> list[list[str]]:
        return [[field.label for field in section.fields] for section in self.template().sections]

    def _read(self) -> "Writer":
        self.typed = _Form(self.browser.page.get_data(as_text=True)).sent
        return self

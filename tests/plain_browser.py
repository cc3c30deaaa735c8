"""A browser without script, for tests through HTTP: keeps cookies and sends the forms that pages really hold."""

import html
import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse


class Browser:
    """Someone's browser. `page` is the last answer; redirects are followed only by `follow`."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page: TestResponse | None = None

    def get(self, path: str, **more: Any) -> TestResponse:
        self.page = self.client.get(path, **more)
        return self.page

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form with the token that the present page holds (a page must have been opened before)."""
        self.page = self.client.post(path, data={"csrf_token": self.token, **(data or {})}, **more)
        return self.page

    def fill(self, path: str, data: dict[str, Any]) -> TestResponse:
        """Open a page and send its form to the same address."""
        self.get(path)
        return self.post(path, data)

    def follow(self) -> TestResponse:
        """Go where the last answer sends, once or several times."""
        while self.page is not None and self.page.status_code in (301, 302, 303):
            self.get(self.page.headers["Location"])
        assert self.page is not None
        return self.page

    @property
    def token(self) -> str:
        """What the forms of the present page carry, so that only they are taken."""
        return self.hidden("csrf_token")

    def hidden(self, name: str) -> str:
        """What a field that nobody sees holds on the present page, the last one of that name."""
        page = self.page.get_data(as_text=True) if self.page else ""
        for field in reversed(re.findall(r"<input [^>]*>", page)):
            if 'type="hidden"' in field and f'name="{name}"' in field:
                value = re.search(r'value="([^"]*)"', field)
                return html.unescape(value[1]) if value else ""
        return ""

    @property
    def text(self) -> str:
        """What the present page says, in words, without its marks."""
        reader = _Reader()
        reader.feed(self.page.get_data(as_text=True) if self.page else "")
        return " ".join(" ".join(reader.words).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)

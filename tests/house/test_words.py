"""No title, address, file name, cookie, header or field name says why someone comes here."""

import re

import pytest

from tests.house import words
from tests.house.test_headers import path_of

TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
FIELD = re.compile(r'\s(?:name|id|action|href|src)="([^"]*)"')
FINDABLE = ("/", "/book", "/help", "/safety", "/privacy", "/terms", "/resources", "/ask", "/write")


@pytest.mark.parametrize(
    "text", ["Narcissistic parent", "no-contact log", "my_abuser", "nocontact", "Your coach"]
)
def test_telling_words_are_found(text):
    assert words.found_in(text)


@pytest.mark.parametrize("text", ["Time", "Health", "/write", "approach", "notes-3.pdf", "contact"])
def test_plain_words_are_not(text):
    assert words.found_in(text) is None


def test_the_source_keeps_to_it():
    assert [(where, text) for where, text in words.places() if words.found_in(text)] == []


@pytest.mark.safety("T4")
def test_what_a_stranger_can_open_keeps_to_it(app):
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        answer = client.get(path_of(rule))
        html = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        own = [value for value in FIELD.findall(html) if "://" not in value]
        seen = [rule.rule, str(answer.headers), *own]
        seen += [] if rule.rule in FINDABLE else TITLE.findall(html)
        assert [(text, word) for text in seen if (word := words.found_in(text))] == [], rule.rule

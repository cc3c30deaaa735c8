"""Which addresses, statement texts and exits will do, and which words tell too much."""

import pytest

from coachapp.practice.rules import Unfit, exit_trouble, slug_trouble, statement_trouble
from coachapp.practice.telling import telling_word

OWN = frozenset({"quietharbour.example"})


@pytest.mark.parametrize(
    ("slug", "trouble"),
    [
        ("power-hour", None),
        ("code", Unfit.RESERVED),
        ("let-go", Unfit.RESERVED),
        ("new", Unfit.RESERVED),
        ("Power hour", Unfit.SHAPE),
        ("-hour", Unfit.SHAPE),
        ("power--hour", Unfit.SHAPE),
        ("hóra", Unfit.SHAPE),
        ("hour\n", Unfit.SHAPE),
        ("a" * 61, Unfit.SHAPE),
        ("", Unfit.SHAPE),
    ],
)
def test_addresses(slug, trouble):
    assert slug_trouble(slug) is trouble


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("NE", None),
        ("NE 1", None),
        ("N", Unfit.LENGTH),
        ("", Unfit.LENGTH),
        ("N" * 10, None),
        ("N" * 11, Unfit.LENGTH),
        ("12345", Unfit.NO_LETTER),
        ("NE*", Unfit.SHAPE),
        ("NORA'S", Unfit.SHAPE),
        ("SERVIÇOS", Unfit.SHAPE),
        ("NE\n", Unfit.SHAPE),
    ],
)
def test_statement_texts(text, trouble):
    assert statement_trouble(text) is trouble


@pytest.mark.parametrize(
    ("address", "trouble"),
    [
        ("https://www.wikipedia.org/", None),
        ("https://www.bbc.co.uk/weather", None),
        ("http://www.wikipedia.org/", Unfit.SHAPE),
        ("javascript:alert(1)", Unfit.SHAPE),
        ("https://nora@wikipedia.org/", Unfit.SHAPE),
        ("https://[::1", Unfit.SHAPE),
        ("weather", Unfit.SHAPE),
        ("https://QuietHarbour.example/", Unfit.OWN_HOST),
        ("https://www.google.com/search?q=weather", Unfit.QUERY),
        ("https://www.google.com/?", Unfit.QUERY),
    ],
)
def test_exits(address, trouble):
    assert exit_trouble(address, OWN) is trouble


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Your update", None),
        ("Health and weather", None),
        ("NO CONTACT COACHING", "NO CONTACT"),
        ("healing-hour", "healing"),
        ("life-coaching", "coaching"),
        ("no-contact", "no contact"),
    ],
)
def test_telling_words(text, word):
    assert telling_word(text) == word

"""The library's sheets keep to the words the product uses."""

import pytest
import yaml

from tests.house import library_words


def test_the_library_keeps_to_it():
    assert library_words.hits(library_words.LIBRARY) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("You should wait a day.", "should"),
        ("Just leave it closed.", "Just"),
        ("Well done, nothing was answered", "Well done"),
        ("It will get better with time.", "will get better"),
        ("What the victim can do", "victim"),
        ("Keep it away from toxic people", "toxic"),
        ("He may ring again.", "He"),
        ("What your mother says", "mother"),
        ("Leave it closed!", "closed!"),
        ("The other's letter", "other's"),
        ('Say "no" once', '"no"'),
        ("My narcissist and I", "narciss"),
    ],
)
def test_a_planted_word_is_found(tmp_path, text, word):
    sheet = {"key": "planted", "sections": [{"fields": [{"options": {"one": {"note": text}}}]}]}
    (tmp_path / "planted.yaml").write_text(yaml.safe_dump(sheet, allow_unicode=True), encoding="utf-8")
    assert library_words.hits(tmp_path) == [("planted", text, word)]


@pytest.mark.parametrize(
    "text",
    [
        "Nothing has to be answered today.",
        "You do not have to take a side.",
        "A helper, the others, their heart, adjust, dusty mustard",
        "“Why are you so silent?”",
    ],
)
def test_plain_words_are_not(text):
    assert library_words.found_in(text, []) == []


def test_an_allowed_phrase_is_allowed_in_its_sheet_only():
    text = "Parents’ chat, or pictures sent in it"
    assert library_words.found_in(text, library_words.allowed()["school-and-nursery"]) == []
    assert library_words.found_in(text, []) == ["Parents"]


def test_every_allowance_is_still_needed():
    sheets = {path.stem: path.read_text(encoding="utf-8") for path in library_words.LIBRARY.glob("*.yaml")}
    for sheet, phrases in library_words.allowed().items():
        for phrase in phrases:
            assert phrase in sheets[sheet]
            assert library_words.found_in(phrase, [])

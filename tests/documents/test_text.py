"""Text as people write it: any script our fonts have, broken into lines, in the order the eye reads."""

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from coachapp.documents import PlainDocument
from coachapp.documents.bidi import visual
from coachapp.documents.look import TextStyle
from coachapp.documents.text import break_lines
from coachapp.documents.typefaces import BOLD, LAST, REGULAR, SUBSTITUTE, WIDE, clean, embedded, runs, width
from tests.documents.pdf_checks import assert_good_pdf

STYLE = TextStyle(REGULAR, 10, 14)
PANGRAMS = {
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία",
    "polytonic Greek": "ἐν ἀρχῇ ἦν ὁ λόγος",
    "Cyrillic": "Съешь же ещё этих мягких французских булок, ґанок їжак",
    "Polish": "Zażółć gęślą jaźń",
    "Vietnamese": "Tiếng Việt có dấu ổ ượ",
    "Turkish": "Pijamalı hasta yağız şoföre çabucak güvendi İı",
    "Hebrew": "דג סקרן שט בים",
    "pictures": "😢 😀 𝔸",
    "signs": "✓ → € … “q” – ½ ☎ ★",
}


def document(text: str) -> bytes:
    made = PlainDocument("T", neutral_title="Letter")
    made.paragraph(text)
    return made.build()


def shown_codes(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        steps = [step for leaf in pdf.pages for step in pikepdf.parse_content_stream(leaf)]
        return b"".join(bytes(step.operands[0]) for step in steps if str(step.operator) == "Tj")


@pytest.mark.parametrize("text", PANGRAMS.values(), ids=PANGRAMS.keys())
def test_no_script_has_missing_glyphs(text):
    data = document(text)
    assert 0 not in shown_codes(data)  # code 0 of every subset is the missing glyph
    assert_good_pdf(data)
    assert SUBSTITUTE not in "".join(part for _, part in runs(text, REGULAR))
    for font, part in runs(text, REGULAR):
        assert all(ord(c) in embedded(font).face.charToGlyph for c in part)


def test_the_text_can_be_copied_out_again():
    for name in ("Greek", "Cyrillic", "Polish"):
        assert PANGRAMS[name] in " ".join(
            PdfReader(io.BytesIO(document(PANGRAMS[name]))).pages[0].extract_text().split()
        )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("漢", SUBSTITUTE),
        ("ok 👍🏽 yes", f"ok {SUBSTITUTE} yes"),
        ("👨‍👩‍👧 us", f"{SUBSTITUTE} us"),
        ("sad 😢", "sad 😢"),
        ("heart ❤️", "heart ❤"),
        ("a\u0323\u0301", "ạ\u0301"),
    ],
)
def test_what_no_font_has_gets_a_visible_substitute(text, shown):
    assert "".join(part for _, part in runs(clean(text), REGULAR)) == shown


def test_runs_stay_long():
    assert runs("Ελένη και Дарья", REGULAR) == [(WIDE, "Ελένη και Дарья")]
    assert runs("plain", BOLD) == [(BOLD, "plain")]
    assert runs("see ✓ it", REGULAR) == [(REGULAR, "see "), (LAST, "✓ "), (REGULAR, "it")]
    assert runs("", REGULAR) == []


def test_clean():
    assert clean("a\r\nb\rc\u2028d\te\x00\x9f\u200b\u202e\ufeff\u00ad") == "a\nb\nc\nd e"
    assert clean("e\u0301") == "é"


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("plain", "plain"),
        ("שלום", "םולש"),
        ("I said שלום עולם now", "I said םלוע םולש now"),
        ("שלום 123 (abc)", "(abc) 123 םולש"),
        ("call דנה 12:30 דן ok", "call ןד 12:30 הנד ok"),
    ],
)
def test_right_to_left_text_is_set_as_it_is_read(line, seen):
    assert visual(line) == seen


def test_right_to_left_text_is_spoken_in_its_own_order():
    with pikepdf.open(io.BytesIO(document("שלום עולם"))) as pdf:
        spoken = [
            str(o["/ActualText"])
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and "/ActualText" in o
        ]
    assert spoken == ["שלום עולם"]


@given(st.text(max_size=300), st.integers(20, 400))
@settings(max_examples=150, deadline=None)
def test_lines_fit_and_lose_nothing(text, limit):
    text = clean(text)
    lines = break_lines(text, STYLE, limit)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, REGULAR, 10) <= limit + 0.01 for line in lines if len(line) > 1)


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_only_characters_a_font_has_are_ever_set(text):
    for font, part in runs(visual(clean(text)).replace("\n", ""), REGULAR):
        assert all(ord(c) in embedded(font).face.charToGlyph or c == "\xa0" for c in part)


def test_a_lone_short_word_is_not_left_on_the_last_line():
    style = TextStyle(REGULAR, 10, 14, balanced=True)
    text = "For a message you did not expect, one that you never have to answer."
    limit = width(text, REGULAR, 10) * 0.95
    lines = break_lines(text, style, limit)
    assert len(lines) == 2
    assert width(lines[1], REGULAR, 10) > 0.25 * limit

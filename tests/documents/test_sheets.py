"""Whole sheets in every mode and paper: good PDFs that hold what was said, whatever was said."""

import io
import re

import pikepdf
import pytest
from pypdf import PdfReader
from reportlab.lib.units import mm

from coachapp.documents import (
    CardSide,
    Column,
    DuplicateField,
    EmptyTitle,
    Mode,
    Option,
    Paper,
    PlainDocument,
    Sheet,
)
from tests.documents.page_reader import Pages
from tests.documents.pdf_checks import assert_good_pdf
from tests.documents.samples import door, pause

SAMPLES = {"door": door, "pause": pause}


def text_of(data: bytes) -> str:
    """All text of a PDF in drawing order, white space folded."""
    return " ".join(" ".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(data)).pages).split())


def sheet(**settings) -> Sheet:
    return Sheet("A title", neutral_title="Worksheet 1", **settings)


def completed(value: str) -> bytes:
    """A sheet with one long answer."""
    made = sheet(mode=Mode.COMPLETED, answers={"said": value})
    made.step("A question")
    made.answer("said", "In your words", lines=4)
    return made.build()


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_variant_is_good(name, mode, paper, large):
    assert_good_pdf(SAMPLES[name](mode=mode, paper=paper, large=large).build())


@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_runs_into_the_footer(name, mode, paper, large):
    footer = 10 * mm
    with pikepdf.open(io.BytesIO(SAMPLES[name](mode=mode, paper=paper, large=large).build())) as pdf:
        for leaf in pdf.pages:
            steps = [s for s in pikepdf.parse_content_stream(leaf) if str(s.operator) == "Td"]
            baselines = [float(step.operands[1]) for step in steps]
            inside = [y for y in baselines if abs(y - footer) > 0.01]
            rests = [float(widget.Rect[1]) for widget in leaf.obj.get("/Annots", [])]
            assert len(inside) == len(baselines) - 2
            assert min([*inside, *rests]) > footer + 7 * mm


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("large", "pages"), [(False, 2), (True, 4)])
@pytest.mark.parametrize("name", SAMPLES)
def test_sheets_take_no_more_pages_than_they_need(name, mode, large, pages):
    data = SAMPLES[name](mode=mode, large=large).build()
    assert len(PdfReader(io.BytesIO(data)).pages) == pages
    assert f"Page 1 of {pages}" in text_of(data)


def test_large_print_is_at_least_18_points():
    sizes = set()
    with pikepdf.open(io.BytesIO(pause(large=True).build())) as pdf:
        for step in pikepdf.parse_content_stream(pdf.pages[1]):
            if str(step.operator) == "Tf":
                sizes.add(float(step.operands[1]))
    assert max(sizes) >= 18 and any(18 <= size < 18.1 for size in sizes)


def test_completed_sheet_holds_the_answers():
    shown = text_of(door(mode=Mode.COMPLETED).build())
    for said in ("Uncle Bernd, Aunt Żaneta", "Takes the children upstairs", "Ελένη, number 14", "18:40"):
        assert said in shown


def test_blank_and_fillable_sheets_hold_no_answers():
    for mode in (Mode.BLANK, Mode.FILLABLE):
        assert "secret" not in text_of(_one_answer(sheet(mode=mode, answers={"said": "secret"})))


def _one_answer(made: Sheet) -> bytes:
    made.answer("said", "In your words")
    return made.build()


def test_ticks_and_choices_are_spoken():
    with pikepdf.open(io.BytesIO(pause(mode=Mode.COMPLETED).build())) as pdf:
        spoken = [
            str(o["/ActualText"])
            for o in pdf.objects
            if isinstance(o, pikepdf.Dictionary) and "/ActualText" in o
        ]
        alts = [str(o["/Alt"]) for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
    assert spoken.count("ticked: ") == 2 + 3 + 4
    assert spoken.count("chosen: ") == 1
    assert "Pull to answer now: a scale from 0 no pull to 10 very strong. Answer: 8." in alts


def test_markup_in_answers_prints_literally():
    said = "<img src=x> <b>bold</b> & <a href='javascript:x'> &amp; \\(x) %PDF"
    data = completed(said)
    assert said in text_of(data)
    assert_good_pdf(data)


def test_long_answers_flow_over_pages_and_lose_nothing():
    words = [f"word{n}" for n in range(1500)]
    data = completed(" ".join(words))
    assert re.findall(r"word\d+", text_of(data)) == words
    assert len(PdfReader(io.BytesIO(data)).pages) >= 4
    assert_good_pdf(data)


@pytest.mark.parametrize("length", [200, 20_000])
def test_very_long_words_wrap(length):
    data = completed("ж" * length)
    assert text_of(data).count("ж") == length
    assert_good_pdf(data)


@pytest.mark.parametrize("said", ["", " ", "\n\n", "\x00\x1b\u202e\ufeff", "\r\n\t"])
def test_empty_answers_leave_lines(said):
    assert_good_pdf(completed(said))


def test_line_breaks_are_kept_and_control_characters_dropped():
    shown = text_of(completed("first\r\nsecond\x00\x07\u202e third\tfourth\ud800"))
    assert "first second third fourth" in shown


def test_lone_surrogates_in_labels_do_no_harm():
    made = sheet(mode=Mode.FILLABLE)
    made.answer("a", "What \ud800 now")
    assert_good_pdf(made.build())


def table_sheet(mode: Mode, cell: str, rows: int) -> bytes:
    made = sheet(mode=mode, answers={"t": [[cell, "b"]] * rows})
    made.step("A table")
    made.table("t", [Column("First", 1), Column("Second", 3)], rows=rows)
    return made.build()


@pytest.mark.parametrize("mode", Mode)
def test_long_tables_run_over_pages_with_their_head_said_once(mode):
    data = table_sheet(mode, "a", 60)
    assert_good_pdf(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pages = len(pdf.pages)
        heads = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/TH"]
    assert pages >= 3
    assert len(heads) == 2
    assert text_of(data).count("Second") == pages


def test_a_cell_longer_than_a_page_loses_nothing():
    words = [f"word{n}" for n in range(900)]
    data = table_sheet(Mode.COMPLETED, " ".join(words), 1)
    assert_good_pdf(data)
    assert re.findall(r"word\d+", text_of(data)) == words


def test_an_overfull_card_grows_rather_than_lose_words():
    made = sheet()
    made.card(
        CardSide("Left", [f"Sentence {n} that is a little longer." for n in range(30)]), CardSide("Right", [])
    )
    data = made.build()
    assert_good_pdf(data)
    assert all(f"Sentence {n} " in text_of(data) for n in range(30))


@pytest.mark.parametrize("mode", Mode)
def test_every_block_in_one_sheet(mode):
    answers = {"list": ["one", "two"], "free": "x", "pick": "b", "ticks": ["a"], "s": 0, "more": "yes " * 400}
    made = sheet(mode=mode, purpose="Why " * 40, footer="Sheet one", answers=answers)
    made.heads_up("This part can feel heavy. Skip what you like.")
    made.paragraph("Plain words.\nOn two lines.")
    made.own_words("I am allowed to close the door", "Mira, in May")
    made.step("Nothing in it")
    made.step("Questions")
    made.note("A tip.")
    made.steps(["One.", "Two."])
    made.lines("list", "Five people", 5)
    made.answer("free", "Anything", lines=40, hint="As much as you like.")
    made.checks("ticks", [Option("a", "A long thing to tick " * 6), Option("b", "B")], label="Tick")
    made.choice("pick", "Choose", [Option("a", "A"), Option("b", "B")])
    made.scale("s", "How much")
    made.text_table(["A", "B"], [["1", "2"], ["", "4"]])
    made.page_break()
    made.rest("more", "Room for more")
    data = made.build()
    assert_good_pdf(data)
    assert "Sheet one" in text_of(data)


def test_plain_documents_are_good():
    made = PlainDocument("Receipt", neutral_title="Receipt 12")
    made.heading("What was paid")
    made.heading("Details", level=3)
    made.paragraph("Thank you. " * 300)
    made.text_table(["Item", "Amount"], [["Session", "60.00"]], [3, 1])
    data = made.build()
    assert_good_pdf(data)
    assert "60.00" in text_of(data)


def test_the_file_says_nothing_but_its_neutral_title():
    data = pause(mode=Mode.COMPLETED).build()
    reader = PdfReader(io.BytesIO(data))
    info = {key: value for key, value in (reader.metadata or {}).items() if value}
    assert info.pop("/Title") == "Worksheet 4"
    assert info.pop("/CreationDate").startswith("D:20000101")
    assert info.pop("/ModDate").startswith("D:20000101")
    assert info.pop("/Trapped") == "/False"
    assert info == {}
    with pikepdf.open(io.BytesIO(data)) as pdf:
        xmp = pdf.Root.Metadata.read_bytes().decode()
        assert pdf.Root.Lang == "en-GB"
    assert xmp.count(">Worksheet 4<") == 1 and "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "creator" not in xmp.lower() and "date" not in xmp.lower()
    assert b"reportlab" not in data.lower()
    assert "24-hour" not in xmp


def test_the_neutral_title_is_escaped_in_the_description():
    made = Sheet("T", neutral_title="Sheet <1> & (2) ё")
    data = made.build()
    assert_good_pdf(data)
    assert PdfReader(io.BytesIO(data)).metadata.title == "Sheet <1> & (2) ё"


@pytest.mark.parametrize(("title", "neutral"), [("", "Worksheet 1"), ("A", ""), ("A", " \x00 ")])
def test_titles_must_not_be_empty(title, neutral):
    with pytest.raises(EmptyTitle):
        Sheet(title, neutral_title=neutral)


def test_field_names_must_differ():
    made = sheet(mode=Mode.FILLABLE)
    made.answer("same", "One")
    made.answer("same", "Two")
    with pytest.raises(DuplicateField, match="same"):
        made.build()


@pytest.mark.parametrize("words", [700, 716, 722, 728, 740])
def test_a_table_about_as_long_as_a_page_stays_on_its_pages(words):
    """Its last row would stand alone on the next page, and nothing can go there with it."""
    made = sheet(mode=Mode.COMPLETED, answers={"t": [["word " * 5], ["word " * words], ["b"]]})
    made.page_break()
    made.step("A table", "With a hint.")
    made.table("t", [Column("Who", 1), Column("What", 3)], row_heads=["One", "Two", "Three"])
    lines = Pages(made.build()).lines
    assert min(line.y for line in lines if line.y > 11 * mm) > 17 * mm

"""Every template in every print: sound, tagged, with every glyph and every word of every answer on its page."""

from dataclasses import replace

import pytest

from coachapp.documents import Mode, Paper
from coachapp.worksheets.pdf import sheet_pdf
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import Template
from tests.documents.page_reader import Pages
from tests.documents.pdf_checks import assert_good_pdf
from tests.worksheets import reading_order
from tests.worksheets.cases import every_type
from tests.worksheets.prints import WORDS, answers, cards, faults, prints

TEMPLATES = [*library(), every_type()]


def key_of(template: Template) -> str:
    return template.key


@pytest.mark.proof
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("template", TEMPLATES, ids=key_of)
def test_every_print_of_every_template(template: Template) -> None:
    for name, words, data in prints(template):
        assert_good_pdf(data)
        assert faults(template, words, data) == [], name
    for name, data in cards(template) if template.card else ():
        assert_good_pdf(data)
        assert faults(template, "", data) == [], name


@pytest.mark.parametrize("kind", ["long", "pictures", "hostile"])
def test_answers_of_every_type_are_whole(kind: str) -> None:
    template, words = every_type(), WORDS[kind]
    data = sheet_pdf(template, answers(template, words), mode=Mode.COMPLETED)
    assert_good_pdf(data)
    assert faults(template, words, data) == []


@pytest.mark.parametrize("key", ["our-door", "a-parcel", "before-the-envelope"])
@pytest.mark.parametrize("look", [{}, {"large": True}, {"ink": True, "paper": Paper.LETTER}], ids=str)
def test_some_prints_are_good_pdfs(key: str, look: dict) -> None:
    template = next(each for each in library() if each.key == key)
    for mode in Mode:
        assert_good_pdf(sheet_pdf(template, answers(template), mode=mode, **look))


@pytest.mark.parametrize("template", library(), ids=key_of)
def test_what_is_heard_in_which_order(template: Template) -> None:
    """The files beside this test; `python -m tests.worksheets.reading_order` writes them anew."""
    kept = reading_order.path(template).read_text(encoding="utf-8")
    assert reading_order.order(template) == kept


def test_no_order_is_kept_of_what_is_gone() -> None:
    names = {path.stem for path in reading_order.FOLDER.glob("*.txt")}
    assert names == {template.key for template in library()}


def test_paper_is_heard_as_the_screen_is() -> None:
    template = every_type()
    screen = Pages(sheet_pdf(template, mode=Mode.FILLABLE)).elements()
    paper = Pages(sheet_pdf(template, mode=Mode.BLANK)).elements()
    drawn = ("Form", "Lbl", "Figure")
    heard = [
        [said for tag, said, _pages in order if said not in ("", "tick box: ") and tag not in drawn]
        for order in (paper, screen)
    ]
    assert heard[0] == heard[1]


def test_the_checks_see_what_is_wrong() -> None:
    """A print of other words, a hint that ends its page: both are named."""
    template = every_type()
    data = sheet_pdf(template, answers(template, WORDS["Greek"]), mode=Mode.COMPLETED)
    assert "an answer is not whole" in faults(template, WORDS["Greek"] + "and more", data)
    last = [said for _tag, said, pages in Pages(data).elements() if 0 in pages][-1]
    ends = replace(template, sections=(replace(template.sections[0], hint=last),))
    assert any("page 1 ends with" in fault for fault in faults(ends, "", data))

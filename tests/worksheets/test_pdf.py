"""Every template of the library in every variant: sound, tagged, discreet, complete, and on its pages."""

import io
from dataclasses import replace

import pikepdf
import pytest
from pypdf import PdfReader

from coachapp.documents import Mode, Paper
from coachapp.worksheets.answers import Value
from coachapp.worksheets.pdf import NoCard, card_pdf, print_name, sheet_pdf
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import FieldType, Kind, Template
from tests.documents.pdf_checks import assert_good_pdf
from tests.worksheets.cases import every_type
from tests.worksheets.prints import WORDS, answers

TEMPLATES = [*library(), every_type()]
SAID = WORDS["short"]
LONG = "We waited and it grew quiet. " * 40


def pages(data: bytes) -> int:
    return len(PdfReader(io.BytesIO(data)).pages)


def text_of(data: bytes) -> str:
    found = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return " ".join(found.split())


def key_of(template: Template) -> str:
    return template.key


@pytest.mark.parametrize("template", [t for t in TEMPLATES if t.card], ids=key_of)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_the_card_alone_is_a_good_pdf_on_one_page(template: Template, mode: Mode, large: bool) -> None:
    data = card_pdf(template, answers(template), mode=mode, large=large)
    assert_good_pdf(data)
    assert pages(data) == 1


@pytest.mark.parametrize("template", library(), ids=key_of)
@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("mode", [Mode.BLANK, Mode.FILLABLE])
def test_a_worksheet_is_one_leaf_and_a_plan_two(template: Template, paper: Paper, mode: Mode) -> None:
    """Printed on both sides; a part that is handed to someone else takes a leaf of its own."""
    sides = 4 if template.kind is Kind.PLAN else 2
    handed_on = sum(section.new_page for section in template.sections)
    for ink in (False, True):
        assert pages(sheet_pdf(template, mode=mode, paper=paper, ink=ink)) <= sides + handed_on


def test_a_part_to_hand_on_begins_its_own_page() -> None:
    first, last = every_type().sections[0], every_type().sections[-1]
    usual = replace(every_type(), sections=(first, replace(last, new_page=False)))
    own = replace(every_type(), sections=(first, last))
    assert [pages(sheet_pdf(template)) for template in (usual, own)] == [1, 2]


def test_with_little_ink_nothing_is_filled_and_nothing_is_black_but_words() -> None:
    given = answers(every_type())
    usual, saving = (
        pikepdf.open(io.BytesIO(sheet_pdf(every_type(), given, mode=Mode.COMPLETED, ink=ink)))
        for ink in (False, True)
    )
    assert fills(usual) > 0 and fills(saving) == 0
    assert max(rules(usual)) > 1 and max(rules(saving)) <= 0.5


def fills(pdf: pikepdf.Pdf) -> int:
    """How many shapes are filled."""
    return sum(str(step.operator) == "f" for page in pdf.pages for step in pikepdf.parse_content_stream(page))


def rules(pdf: pikepdf.Pdf) -> list[float]:
    """How thick the decoration is drawn: rules, bars and frames, but not ticks and rings, which are answers."""
    found, decoration = [], False
    for page in pdf.pages:
        for step in pikepdf.parse_content_stream(page):
            if str(step.operator) == "BDC":
                decoration = "/MCID" not in step.operands[1]
            elif str(step.operator) == "w" and decoration:
                found.append(float(step.operands[0]))
    return found


@pytest.mark.parametrize("template", TEMPLATES, ids=key_of)
def test_paper_says_every_question_and_note(template: Template) -> None:
    printed = text_of(sheet_pdf(template))
    for section in template.sections:
        assert section.title in printed
    for field in template.fields:
        assert field.hint in printed
        for option in field.options:
            assert option.text in printed
        for head in field.row_heads:
            assert head.text in printed
        for step in field.steps:
            assert step in printed


@pytest.mark.parametrize("template", TEMPLATES, ids=key_of)
def test_long_answers_of_any_kind_are_printed_whole(template: Template) -> None:
    written = [field for field in template.fields if field.lines]
    given: dict[str, Value] = {field.key: f"begin {field.key} {LONG} end {field.key}" for field in written}
    printed = text_of(sheet_pdf(template, given, mode=Mode.COMPLETED))
    for field in written:
        assert f"begin {field.key}" in printed
        assert f"end {field.key}" in printed


def test_what_looks_like_markup_is_printed_as_it_was_typed() -> None:
    assert "<b>Żaneta</b> & 'friends'" in text_of(
        sheet_pdf(every_type(), {"word": SAID}, mode=Mode.COMPLETED)
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=key_of)
def test_blank_and_fillable_prints_hold_no_answers(template: Template) -> None:
    for mode in (Mode.BLANK, Mode.FILLABLE):
        assert sheet_pdf(template, answers(template), mode=mode) == sheet_pdf(template, mode=mode)


@pytest.mark.parametrize("template", TEMPLATES, ids=key_of)
def test_the_file_says_only_the_neutral_title(template: Template) -> None:
    data = sheet_pdf(template, answers(template), mode=Mode.COMPLETED)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        info = {key: str(value) for key, value in pdf.docinfo.items()}
        xmp = pdf.Root.Metadata.read_bytes().decode()
    assert info.pop("/Title") == template.neutral_title
    dates_and_switches = {"/CreationDate", "/ModDate", "/Trapped"}
    assert not [value for key, value in info.items() if key not in dates_and_switches and value.strip()]
    assert template.neutral_title in xmp
    assert template.title not in xmp
    assert template.title not in text_of(data)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    template = every_type()
    first, second = (sheet_pdf(template, answers(template), mode=Mode.COMPLETED) for _ in range(2))
    assert first == second


def test_dates_are_written_in_the_language_of_the_sheet() -> None:
    template, given = every_type(), {"day": "2027-03-01"}
    assert "1 March 2027" in text_of(sheet_pdf(template, given, mode=Mode.COMPLETED))
    assert "1. März 2027" in text_of(sheet_pdf(template, given, mode=Mode.COMPLETED, lang="de-DE"))


def test_fields_to_fill_can_be_told_apart_even_where_keys_look_alike() -> None:
    template = every_type()
    some = template.field("some")
    first, other, _ = some.options
    alike = (
        replace(some, key="some_a", options=(replace(first, key="b"), replace(other, key="z"))),
        replace(some, key="some", options=(replace(first, key="a_b"), replace(other, key="z"))),
    )
    section = replace(template.sections[0], fields=alike)
    data = sheet_pdf(replace(template, sections=(section,)), mode=Mode.FILLABLE)
    names = PdfReader(io.BytesIO(data)).get_fields() or {}
    assert set(names) == {"some-a_b", "some-a_z", "some_a_b", "some_z"}


@pytest.mark.parametrize("template", TEMPLATES, ids=key_of)
def test_every_question_has_its_field_to_fill(template: Template) -> None:
    names = PdfReader(io.BytesIO(sheet_pdf(template, mode=Mode.FILLABLE))).get_fields() or {}
    for field in template.fields:
        name = print_name(field.key)
        expected = {
            FieldType.NOTE: set(),
            FieldType.CHOICES: {f"{name}_{option.key}" for option in field.options},
            FieldType.TABLE: {f"{name}_1_1"},
            FieldType.PEOPLE: {f"{name}_1_1"},
        }.get(field.type, {name})
        assert expected <= set(names)


def test_the_card_shows_what_the_sheet_knows() -> None:
    printed = text_of(card_pdf(every_type(), {"word": "Ring Anna", "own": "I can wait"}, mode=Mode.COMPLETED))
    assert "1. Breathe. 2. Step back." in printed
    assert "Ring Anna" in printed
    assert "I can wait" in printed


def test_a_template_without_a_card_says_so() -> None:
    with pytest.raises(NoCard):
        card_pdf(replace(every_type(), sections=every_type().sections[:1]))

"""Fillable sheets filled in and saved by two other programs: every value comes back as it was typed."""

import io
from collections.abc import Mapping
from dataclasses import replace

import pikepdf
import pytest
from pypdf import PdfReader, PdfWriter

from coachapp.documents import Mode, Paper
from coachapp.worksheets.pdf import print_name, sheet_pdf
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import TABULAR, WRITTEN, Field, FieldType, Section, Template
from tests.documents import pdfium
from tests.documents.pdf_checks import tree_faults, unlabelled_fields
from tests.worksheets.cases import every_type

SAID = "Grüße Ελένη и Дарья, zażółć ☎ ❤ “ok”"
PICTURE = " 😢"  # PDFium keeps the lower half of such characters only, in forms of any maker
Typed = dict[str, str | bool]


def typed(template: Template, words: str) -> Typed:
    """An answer to every question, by the names of the file; cells and lines differ from one another."""
    return {name: value for field in template.fields for name, value in _typed(field, words).items()}


def _typed(field: Field, words: str) -> Typed:
    name = print_name(field.key)
    if field.type in TABULAR:
        return {
            f"{name}_{row}_{place}": True if column.tick else f"{words} {row}.{place}"
            for row in range(1, field.rows + 1)
            for place, column in enumerate(field.answer_columns, 1)
        }
    lines = f"{words}\nand {name}\n\nthe last"
    answers: dict[FieldType, Typed] = {
        FieldType.NOTE: {},
        FieldType.CHOICE: {name: field.options[-1].key if field.options else ""},
        FieldType.CHOICES: {f"{name}_{option.key}": True for option in field.options[::2]},
        FieldType.SCALE: {name: "n10"},
        FieldType.DATE: {name: "1 März 2027"},
    }
    return answers.get(field.type, {name: lines if field.type in WRITTEN else f"{words} {name}"})


def by_pypdf(data: bytes, values: Typed) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(data))
    circles = {name for name, field in (writer.get_fields() or {}).items() if "/Kids" in field}
    given = {
        name: "/Yes" if value is True else f"/{value}" if name in circles else str(value)
        for name, value in values.items()
    }
    for leaf in writer.pages:
        writer.update_page_form_field_values(leaf, given, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def read_back(data: bytes) -> Typed:
    """What the fields of a saved file hold, those left alone not among them."""
    found: Typed = {}
    for name, field in (PdfReader(io.BytesIO(data)).get_fields() or {}).items():
        value = field.get("/V")
        if value not in (None, "", "/Off"):
            words = str(value).replace("\r\n", "\n").replace("\r", "\n")
            marked = field["/FT"] == "/Btn"
            found[name] = True if value == "/Yes" else words.removeprefix("/") if marked else words
    return found


def check(template: Template, paper: Paper, *, large: bool) -> None:
    blank = sheet_pdf(template, mode=Mode.FILLABLE, paper=paper, large=large)
    for fill, words in ((pdfium.filled, SAID), (by_pypdf, SAID + PICTURE)):
        values: Mapping[str, str | bool] = typed(template, words)
        saved = fill(blank, dict(values))
        assert read_back(saved) == values
        with pikepdf.open(io.BytesIO(saved)) as pdf:
            assert (tree_faults(pdf), unlabelled_fields(pdf), pdf.check_pdf_syntax()) == ([], [], [])


def test_a_field_of_every_type_comes_back_as_it_was_typed() -> None:
    check(every_type(), Paper.A4, large=False)


@pytest.mark.proof
@pytest.mark.parametrize("template", library(), ids=lambda template: template.key)
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
@pytest.mark.parametrize("paper", Paper)
def test_every_field_of_every_template_comes_back(template: Template, paper: Paper, large: bool) -> None:
    check(template, paper, large=large)


def test_a_long_answer_has_line_breaks_even_where_its_box_is_low() -> None:
    story = replace(every_type().field("story"), lines=1, heads_up="")
    template = replace(every_type(), sections=(Section("One", fields=(story,)),))
    said = {"story": "one\n\ntwo"}
    assert read_back(pdfium.filled(sheet_pdf(template, mode=Mode.FILLABLE), said)) == said


def test_what_was_ticked_can_be_cleared_again() -> None:
    """A second press in PDFium takes a tick back; what is written over is gone."""
    template = every_type()
    once = pdfium.filled(sheet_pdf(template, mode=Mode.FILLABLE), {"some_a": True, "word": "first"})
    twice = pdfium.filled(once, {"some_a": True, "word": "second"})
    assert read_back(twice) == {"word": "second"}

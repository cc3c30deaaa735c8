"""Fillable sheets filled in by another program: what was typed comes back, and the file stays good."""

import io

import pikepdf
import pytest
from pypdf import PdfReader, PdfWriter

from coachapp.documents import Mode
from tests.documents.pdf_checks import assert_good_pdf
from tests.documents.samples import pause

TYPED = {
    "facts": "Grüße Ελένη\nи Дарья: zażółć gęślą jaźń",
    "person": "Ελένη",
    "kind_guilt": "/Yes",
    "decision": "/advice",
    "pull": "/n8",
    "after_1_2": "/Yes",
}


def filled(values: dict[str, str]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pause(mode=Mode.FILLABLE).build()))
    for leaf in writer.pages:
        writer.update_page_form_field_values(leaf, values, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_typed_values_come_back():
    fields = PdfReader(io.BytesIO(filled(TYPED))).get_fields()
    assert {name: fields[name]["/V"].replace("\r", "\n") for name in TYPED} == TYPED


def test_characters_outside_the_form_font_come_back_too():
    said = "漢字 🙂 שלום"
    assert PdfReader(io.BytesIO(filled({"facts": said}))).get_fields()["facts"]["/V"] == said


def test_a_filled_file_stays_good():
    assert_good_pdf(filled(TYPED))


def test_every_question_is_a_field_with_its_label():
    fields = PdfReader(io.BytesIO(pause(mode=Mode.FILLABLE).build())).get_fields()
    labels = {name: field.get("/TU") for name, field in fields.items()}
    assert labels["facts"] == "In plain words"
    assert labels["kind_threat"] == "Pressure or a threat"
    assert labels["after_2_1"] == "Yes, Is there a date, a duty or a child in it?"
    assert len(labels) == 3 + 1 + 1 + 1 + 6 + 4 + 2 + 8 + 1 + 1 + 1 + 1


@pytest.mark.parametrize("mode", [Mode.BLANK, Mode.COMPLETED])
def test_paper_has_no_fields(mode):
    with pikepdf.open(io.BytesIO(pause(mode=mode).build())) as pdf:
        assert "/AcroForm" not in pdf.Root


def test_nothing_in_the_file_runs_or_calls_out():
    with pikepdf.open(io.BytesIO(pause(mode=Mode.FILLABLE).build())) as pdf:
        for item in pdf.objects:
            if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
                assert not {"/JS", "/OpenAction", "/AA", "/URI", "/EmbeddedFile", "/XFA"} & set(item.keys())


def test_what_is_typed_shows_in_its_own_field_only():
    with pikepdf.open(io.BytesIO(pause(mode=Mode.FILLABLE).build())) as pdf:
        shown = [f.AP.N.objgen for f in pdf.Root.AcroForm.Fields if f.get("/FT") == "/Tx"]
    assert len(shown) == len(set(shown)) > 5


def test_marks_of_one_size_are_shared():
    with pikepdf.open(io.BytesIO(pause(mode=Mode.FILLABLE).build())) as pdf:
        shown = [f.AP.N.Yes.objgen for f in pdf.Root.AcroForm.Fields if str(f.T).startswith("kind_")]
    assert len(shown) == 6
    assert len(set(shown)) == 1

"""Sheets as files: every kind is a good PDF, neutrally named, and holds the answers only where it says so."""

import io
from datetime import UTC, datetime

import pikepdf
import pytest

from tests.cast import ALEX, NORA
from tests.documents.pdf_checks import assert_good_pdf
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save

KINDS = ("blank", "fillable", "completed", "large", "card")


@pytest.fixture
def alex(practice):
    practice.give(practice.alex, "our-door")
    browser = practice.sign_in(ALEX)
    browser.get("/me/worksheets/1")
    save(browser, 1, {"f-sentence": "Not today. Żółć, Ελληνικά.", "f-household-1-name": "A"}, 0)
    return browser


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_good_pdf_to_read_here(alex, kind):
    answer = alex.get(f"/me/worksheets/1/{kind}.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="notes-1.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert_good_pdf(answer.data)


def test_a_copy_to_keep_and_letter_paper(alex):
    answer = alex.get("/me/worksheets/1/letter/keep/completed.pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes-1.pdf"'
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        assert [float(edge) for edge in pdf.pages[0].mediabox][2:] == [612, 792]


def test_a_plan_that_names_people_has_a_page_for_each(practice, alex):
    assert_good_pdf(alex.get("/me/worksheets/1/a4/read/person.pdf").data)
    assert "A page for each person" in alex.get("/me/worksheets/1/print").get_data(as_text=True)
    alex.get("/me/worksheets/1")
    save(alex, 1, {"f-sentence": "Not today.", "f-household-1-name": ""}, 1)
    assert "A page for each person" not in alex.get("/me/worksheets/1/print").get_data(as_text=True)
    assert alex.get("/me/worksheets/1/person.pdf").status_code == 404


def test_a_worksheet_without_a_card_has_none(practice, alex):
    practice.give(practice.alex)
    assert alex.get("/me/worksheets/2/card.pdf").status_code == 404
    assert "card to fold" not in alex.get("/me/worksheets/2/print").get_data(as_text=True)


def test_before_the_file_one_line_to_think_of(alex):
    alex.get("/me/worksheets/1/print")
    assert "Where will this be kept?" in alex.text and "notes-1.pdf" in alex.text
    assert "Use A4 instead" in alex.get("/me/worksheets/1/print/letter").get_data(as_text=True)


@pytest.mark.parametrize("path", ["a5/read/blank", "a4/read/secret", "a4/steal/blank"])
def test_made_up_kinds_are_404(alex, path):
    assert alex.get(f"/me/worksheets/1/{path}.pdf").status_code == 404


def test_the_coachs_copy_is_named_by_reference_number_and_day(practice, alex):
    alex.get("/me/worksheets/1")
    alex.post("/me/worksheets/1", {"revision": "1", "f-sentence": "Not today.", "share": "y", "go": "save"})
    nora = practice.sign_in(NORA)
    answer = nora.get(f"/desk/clients/{practice.alex_ref}/worksheets/1/a4/keep/completed.pdf")
    day = datetime.now(UTC).date().isoformat()
    name = f"{practice.alex_ref}-1-{day}.pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert_good_pdf(answer.data)


def test_the_library_prints_blank(practice):
    nora = practice.sign_in(NORA)
    answer = nora.get("/desk/worksheets/our-door/a4/read/fillable.pdf")
    assert answer.headers["Content-Disposition"] == 'inline; filename="household-sheet-1.pdf"'
    assert_good_pdf(answer.data)

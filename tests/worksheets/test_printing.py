"""The printed page: a file with a passphrase, several sheets as one file, and whose they are."""

import io

import pikepdf
import pytest
from pypdf import PdfReader

from coachapp.worksheets.print_forms import MOST_SHEETS
from tests.cast import ALEX, MAYA
from tests.documents.pdf_checks import assert_good_pdf
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save

WORDS = "quiet river 7 stones"
HERE = "/me/worksheets/1"
SEVERAL = "/me/worksheets/several"


@pytest.fixture
def alex(practice):
    practice.give(practice.alex, "our-door")
    practice.give(practice.alex, "a-message-came")
    practice.give(practice.maya, "peace")
    browser = practice.sign_in(ALEX)
    browser.get(HERE)
    save(browser, 1, {"f-sentence": "Not today. Ελένη"}, 0)
    return browser


def text_of(data: bytes, words: str = "") -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(data), password=words or None).pages)


def test_a_file_is_locked_and_its_passphrase_kept_nowhere(alex, capfd, settings):
    alex.get(f"{HERE}/print")
    answer = alex.post(f"{HERE}/a4/locked", {"kind": "completed", "words": WORDS})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes-1.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(answer.data))
    assert "Not today. Ελένη" in text_of(answer.data, WORDS)
    logged = "".join(capfd.readouterr())
    assert "locked" in logged and WORDS not in logged
    kept = [path for path in settings.instance.rglob("*") if path.is_file()]
    assert not [path for path in kept if WORDS.encode() in path.read_bytes()]


def test_letter_paper_and_empty_kinds_are_locked_too(alex):
    alex.get(f"{HERE}/print/letter")
    answer = alex.post(f"{HERE}/letter/locked", {"kind": "blank", "words": WORDS})
    with pikepdf.open(io.BytesIO(answer.data), password=WORDS) as pdf:
        assert [float(edge) for edge in pdf.pages[0].mediabox][2:] == [612, 792]
    assert "Not today" not in text_of(answer.data, WORDS)


def test_what_cannot_be_locked_is_asked_again(alex):
    alex.get(f"{HERE}/print")
    for kind, words in (("completed", ""), ("completed", "short"), ("secret", WORDS)):
        answer = alex.post(f"{HERE}/a4/locked", {"kind": kind, "words": words})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Lock this file with a passphrase" in page and f'value="{words}"' in page


def test_a_sheet_of_nobody_or_of_someone_else_cannot_be_locked(alex):
    alex.get(f"{HERE}/print")
    assert alex.post("/me/worksheets/9/a4/locked", {"kind": "blank", "words": WORDS}).status_code == 404


def test_several_are_chosen_and_come_as_one_file(alex):
    alex.get(SEVERAL)
    answer = alex.post(SEVERAL, {"sheets": ["2", "1"]})
    assert (answer.status_code, answer.location) == (303, f"{SEVERAL}/1-2/print")
    page = alex.get(answer.location).get_data(as_text=True)
    assert "notes-0.pdf" in page and "Our door" in page and "fill in on a screen" not in page
    whole = alex.get(f"{SEVERAL}/1-2/a4/keep/completed.pdf")
    assert whole.headers["Content-Disposition"] == 'attachment; filename="notes-0.pdf"'
    assert_good_pdf(whole.data)
    assert [entry["/Title"] for entry in PdfReader(io.BytesIO(whole.data)).outline] == [
        "Household sheet 1",
        "Notes 1",
    ]
    assert "Not today. Ελένη" in text_of(whole.data)
    assert "Not today" not in text_of(alex.get(f"{SEVERAL}/1-2/letter/read/blank.pdf").data)
    for kind in ("large", "ink"):
        assert "Not today. Ελένη" in text_of(alex.get(f"{SEVERAL}/1-2/a4/read/{kind}.pdf").data)


def test_several_can_be_locked(alex):
    alex.get(f"{SEVERAL}/1-2/print")
    assert alex.post(f"{SEVERAL}/1-2/a4/locked", {"kind": "blank", "words": "short"}).status_code == 422
    answer = alex.post(f"{SEVERAL}/1-2/a4/locked", {"kind": "completed", "words": WORDS})
    assert "Not today. Ελένη" in text_of(answer.data, WORDS)


def test_one_chosen_by_itself_has_the_kinds_of_several(alex):
    page = alex.get(f"{SEVERAL}/1/print").get_data(as_text=True)
    assert "read/ink.pdf" in page and "fridge.pdf" not in page and "fillable.pdf" not in page
    for kind, status in (("fridge", 422), ("fillable", 422), ("ink", 200)):
        alex.get(f"{SEVERAL}/1/print")
        assert alex.post(f"{SEVERAL}/1/a4/locked", {"kind": kind, "words": WORDS}).status_code == status


def test_none_chosen_is_asked_again(alex):
    alex.get(SEVERAL)
    for chosen in ([], ["3"], ["x"]):
        assert alex.post(SEVERAL, {"sheets": chosen}).status_code == 422


def test_numbers_that_are_not_hers_in_their_order_are_404(alex):
    for numbers in ("3", "1-3", "2-1", "1-1", "0", "1-", "-", "x", "01", "1-99999999999", "-1" * 5000):
        assert alex.get(f"{SEVERAL}/{numbers}/print").status_code == 404
        assert alex.get(f"{SEVERAL}/{numbers}/a4/read/completed.pdf").status_code == 404


def test_no_more_sheets_than_one_carries(practice, alex):
    for _ in range(MOST_SHEETS):
        practice.give(practice.alex, "peace")
    alex.get(SEVERAL)
    every = [str(number) for number in range(1, MOST_SHEETS + 3)]
    assert alex.post(SEVERAL, {"sheets": every}).status_code == 422
    assert alex.get(f"{SEVERAL}/{'-'.join(every)}/print").status_code == 404
    assert (
        len(PdfReader(io.BytesIO(alex.get(f"{SEVERAL}/{'-'.join(every[:20])}/a4/read/blank.pdf").data)).pages)
        > 40
    )


def test_what_was_taken_back_is_in_no_file(practice, alex):
    maya = practice.sign_in(MAYA)
    assert maya.get(f"{SEVERAL}/1/print").status_code == 200
    assert maya.get(f"{SEVERAL}/1-2/print").status_code == 404


def test_the_way_to_it_is_offered_from_two_sheets_on(practice, alex):
    assert "Put several into one file" in alex.get("/me/worksheets").get_data(as_text=True)
    assert "Put several into one file" not in practice.sign_in(MAYA).get("/me/worksheets").get_data(
        as_text=True
    )

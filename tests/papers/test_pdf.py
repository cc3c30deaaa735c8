"""The file itself: tagged, neutral, right to the last digit in any currency, and the same bytes each time."""

import io
from datetime import UTC, datetime
from uuid import UUID

import pikepdf
import pypdf
import pytest

from coachapp.documents import Paper as Size
from coachapp.money import Money
from coachapp.papers.pdf import paper_pdf, percent
from coachapp.papers.rules import Kind, PaperRow, Party, Recipient, tax_within
from tests.documents.pdf_checks import assert_good_pdf

AT = datetime(2026, 11, 22, 17, tzinfo=UTC)
ISSUER = Party("Quiet Harbour", ("Quay 12", "28013 Madrid"), "ES 1")
SOMEONE = Recipient(Party("Ελένη Someone", ("Street 8", "Lisboa"), "PT 2"), AT)


def row(kind=Kind.RECEIPT, money=Money(95_00, "EUR"), rate=21_00, clause="", number=7):
    return PaperRow(
        id=UUID(int=number),
        kind=kind,
        label=f"QH-2026-{number:04}",
        number=(2026, number),
        zone="Europe/Madrid",
        issued_at=AT,
        moved_at=AT,
        order_id=UUID(int=1),
        corrects_id=None,
        ref="7QK2MZ4R",
        amount=money,
        tax_word="VAT",
        tax_rate=rate,
        tax=Money(tax_within(money.minor, rate), money.currency),
        clause=clause,
        issuer=ISSUER,
    )


@pytest.fixture
def made(app):
    """Builds a file in the app's language."""

    def build(paper, recipient=None, corrected=None, **more):
        with app.test_request_context():
            return paper_pdf(paper, recipient, corrected, **more)

    return build


def words(data):
    return [
        line for page in pypdf.PdfReader(io.BytesIO(data)).pages for line in page.extract_text().splitlines()
    ]


@pytest.mark.parametrize(
    ("money", "rate", "shown"),
    [
        (Money(95_00, "EUR"), 21_00, ["€78.51", "€16.49", "€95.00"]),
        (Money(8_500, "JPY"), 10_00, ["JP¥7,727", "JP¥773", "JP¥8,500"]),
        (Money(1_234_567, "KWD"), 5_00, ["KWD 1,175.778", "KWD 58.789", "KWD 1,234.567"]),
        (Money(1, "EUR"), 21_00, ["€0.01", "€0.00", "€0.01"]),
        (Money(99_999_999, "EUR"), 0, ["€999,999.99", "€0.00", "€999,999.99"]),
    ],
)
def test_amounts_to_the_last_digit(made, money, rate, shown):
    data = made(row(money=money, rate=rate))
    assert_good_pdf(data)
    said = words(data)
    assert all(amount in " ".join(said) for amount in shown)


def test_a_credit_note_names_what_it_takes_back(made):
    receipt = row()
    data = made(row(Kind.CREDIT, Money(-40_00, "EUR"), number=8), SOMEONE, receipt)
    assert_good_pdf(data)
    said = " ".join(words(data))
    assert "Credit note" in said and "−€40.00" in said and "−€6.94" in said
    assert "the receipt QH-2026-0007 of 22 November 2026 goes back" in said


def test_a_correction_takes_the_credit_note_back(made):
    data = made(row(Kind.CORRECTION, number=9), None, row(Kind.CREDIT, Money(-95_00, "EUR"), number=8))
    assert_good_pdf(data)
    assert "could not be carried out" in " ".join(words(data))


def test_a_sentence_in_place_of_tax(made):
    said = " ".join(words(made(row(rate=None, clause="No VAT is charged (small business)."))))
    assert "No VAT is charged (small business)." in said and "VAT 21" not in said


@pytest.mark.parametrize("size", list(Size))
def test_the_same_words_give_the_same_bytes(made, size):
    first = made(row(), SOMEONE, size=size, plainly=("Power hour", "Wednesday"))
    assert first == made(row(), SOMEONE, size=size, plainly=("Power hour", "Wednesday"))
    assert_good_pdf(first)
    with pikepdf.open(io.BytesIO(first)) as pdf:
        width, height = (float(each) for each in pdf.pages[0].MediaBox[2:])
    assert (width, height) == pytest.approx(size.value, abs=0.01)


def test_the_file_says_nothing_about_anyone(made):
    with pikepdf.open(io.BytesIO(made(row(), SOMEONE))) as pdf:
        about = {str(key): str(value) for key, value in pdf.docinfo.items()}
    assert about["/Title"] == "Professional services"
    assert {about.get(key, "") for key in ("/Author", "/Subject", "/Creator", "/Producer", "/Keywords")} == {
        ""
    }
    assert row().file_name == "paper-2026-0007.pdf"


def test_it_is_read_aloud_in_the_order_it_is_seen(made):
    """A label whose node was made after its lines would be read after them, and no validator minds."""
    with pikepdf.open(io.BytesIO(made(row(), SOMEONE, plainly=("Power hour",)))) as pdf:
        contents = list(content_of(pdf.Root.StructTreeRoot.K))
    assert len(contents) > 15 and contents == sorted(contents)


def content_of(kids):
    """The numbers of the marked content below these elements, in the order of the tree."""
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield from [int(kid.MCID)] if "/MCID" in kid else content_of(kid.K)
        else:
            yield int(kid)


@pytest.mark.parametrize(
    ("rate", "shown"), [(19_00, "19"), (5_50, "5.5"), (7_25, "7.25"), (0, "0"), (10_00, "10")]
)
def test_rates_as_people_write_them(rate, shown):
    assert percent(rate) == shown

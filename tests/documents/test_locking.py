"""A file with a passphrase: AES-256 in its present form, and nothing of the file lost."""

import io

import pikepdf
import pytest
from pypdf import PdfReader

from coachapp.documents import Mode
from coachapp.documents.locking import UnfitPassphrase, fits, locked
from tests.documents.pdf_checks import assert_good_pdf, tree_faults
from tests.documents.samples import pause

WORDS = "sieben Αγριόχορτα 🙂"


def opened(data: bytes, words: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data), password=words)


def test_it_opens_with_the_passphrase_only():
    data = locked(pause(mode=Mode.COMPLETED).build(), WORDS)
    for wrong in ("", "sieben", WORDS + "x"):
        with pytest.raises(pikepdf.PasswordError):
            opened(data, wrong)
    with opened(data, WORDS) as pdf:
        assert (pdf.encryption.R, pdf.encryption.bits) == (6, 256)
        assert pdf.encryption.stream_method == pikepdf.models.EncryptionMethod.aesv3
        assert pdf.allow.accessibility and pdf.allow.extract and pdf.allow.modify_form
    reader = PdfReader(io.BytesIO(data))
    assert reader.decrypt(WORDS)
    assert "Worksheet 4" in reader.pages[0].extract_text()


def test_nothing_of_it_can_be_read_without():
    data = locked(pause(mode=Mode.COMPLETED).build(), WORDS)
    assert b"Worksheet 4" not in data and b"pdfuaid" not in data


def test_tags_and_fields_stay():
    with opened(locked(pause(mode=Mode.FILLABLE).build(), WORDS), WORDS) as pdf:
        assert tree_faults(pdf) == []
        out = io.BytesIO()
        pdf.save(out)
    assert_good_pdf(out.getvalue())
    assert len(PdfReader(out).get_fields()) > 20


def test_a_letter_typed_in_two_strokes_is_the_same_letter():
    opened(locked(pause().build(), "cafe\u0301 au lait"), "caf\u00e9 au lait").close()


@pytest.mark.parametrize("words", ["", "7 chars", "x" * 128, "ж" * 64])
def test_too_short_and_too_long_are_refused(words):
    assert not fits(words)
    with pytest.raises(UnfitPassphrase):
        locked(pause().build(), words)


@pytest.mark.parametrize("words", ["8 chars!", "x" * 127, "ж" * 63])
def test_the_shortest_and_the_longest_open(words):
    opened(locked(pause().build(), words), words).close()

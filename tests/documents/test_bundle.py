"""Several sheets in one file: one structure, an outline, pages counted through."""

import io

import pikepdf
import pytest
from pypdf import PdfReader

from coachapp.documents import EmptyTitle, Mode, Paper, bundle
from coachapp.documents.bundle import MixedPapers
from tests.documents.page_reader import Pages
from tests.documents.pdf_checks import assert_good_pdf
from tests.documents.samples import door, pause


def made(**look) -> bytes:
    return bundle("Notes", [door(**look), pause(**look), door(**look)])


@pytest.mark.parametrize("look", [{}, {"mode": Mode.COMPLETED, "large": True}, {"ink": True}], ids=str)
def test_it_is_good_and_counts_its_pages_through(look):
    data = made(**look)
    assert_good_pdf(data)
    footers = [line.text for line in Pages(data).lines if line.text.startswith("Page ")]
    assert footers == [f"Page {n} of {len(footers)}" for n in range(1, len(footers) + 1)]


def test_each_sheet_is_a_part_and_is_found_by_its_neutral_title():
    data = made()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        document = pdf.Root.StructTreeRoot.K[0]
        assert [str(part.S) for part in document.K] == ["/Part"] * 3
        assert str(document.S) == "/Document"
    reader = PdfReader(io.BytesIO(data))
    found = [(entry["/Title"], reader.get_destination_page_number(entry)) for entry in reader.outline]
    assert found == [("Household sheet 1", 0), ("Worksheet 4", 2), ("Household sheet 1", 4)]
    assert reader.metadata.title == "Notes"


def test_what_it_says_is_what_its_sheets_say():
    whole = Pages(made(mode=Mode.COMPLETED)).said()
    alone = [Pages(each(mode=Mode.COMPLETED).build()).said() for each in (door, pause, door)]
    assert whole == "".join(alone)


def test_the_same_sheets_give_the_same_bytes():
    assert made() == made()


def test_one_sheet_has_no_outline():
    assert "/Outlines" not in pikepdf.open(io.BytesIO(bundle("Notes", [pause()]))).Root


def test_it_needs_a_title_and_one_size_of_paper():
    with pytest.raises(EmptyTitle):
        bundle(" ", [pause()])
    for sheets in ([], [pause(), pause(paper=Paper.LETTER)]):
        with pytest.raises(MixedPapers):
            bundle("Notes", sheets)

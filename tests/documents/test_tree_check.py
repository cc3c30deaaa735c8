"""The own tree check finds what the validator lets pass: planted faults in the ParentTree."""

import io

import pikepdf
import pytest

from coachapp.documents import Mode
from tests.documents.pdf_checks import tree_faults, ua_faults, unlabelled_fields
from tests.documents.samples import pause


@pytest.fixture
def pdf():
    with pikepdf.open(io.BytesIO(pause(mode=Mode.FILLABLE).build())) as opened:
        assert tree_faults(opened) == []
        yield opened


def owners_of(pdf, *, page: bool):
    """A ParentTree entry of a page (a list) or of a widget: its place in the number list, and its value."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    return next((i, v) for i, v in enumerate(numbers) if i % 2 and isinstance(v, pikepdf.Array) == page)


def swap_on_page(pdf):
    _, owners = owners_of(pdf, page=True)
    first, last = owners[0], owners[len(owners) - 1]
    owners[0], owners[len(owners) - 1] = last, first


def delete_on_page(pdf):
    _, owners = owners_of(pdf, page=True)
    del owners[len(owners) - 1]


def swap_widgets(pdf):
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    places = [i for i, v in enumerate(numbers) if i % 2 and not isinstance(v, pikepdf.Array)]
    numbers[places[0]], numbers[places[1]] = numbers[places[1]], numbers[places[0]]


def delete_widget(pdf):
    place, _ = owners_of(pdf, page=False)
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    del numbers[place - 1 : place + 1]


def delete_page(pdf):
    place, _ = owners_of(pdf, page=True)
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    del numbers[place - 1 : place + 1]


@pytest.mark.parametrize("plant", [swap_on_page, delete_on_page, swap_widgets, delete_widget, delete_page])
def test_planted_faults_are_found(pdf, plant):
    plant(pdf)
    assert tree_faults(pdf)


def test_the_validator_alone_would_not_do(pdf):
    swap_widgets(pdf)
    saved = io.BytesIO()
    pdf.save(saved)
    assert ua_faults(saved.getvalue()) == []


def test_unmarked_content_is_found(pdf):
    leaf = pdf.pages[0]
    leaf.contents_add(b"0 0 10 10 re f")
    assert any("outside of marked content" in fault for fault in tree_faults(pdf))


def test_missing_labels_are_found(pdf):
    del pdf.Root.AcroForm.Fields[0].TU
    assert unlabelled_fields(pdf) == [str(pdf.Root.AcroForm.Fields[0].T)]

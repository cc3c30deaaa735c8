"""Where pages break, and what becomes of the room a break leaves."""

from coachapp.documents import PlainDocument
from coachapp.documents.answers import RuledLines
from coachapp.documents.blocks import Gap, Stack
from coachapp.documents.pages import Piece, fill_pages
from tests.documents.page_reader import Pages

HEIGHT = 100.0


def piece(height: float, *, starts: bool = False, **more) -> Piece:
    made = Piece(Gap(height), 0, starts, **more)
    made.block.measure(50)
    return made


def area(lines: int, **more) -> Piece:
    made = Piece(Stack([RuledLines(lines, 10)]), 0, **more)
    made.block.measure(50)
    return made


def heights(pages) -> list[list[float]]:
    return [[placed.block.height for placed in page] for page in pages]


def test_nothing_gives_one_empty_page():
    assert fill_pages([], HEIGHT) == [[]]


def test_what_fits_stays_on_one_page():
    assert heights(fill_pages([piece(40), piece(60)], HEIGHT)) == [[40, 60]]


def test_a_break_goes_between_sections_when_it_costs_no_page():
    pieces = [piece(60, starts=True), piece(20, starts=True), piece(15), piece(60)]
    assert heights(fill_pages(pieces, HEIGHT)) == [[60], [20, 15, 60]]


def test_a_section_is_broken_rather_than_add_a_page():
    pieces = [piece(60, starts=True), piece(30, starts=True), piece(30), piece(70)]
    assert heights(fill_pages(pieces, HEIGHT)) == [[60, 30], [30, 70]]


def test_room_left_goes_to_writing_lines():
    pages = fill_pages([area(5), area(3, starts_section=True), piece(50, starts=True)], HEIGHT)
    assert heights(pages) == [[60, 40], [50]]


def test_the_last_page_is_left_as_it_is():
    assert heights(fill_pages([area(5)], HEIGHT)) == [[50]]


def test_a_last_area_takes_the_rest_of_its_page():
    assert heights(fill_pages([piece(35), area(3, fills=True)], HEIGHT)) == [[35, 60]]


def test_a_forced_break_leaves_room_alone():
    pages = fill_pages([area(5), piece(10, new_page=True)], HEIGHT)
    assert heights(pages) == [[50], [10]]


def test_gaps_are_dropped_at_the_top_of_a_page_and_widened_at_need():
    pieces = [piece(50), piece(40, starts=True), piece(90, starts=True)]
    pieces[1].gap = pieces[2].gap = 4
    pages = fill_pages(pieces, HEIGHT)
    assert [placed.offset for placed in pages[0]] == [0, 50 + 4 * 1.7]
    assert [placed.offset for placed in pages[1]] == [0]


def test_an_area_longer_than_a_page_is_cut():
    assert heights(fill_pages([area(23)], HEIGHT)) == [[100], [100], [30]]


def test_a_piece_longer_than_a_page_may_be_forced_onto_a_new_one():
    pages = fill_pages([piece(30), area(14, new_page=True)], HEIGHT)
    assert heights(pages) == [[30], [100], [40]]


def test_a_piece_that_cannot_be_cut_gets_a_page_of_its_own():
    assert heights(fill_pages([piece(10), piece(150, new_page=True), piece(10)], HEIGHT)) == [
        [10],
        [150],
        [10],
    ]


def test_a_heading_below_a_heading_stays_with_it() -> None:
    """However far down the page they come, neither is left behind."""
    for lines in range(30, 42):
        document = PlainDocument("Notes", neutral_title="Notes")
        for number in range(lines):
            document.paragraph(f"Line {number}")
        document.heading("Above")
        document.heading("Below", 3)
        document.paragraph("What follows")
        places = {said: pages for _tag, said, pages in Pages(document.build()).elements()}
        assert places["Above"] == places["Below"] == places["What follows"], lines

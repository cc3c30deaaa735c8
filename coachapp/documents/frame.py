"""The page frame every document shares: text area, footer with neutral name and page count, the file."""

from collections.abc import Sequence

from reportlab.lib.units import mm

from coachapp.documents.look import Look, Words
from coachapp.documents.pages import Piece, Placed, fill_pages
from coachapp.documents.structure import Node
from coachapp.documents.tagging import Meta, TaggedCanvas
from coachapp.documents.typefaces import clean, width

FOOTER_AT = 10 * mm


def render(
    pieces: Sequence[Piece], look: Look, meta: Meta, root: Node, *, footer: str, words: Words
) -> bytes:
    """The PDF file of `pieces`, whose nodes hang below `root`."""
    for piece in pieces:
        piece.block.measure(look.width)
    pages = fill_pages(pieces, look.height)
    canvas = TaggedCanvas((look.page_width, look.page_height), meta, root)
    for number, page in enumerate(pages, 1):
        _paint(canvas, look, page)
        count = words.page.format(page=number, pages=len(pages))
        _paint_footer(canvas, look, clean(footer), count)
        canvas.showPage()
    return canvas.finish()


def _paint(canvas: TaggedCanvas, look: Look, page: Sequence[Placed]) -> None:
    for placed in page:
        placed.block.paint(canvas, look.margin, look.page_height - look.top - placed.offset)


def _paint_footer(canvas: TaggedCanvas, look: Look, name: str, count: str) -> None:
    style = look.footer
    right = look.page_width - look.margin - width(count, style.font, style.size)
    with canvas.mark(None, "Pagination"):
        for text, x in ((name, look.margin), (count, right)):
            canvas.set_lines(x, FOOTER_AT, [text], style)

"""The page frame every document shares: text area, footer with neutral name and page count, the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from reportlab.lib.units import mm

from coachapp.documents.look import Look, Words
from coachapp.documents.pages import Placed
from coachapp.documents.structure import Node
from coachapp.documents.tagging import Meta, TaggedCanvas
from coachapp.documents.typefaces import clean, width

FOOTER_AT = 10 * mm


@dataclass(frozen=True)
class Part:
    """Filled pages of one look and footer; `title` stands in the outline where a file has several parts."""

    pages: Sequence[Sequence[Placed]]
    look: Look
    footer: str
    title: str


def render(parts: Sequence[Part], meta: Meta, root: Node, words: Words) -> bytes:
    """The PDF file of `parts`, all on one size of paper, whose nodes hang below `root`."""
    look, numbers, pages = parts[0].look, count(1), sum(len(part.pages) for part in parts)
    canvas = TaggedCanvas((look.page_width, look.page_height), meta, root)
    for part in parts:
        canvas.pen = part.look.pen
        if len(parts) > 1:
            canvas.enter(part.title)
        for page, number in zip(part.pages, numbers):  # noqa: B905  # numbers have no end
            _paint(canvas, part.look, page)
            _paint_footer(canvas, part.look, clean(part.footer), words.page.format(page=number, pages=pages))
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

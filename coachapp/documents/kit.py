"""What worksheets and plain documents share: title, headings, paragraphs, and pieces kept together."""

from collections.abc import Sequence

from reportlab.lib.units import mm

from coachapp.documents.blocks import Block, Gap, Indented, Line, Row, Stack
from coachapp.documents.frame import Part, render
from coachapp.documents.look import BLACK, USUAL, Look, Paper, Spacing, TextStyle, Words
from coachapp.documents.pages import IN_LARGE_PRINT, Breaking, Piece, Placed, fill_pages
from coachapp.documents.structure import Node
from coachapp.documents.tables import RowShape, Table
from coachapp.documents.tagging import Meta
from coachapp.documents.text import Text
from coachapp.documents.typefaces import clean

LITTLE = 0.6  # of a page: with less than this on its last, a document set closer might have one less


class EmptyTitle(ValueError):
    """A document needs a title, and a neutral one for the file and the footer."""


class Kit:
    """A document being put together from top to bottom; the order of calls is the reading order."""

    def __init__(
        self,
        title: str,
        *,
        neutral_title: str,
        purpose: str = "",
        footer: str = "",
        paper: Paper = Paper.A4,
        large: bool = False,
        ink: bool = False,
        spacing: Spacing = USUAL,
        scale: float | None = None,
        lang: str = "en-GB",
        words: Words | None = None,
    ) -> None:
        neutral = " ".join(clean(neutral_title).split())
        if not title.strip() or not neutral:
            raise EmptyTitle(title or neutral_title)
        self.look = Look(paper, large=large, ink=ink, spacing=spacing, scale=scale)
        self.words = words or Words()
        self.meta, self.footer = Meta(neutral, lang), footer or neutral
        self.root = Node("Document")
        self.section = self.root
        self._pieces: list[Piece] = []
        self._heading: list[Block] = []
        self._new_page = False
        self._pages: list[list[Placed]] | None = None
        self._file: bytes | None = None
        self._title(title, purpose)

    def _title(self, title: str, purpose: str) -> None:
        look = self.look
        blocks: list[Block] = [Text(title, look.title, Node("H1", self.root)), Gap(1.2 * mm * look.scale)]
        if purpose:
            blocks += [Text(purpose, look.body, Node("P", self.root)), Gap(2.2 * mm)]
        blocks += [Line(1.4), Gap(0.8 * mm)]
        self._pieces.append(Piece(Stack(blocks), 0))

    def paragraph(self, text: str) -> None:
        """Plain running text; a line break in `text` starts a new line."""
        self.add([self.text(text, self.look.body)])

    def note(self, text: str, heading: str = "") -> None:
        """A tip, with a bar at its left; its heading, if it has one, in bold."""
        head = [self.text(heading, self.look.strong)] if heading else []
        self._barred([*head, self.text(text, self.look.body)], bar=2.4)

    def heads_up(self, text: str) -> None:
        """A gentle warning before something heavy: its own first words in bold, and a black bar."""
        look = self.look
        head = self.text(self.words.heads_up, look.strong)
        self._barred([head, self.text(text, look.body)], bar=2.4, grey=BLACK)

    def own_words(self, text: str, who: str = "") -> None:
        """Words a person wrote or said, as a quotation; `who` is printed below."""
        quote, look = Node("BlockQuote", self.section), self.look
        blocks: list[Block] = [Text(f"“{text.strip()}”", look.quote, Node("P", quote))]
        if who:
            blocks += [Gap(0.8 * mm * look.scale), Text(who, look.hint, Node("P", quote))]
        self.add([Indented(Stack(blocks), look.tick_column)])

    def steps(self, items: Sequence[str], label: str = "", hint: str = "") -> None:
        """A numbered list; a `label` above it, and its hint, stay with it."""
        self._list("Decimal", [(f"{number}.", item) for number, item in enumerate(items, 1)], label, hint)

    def points(self, items: Sequence[str]) -> None:
        """A list whose order says nothing."""
        self._list("Disc", [("•", item) for item in items])

    def _list(
        self, numbering: str, items: Sequence[tuple[str, str]], label: str = "", hint: str = ""
    ) -> None:
        heading = self.above(label, hint)
        look, listing = self.look, Node("L", self.section, list_numbering=numbering)
        rows: list[Block] = []
        for mark, item in items:
            entry = Node("LI", listing)
            bullet = Text(mark, look.strong, Node("Lbl", entry))
            body = Text(item, look.body, Node("LBody", entry))
            rows += [Row([bullet, body], [look.tick_column, None]), Gap(1 * mm * look.scale)]
        self.add([*heading, *rows[:-1]], head=len(heading))

    def above(self, label: str, hint: str = "") -> list[Block]:
        """A label above a list or a table, and what explains it, if there are any."""
        words = [(label, self.look.label), (hint, self.look.hint)]
        said: list[Block] = [self.text(text, style) for text, style in words if text]
        return [*said, Gap(1.2 * mm * self.look.scale)] if said else []

    def text_table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float] | None = None
    ) -> None:
        """A table of texts; `shares` of the width, equal if not given."""
        tree = Node("Table", self.section)
        head_row = Node("TR", Node("THead", tree))
        head_cells = [
            Text(head, self.look.label, Node("P", Node("TH", head_row, scope="Column"))) for head in heads
        ]
        body = Node("TBody", tree)
        shapes = [self._text_row(Node("TR", body), row) for row in rows]
        self.add([Table(head_cells, shapes, shares or [1] * len(heads), self.look.height)], head=0)

    def page_break(self) -> None:
        """What follows begins on a new page."""
        self.flush()
        self._new_page = True

    def fits_a_page(self) -> bool:
        """Whether all that is here by now stands on one page."""
        self.flush()
        blocks = sum(piece.block.measure(self.look.width) for piece in self._pieces)
        return blocks + sum(piece.gap for piece in self._pieces[1:]) <= self.look.height

    def build(self) -> bytes:
        """The finished PDF; the same input gives the same bytes."""
        if self._file is None:
            self._file = render([self.part()], self.meta, self.root, self.words)
        return self._file

    def pages(self) -> list[list[Placed]]:
        """What stands where; from here on nothing can be added."""
        if self._pages is None:
            self.flush()
            for piece in self._pieces:
                piece.block.measure(self.look.width)
            breaking = IN_LARGE_PRINT if self.look.large else Breaking()
            self._pages = fill_pages(self._pieces, self.look.height, breaking)
        return self._pages

    def part(self) -> Part:
        """This document as part of a file, of which its footer and its title name it."""
        return Part(self.pages(), self.look, self.footer, self.meta.title)

    def needs_room(self) -> bool:
        """Whether there is little on its last page, which is not its first: set closer, it might do without."""
        last = self.pages()[-1]
        used = last[-1].offset + last[-1].block.height if last else 0
        return len(self.pages()) > 1 and used < LITTLE * self.look.height

    def text(self, text: str, style: TextStyle, tag: str = "P", parent: Node | None = None) -> Text:
        """A text with a node of its own below `parent` (the present section)."""
        return Text(text, style, Node(tag, parent or self.section))

    def start_section(self, blocks: Sequence[Block]) -> None:
        """Begin a section with heading `blocks`, which stay with what follows."""
        self.flush()
        self._heading = list(blocks)

    def add(
        self, blocks: Sequence[Block], head: int = 1, *, gap: float | None = None, fills: bool = False
    ) -> None:
        """Add blocks that belong together, `gap` below what is there; the first `head` never end a page."""
        if not blocks:
            return
        starts, heading = bool(self._heading), self._heading
        self._heading = []
        stack = Stack([*heading, *blocks], len(heading) + min(head, len(blocks) - 1))
        if gap is None or starts:
            gap = self.look.section_gap if starts else self.look.block_gap
        self._pieces.append(Piece(stack, gap, starts, self._new_page, fills))
        self._new_page = False

    def flush(self) -> None:
        """Let a heading that nothing follows stand by itself."""
        if self._heading:
            self.add([Gap(0)], head=0)

    def _barred(self, blocks: Sequence[Block], *, bar: float, grey: float = 0.3) -> None:
        self.add([Indented(Stack([*blocks, Gap(0.8 * mm)]), 4 * mm, bar, grey)], head=0)

    def _text_row(self, tree: Node, row: Sequence[str]) -> RowShape:
        cells = [Text(cell, self.look.cell, Node("P", Node("TD", tree))) for cell in row]
        return RowShape(cells, 0)

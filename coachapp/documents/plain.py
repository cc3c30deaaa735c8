"""The plain document kit, for letters, receipts and lists: headings, paragraphs, simple tables."""

from collections.abc import Callable, Sequence

from reportlab.lib.units import mm

from coachapp.documents.blocks import Block, Gap, Row, Stack
from coachapp.documents.kit import Kit
from coachapp.documents.look import TextStyle
from coachapp.documents.structure import Node
from coachapp.documents.tables import RowShape, Table
from coachapp.documents.text import Text

_SUMS = (3.4, 1)  # shares of the width: what for, how much


class PlainDocument(Kit):
    """A document to read; see `Kit` for its title, paragraphs, tables of text, notes and steps."""

    def heading(self, text: str, level: int = 2) -> None:
        """A heading of level 2 or 3; it stays with what follows, be that another heading."""
        look, above = self.look, []
        if level == 2:
            self.flush()
            self.section = Node("Sect", self.root)
        else:
            above, self._heading = self._heading, []
        style = look.heading if level == 2 else look.subheading
        self.start_section([*above, self.text(text, style, f"H{level}"), Gap(0.9 * mm * look.scale)])

    def beside(self, columns: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Short texts side by side, each a label with its lines; they are read one after the other."""
        stacks = [self._labelled(label, lines) for label, lines in columns]
        row = Row(stacks, [None] * len(stacks), self.look.column_gap)
        self.add([row], head=0, gap=self.look.section_gap)

    def sums(
        self, heads: tuple[str, str], rows: Sequence[tuple[Sequence[str], str]], total: tuple[str, str]
    ) -> None:
        """A table of what for (in lines) and how much, amounts at the right; `total` stands last and in bold."""
        look, tree = self.look, Node("Table", self.section)
        first, second = heads
        head = Node("TR", Node("THead", tree))
        cells = [
            Text(text, look.label, Node("P", Node("TH", head, scope="Column")), right=text is second)
            for text in (first, second)
        ]
        body = Node("TBody", tree)
        shapes = [self._sum(body, what, amount, look.cell) for what, amount in rows]
        shapes.append(self._sum(body, [total[0]], total[1], look.strong))
        self.add([Table(cells, shapes, _SUMS, look.height)], head=0, gap=2 * look.section_gap)

    def _labelled(self, label: str, lines: Sequence[str]) -> Block:
        head = self.text(label, self.look.label, "H2")  # made first: the order of nodes is the reading order
        texts = [self.text(line, self.look.body) for line in lines]
        return Stack([head, Gap(0.6 * mm * self.look.scale), *texts])

    def _sum(self, body: Node, what: Sequence[str], amount: str, style: TextStyle) -> RowShape:
        tree = Node("TR", body)
        head = Node("TH", tree, scope="Row")
        lines = Stack([Text(line, style, Node("P", head)) for line in what])
        return RowShape([lines, Text(amount, style, Node("P", Node("TD", tree)), right=True)], 0)


def largest_that_fits(laid_out: Callable[[float], PlainDocument], scales: Sequence[float]) -> PlainDocument:
    """The document in the first of these scales, largest first, that leaves it one page; else in the last of them."""
    *larger, smallest = scales
    fitting = (document for document in map(laid_out, larger) if document.fits_a_page())
    return next(fitting, None) or laid_out(smallest)

"""Ruled tables: horizontal rules, faint verticals, a head that is repeated on every page it runs over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from coachapp.documents.blocks import SLACK, Block, Gap, GrowingBlock
from coachapp.documents.look import FAINT_GREY, RULE_GREY
from coachapp.documents.tagging import TaggedCanvas
from coachapp.documents.text import Text

SIDE, HEAD_PAD, ROW_PAD = 1.5 * mm, 0.9 * mm, 1.6 * mm
MORE_MILLIMETRES = 4  # by which rows to write in may grow to use up room on a page
LEAST_ROWS = 2  # before a break and after it
SHORT = 0.5  # of a page: a table shorter than this stays whole rather than leave one row alone
LONG_ROW = 0.35  # of the room on a page; a row taller than this may be cut in two


@dataclass(frozen=True)
class RowShape:
    """A row of cells and the least height it takes."""

    cells: Sequence[Block]
    least: float
    height: float = 0

    def laid_out(self, widths: Sequence[float], more: float = 0) -> "RowShape":
        inner = max(c.measure(w - 2 * SIDE) for c, w in zip(self.cells, widths, strict=True))
        height = max(self.least + more, inner + 2 * ROW_PAD)
        for cell in self.cells:
            cell.fill(height)
        return RowShape(self.cells, self.least, height)

    def cut(self, room: float, widths: Sequence[float]) -> "tuple[RowShape, RowShape] | None":
        inner = room - 2 * ROW_PAD
        parts = [(c, Gap(0)) if c.height <= inner + SLACK else c.cut(inner) for c in self.cells]
        cuts = [part for part in parts if part]
        if len(cuts) < len(parts):
            return None
        first, second = RowShape([c[0] for c in cuts], 0), RowShape([c[1] for c in cuts], 0)
        return first.laid_out(widths), second.laid_out(widths)


class Table(GrowingBlock):
    """A table of `shares` (of the width), its head cells and its rows.

    `page` is the height of a page's text area. Rows to write in may become higher: one line more is one
    millimetre for each row.
    """

    rank = 1

    def __init__(
        self, head: Sequence[Text], rows: Sequence[RowShape], shares: Sequence[float], page: float
    ) -> None:
        super().__init__()
        self.lines, self.step = 0, len(rows) * mm
        self.grows = any(row.least for row in rows)
        self.head, self.rows, self.page = list(head), list(rows), page
        self.shares = [share / sum(shares) for share in shares]
        self.head_height = 0.0

    def layout(self, width: float) -> float:
        self.widths = [width * share for share in self.shares]
        inner = [c.measure(w - 2 * SIDE) for c, w in zip(self.head, self.widths, strict=True)]
        self.head_height = max(inner) + 2 * HEAD_PAD
        self.rows = [row.laid_out(self.widths, self.lines * mm) for row in self.rows]
        return self.head_height + sum(row.height for row in self.rows)

    def most(self) -> int:
        return MORE_MILLIMETRES

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        self._paint_rules(canvas, x, top)
        for cell, left in zip(self.head, self._lefts(x), strict=True):
            cell.paint(canvas, left, top - self.head_height + HEAD_PAD + cell.height)
        for row, row_top in self._rows_from(top):
            for block, left in zip(row.cells, self._lefts(x), strict=True):
                block.paint(canvas, left, row_top - (row.height - block.height) / 2)

    def _lefts(self, x: float) -> Iterator[float]:
        for width in self.widths:
            yield x + SIDE
            x += width

    def _rows_from(self, top: float) -> Iterator[tuple[RowShape, float]]:
        top -= self.head_height
        for row in self.rows:
            yield row, top
            top -= row.height

    def _paint_rules(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        right, under_head, foot = x + self.width, top - self.head_height, top - self.height
        bottoms = [row_top - row.height for row, row_top in self._rows_from(top)]
        edges = [left - SIDE for left in self._lefts(x)][1:]
        with canvas.mark(None):
            canvas.rule([(e, under_head, e, foot) for e in edges], 0.5, FAINT_GREY)
            canvas.rule([(x, y, right, y) for y in bottoms], 0.5, RULE_GREY)
            canvas.rule([(x, under_head, right, under_head)], 1.1, 0)

    def cut(self, room: float) -> "tuple[Table, Table] | None":
        room -= self.head_height
        for index, row in enumerate(self.rows):
            if row.height > room + SLACK:
                parts = row.cut(room, self.widths) if row.height > LONG_ROW * self.page else None
                return self._cut_at(index, parts)
            room -= row.height
        return None

    def _cut_at(self, index: int, parts: tuple[RowShape, RowShape] | None) -> "tuple[Table, Table] | None":
        if not parts and len(self.rows) - index == 1:  # no row is left alone
            if index > LEAST_ROWS:
                index -= 1
            elif self.height < SHORT * self.page:
                return None
        before, after = self.rows[:index], self.rows[index:]
        if parts:
            before, after = [*before, parts[0]], [parts[1], *after[1:]]
        if not before:
            return None
        return self._part(self.head, before), self._part(self._silent_head(), after)

    def _silent_head(self) -> list[Text]:
        """The head again, as decoration: a screen reader has heard it once."""
        return [Text(cell.text, cell.style, None) for cell in self.head]

    def _part(self, head: Sequence[Text], rows: Sequence[RowShape]) -> "Table":
        part = Table(head, rows, self.shares, self.page)
        part.grows = False
        part.measure(self.width)
        return part

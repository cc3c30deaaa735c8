"""Numbers from 0 to 10 as a small chart of bars: one figure with words, and below it the numbers as text."""

from collections.abc import Sequence

from reportlab.lib.units import mm

from coachapp.documents import shapes
from coachapp.documents.blocks import Block, Gap
from coachapp.documents.kit import Kit
from coachapp.documents.look import FAINT_GREY, RULE_GREY, TextStyle
from coachapp.documents.rawpdf import number, numbers
from coachapp.documents.structure import Node
from coachapp.documents.tagging import TaggedCanvas
from coachapp.documents.typefaces import REGULAR, width

MOST = 10
LEAST_BAR = 0.5  # points; nought is a line, so that it is seen
BAR_SHARE = 0.6
WIDEST_STEP = 9 * mm


class Chart(Block):
    """Bars side by side over a base line, with rules at 0, 5 and 10; each has its number above it where there is room."""

    def __init__(self, values: Sequence[int], figure: Node, scale: float = 1) -> None:
        super().__init__()
        self.values, self.figure = list(values), figure
        self.unit, self.margin = 1.6 * mm * scale, 6 * mm * scale
        self.style = TextStyle(REGULAR, 7.5 * scale, 9 * scale)

    def layout(self, width: float) -> float:
        return MOST * self.unit + 2 * self.style.leading

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        base, left = top - self.height + self.style.leading / 2, x + self.margin
        step = min(WIDEST_STEP, (self.width - self.margin) / len(self.values))
        with canvas.mark(self.figure):
            for mark in (0, MOST // 2, MOST):
                self._rule(canvas, left, base, mark)
            for index, value in enumerate(self.values):
                self._bar(canvas, left + (index + 0.5) * step, base, step, value)

    def _rule(self, canvas: TaggedCanvas, left: float, base: float, mark: int) -> None:
        y, style = base + mark * self.unit, self.style
        right = left - self.margin + self.width
        canvas.draw(shapes.lines([(left, y, right, y)], 0.5, FAINT_GREY if mark else RULE_GREY))
        start = left - 1.5 * mm - width(str(mark), style.font, style.size)
        canvas.set_lines(start, y - style.size * 0.34, [str(mark)], style)

    def _bar(self, canvas: TaggedCanvas, middle: float, base: float, step: float, value: int) -> None:
        wide, high, style = step * BAR_SHARE, max(value * self.unit, LEAST_BAR), self.style
        canvas.draw(f"q {number(RULE_GREY)} g {numbers(middle - wide / 2, base, wide, high)} re f Q")
        shown = str(value)
        across = width(shown, style.font, style.size)
        if across < step:
            left, foot = middle - across / 2, base + high + style.size * 0.3
            canvas.draw(
                f"q 1 g {numbers(left, foot, across, style.size * 0.75)} re f Q"
            )  # no rule runs through it
            canvas.set_lines(left, foot, [shown], style)


def add_chart(kit: Kit, title: str, values: Sequence[int], alt: str, words: str) -> None:
    """Add a chart below its `title`, with the numbers in `words` under it; they stay on one page where they can."""
    look = kit.look
    head = kit.text(title, look.label)
    chart = Chart(values, Node("Figure", kit.section, alt=alt), look.scale)
    kit.add(
        [head, Gap(1 * look.scale), chart, kit.text(words, look.hint), Gap(1.2 * mm * look.scale)], head=3
    )

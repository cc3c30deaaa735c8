"""The fold-up card: two halves the size of a bank card, to cut out along dashes and fold along dots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from coachapp.documents import shapes
from coachapp.documents.blocks import SLACK, Block, Gap, Stack
from coachapp.documents.look import Look, TextStyle
from coachapp.documents.structure import Node
from coachapp.documents.tagging import TaggedCanvas

WIDTH, HEIGHT = 85.6 * mm, 54 * mm  # ISO/IEC 7810 ID-1
PADDING, TOP_PADDING = 5 * mm, 3.6 * mm
INNER_WIDTH, INNER_HEIGHT = WIDTH - 2 * PADDING, HEIGHT - TOP_PADDING - 2.4 * mm
FACTORS = (1.7, 1.5, 1.3, 1.15, 1.0, 0.92, 0.84)  # text sizes tried from large to small until a half fits
LARGE_PRINT_FIRST, NORMAL_FIRST = 0, 4


@dataclass(frozen=True)
class CardSide:
    """One half: a title and its entries, each a sentence or a pair of name and label to answer."""

    title: str
    entries: Sequence[str | tuple[str, str]]


@dataclass(frozen=True)
class CardStyles:
    """The styles of a card at one text size."""

    title: TextStyle
    text: TextStyle
    line_height: float

    @classmethod
    def of(cls, look: Look, factor: float) -> "CardStyles":
        title = TextStyle(look.label.font, 10.5, 15, balanced=True).scaled(factor)
        text = TextStyle(look.cell.font, 9.6, 11.8, balanced=True).scaled(factor)
        return cls(title, text, 7.6 * mm * min(1.0, factor))


FillHalf = Callable[[CardSide, CardStyles, Node], Stack]


class Card(Block):
    """Both halves side by side; it grows downwards, and over pages, rather than lose a word."""

    def __init__(self, left: Block, right: Block) -> None:
        super().__init__()
        self.halves = (left, right)

    def layout(self, width: float) -> float:
        inner = max(half.measure(INNER_WIDTH) for half in self.halves)
        return HEIGHT + max(0.0, inner - INNER_HEIGHT)

    def cut(self, room: float) -> "tuple[Card, Card] | None":
        inner = room - (HEIGHT - INNER_HEIGHT)
        parts = [(h, Gap(0)) if h.height <= inner + SLACK else h.cut(inner) for h in self.halves]
        left, right = parts
        if not left or not right:
            return None
        first, second = Card(left[0], right[0]), Card(left[1], right[1])
        first.measure(self.width)
        second.measure(self.width)
        return first, second

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        left, fold, right, foot = x, x + WIDTH, x + 2 * WIDTH, top - self.height
        cut = [
            (left, top, right, top),
            (left, foot, right, foot),
            (left, top, left, foot),
            (right, top, right, foot),
        ]
        with canvas.mark(None):
            canvas.draw(shapes.dashed(cut, "3 2.4", canvas.pen.weight(0.7), 0))
            canvas.draw(shapes.dashed([(fold, top, fold, foot)], "0.6 2.6", canvas.pen.weight(0.9), 1))
        for half, side in zip(self.halves, (left, fold), strict=True):
            half.paint(canvas, side + PADDING, top - TOP_PADDING)


def make_card(sides: tuple[CardSide, CardSide], look: Look, parent: Node, fill: FillHalf) -> Stack:
    """The card, each half at the largest text size at which it fits."""
    left, right = (fill(side, _fitting_styles(side, look, fill), parent) for side in sides)
    return Stack([Card(left, right), Gap(1 * mm)])


def _fitting_styles(side: CardSide, look: Look, fill: FillHalf) -> CardStyles:
    first = LARGE_PRINT_FIRST if look.large else NORMAL_FIRST
    for factor in FACTORS[first:]:
        styles = CardStyles.of(look, factor)
        trial = Node("Sect")
        if fill(side, styles, trial).measure(INNER_WIDTH) <= INNER_HEIGHT:
            return styles
    return CardStyles.of(look, FACTORS[-1])

"""The plain building blocks of a page: gaps, rules, stacks, rows and bars, each able to measure and cut itself."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from coachapp.documents.look import TEXT_GREY
from coachapp.documents.tagging import TaggedCanvas

SLACK = 0.01  # points by which sums of heights may be off


class Block(Flowable, ABC):
    """A platypus flowable that paints itself, from its top left corner, on a tagged canvas.

    `measure` must come before `paint` and `cut`; it sets `width` and `height`.
    """

    def measure(self, width: float) -> float:
        """Lay out in `width`; returns the height."""
        self.width, self.height = width, self.layout(width)
        return self.height

    @abstractmethod
    def layout(self, width: float) -> float:
        """The height it takes in `width`."""

    @abstractmethod
    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        """Draw it, its top left corner there."""

    def cut(self, room: float) -> "tuple[Block, Block] | None":
        """This block in two, the first no higher than `room`; None where it must not be cut."""
        return None

    def fill(self, height: float) -> None:
        """Take up a table row of `height`, for blocks that can."""

    def areas(self) -> "list[GrowingBlock]":
        """The writing areas inside, which may take more lines where a page has room."""
        return []

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        return aW, self.measure(aW)

    def split(self, aW: float, aH: float, /) -> list[Flowable]:
        return list(self.cut(aH) or ())

    def drawOn(self, canvas: Canvas, x: float, y: float, _sW: float = 0) -> None:
        assert isinstance(canvas, TaggedCanvas)
        self.paint(canvas, x, y + self.height)


class GrowingBlock(Block):
    """A block of `lines` steps; where a page has room left, the page filler may raise the number.

    Room goes to the blocks of rank 0 first; `grows` is off for parts that go on on the next page.
    """

    lines: int
    step: float
    rank = 0
    grows = True

    @abstractmethod
    def most(self) -> int:
        """By how many lines this may grow to use up room."""

    def areas(self) -> "list[GrowingBlock]":
        return [self] if self.grows else []


class Gap(Block):
    """Empty space."""

    def __init__(self, space: float) -> None:
        super().__init__()
        self.space = space

    def layout(self, width: float) -> float:
        return self.space

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        pass


class Line(Block):
    """A rule across the width."""

    def __init__(self, weight: float, grey: float = 0) -> None:
        super().__init__()
        self.weight, self.grey = weight, grey

    def layout(self, width: float) -> float:
        return self.weight

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        y = top - self.weight / 2
        with canvas.mark(None):
            canvas.rule([(x, y, x + self.width, y)], self.weight, self.grey)


class Stack(Block):
    """Blocks one below the other.

    The first `head` of them are never left alone at the foot of a page, the last `tail` not at the top of one
    where another can go with them.
    """

    def __init__(self, blocks: Sequence[Block], head: int = 0, tail: int = 0) -> None:
        super().__init__()
        self.blocks, self.head, self.tail = list(blocks), head, tail

    def layout(self, width: float) -> float:
        return sum(block.measure(width) for block in self.blocks)

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        for block in self.blocks:
            block.paint(canvas, x, top)
            top -= block.height

    def areas(self) -> list[GrowingBlock]:
        return [area for block in self.blocks for area in block.areas()]

    def cut(self, room: float) -> "tuple[Stack, Stack] | None":
        for index, block in enumerate(self.blocks):
            if block.height > room + SLACK:
                return self._cut_at(index, block.cut(room))
            room -= block.height
        return None

    def _cut_at(self, index: int, parts: tuple[Block, Block] | None) -> "tuple[Stack, Stack] | None":
        if not parts and len(self.blocks) - index <= self.tail < index - self.head:
            index -= 1
        before, after = self.blocks[:index], self.blocks[index:]
        if parts:
            before, after = [*before, parts[0]], [parts[1], *after[1:]]
        if len(before) <= self.head or not after:
            return None
        return self._part(before, self.head, 0), self._part(after, 0, self.tail)

    def _part(self, blocks: Sequence[Block], head: int, tail: int) -> "Stack":
        part = Stack(blocks, head, tail)
        part.measure(self.width)
        return part


class Row(Block):
    """Blocks side by side; `widths` in points, None for what is left."""

    def __init__(self, blocks: Sequence[Block], widths: Sequence[float | None], gap: float = 0) -> None:
        super().__init__()
        self.blocks, self.widths, self.gap = list(blocks), list(widths), gap

    def columns(self, width: float) -> list[float]:
        free = width - sum(w for w in self.widths if w is not None) - self.gap * (len(self.widths) - 1)
        share = free / max(1, self.widths.count(None))
        return [share if w is None else w for w in self.widths]

    def layout(self, width: float) -> float:
        return max(b.measure(w) for b, w in zip(self.blocks, self.columns(width), strict=True))

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        for block in self.blocks:
            block.paint(canvas, x, top)
            x += block.width + self.gap

    def cut(self, room: float) -> "tuple[Row, Row] | None":
        parts = [(b, Gap(0)) if b.height <= room + SLACK else b.cut(room) for b in self.blocks]
        cuts = [part for part in parts if part]
        if len(cuts) < len(parts):
            return None
        return self._part([c[0] for c in cuts]), self._part([c[1] for c in cuts])

    def _part(self, blocks: Sequence[Block]) -> "Row":
        part = Row(blocks, self.widths, self.gap)
        part.measure(self.width)
        return part


class Indented(Block):
    """A block moved to the right, with a bar at its left when `bar` (its width) is not 0."""

    def __init__(self, block: Block, indent: float, bar: float = 0, grey: float = TEXT_GREY) -> None:
        super().__init__()
        self.block, self.indent, self.bar, self.grey = block, indent, bar, grey

    def layout(self, width: float) -> float:
        return self.block.measure(width - self.indent)

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        if self.bar:
            left = x + self.bar / 2
            with canvas.mark(None):
                canvas.rule([(left, top, left, top - self.height)], self.bar, self.grey)
        self.block.paint(canvas, x + self.indent, top)

    def cut(self, room: float) -> "tuple[Indented, Indented] | None":
        parts = self.block.cut(room)
        return (self._part(parts[0]), self._part(parts[1])) if parts else None

    def _part(self, block: Block) -> "Indented":
        part = Indented(block, self.indent, self.bar, self.grey)
        part.measure(self.width)
        return part

"""The plain building blocks of a page: text, gaps, stacks, rows and bars, each able to measure and cut itself."""

import re
from collections.abc import Sequence
from itertools import pairwise

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from coachapp.documents import shapes
from coachapp.documents.bidi import is_mixed
from coachapp.documents.look import TEXT_GREY, TextStyle
from coachapp.documents.structure import Node
from coachapp.documents.tagging import TaggedCanvas
from coachapp.documents.typefaces import clean, width

ASCENT = 0.95  # from the top of a text to its first baseline, in font sizes
BALANCED_LINES, SHORT_LINE = 3, 0.25  # texts this short are balanced when their last line is
SLACK = 0.01  # points by which sums of heights may be off

_EMPTY_LINES = re.compile(r"\n\s*\n\s*")


class Block(Flowable):
    """A platypus flowable that paints itself, from its top left corner, on a tagged canvas.

    `measure` must come before `paint` and `cut`; it sets `width` and `height`.
    """

    def measure(self, width: float) -> float:
        """Lay out in `width`; returns the height."""
        self.width, self.height = width, self.layout(width)
        return self.height

    def layout(self, width: float) -> float:
        raise NotImplementedError

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        raise NotImplementedError

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

    def most(self) -> int:
        """By how many lines this may grow to use up room."""
        raise NotImplementedError

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
            canvas.draw(shapes.lines([(x, y, x + self.width, y)], self.weight, self.grey))


class Text(Block):
    """Text as people wrote it (never mark-up), broken into lines; parts of a cut text share its node."""

    def __init__(self, text: str, style: TextStyle, node: Node | None, *, right: bool = False) -> None:
        super().__init__()
        self.text, self.style, self.node, self.right = clean(text), style, node, right
        self.lines: list[str] = []
        self._broken_for = -1.0
        if node and is_mixed(self.text):
            node.actual_text = node.actual_text or self.text

    def layout(self, width: float) -> float:
        if width != self._broken_for:
            self.lines = break_lines(self.text, self.style, width)
            self._broken_for = width
        return len(self.lines) * self.style.leading

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        style = self.style
        if self.right:
            x += self.width - max(width(line, style.font, style.size) for line in self.lines)
        with canvas.mark(self.node):
            canvas.set_lines(x, top - ASCENT * style.size, self.lines, style)

    def cut(self, room: float) -> "tuple[Text, Text] | None":
        fitting = int((room + SLACK) / self.style.leading)
        if len(self.lines) - fitting == 1:
            fitting -= 1
        if fitting < 2 or fitting >= len(self.lines):
            return None
        return self.part(self.lines[:fitting]), self.part(self.lines[fitting:])

    def part(self, lines: list[str]) -> "Text":
        part = Text("", self.style, self.node)
        part.lines, part._broken_for = lines, self._broken_for
        part.measure(self.width)
        return part


def break_lines(text: str, style: TextStyle, limit: float) -> list[str]:
    """The lines of `text` in `limit` points; a word wider than a line is broken where it must be."""
    lines: list[str] = []
    for paragraph in _EMPTY_LINES.sub("\n\n", text.strip()).split("\n"):
        words = [word for word in paragraph.split(" ") if word]
        filled = _fill(words, style, limit)
        lines += _balanced(filled, words, style, limit) if style.balanced else filled
    return lines


def _balanced(filled: list[str], words: Sequence[str], style: TextStyle, limit: float) -> list[str]:
    """Lines of a like length instead of `filled`, where those leave a short word alone in the last one."""
    last = width(filled[-1], style.font, style.size)
    if not 1 < len(filled) <= BALANCED_LINES or last > SHORT_LINE * limit:
        return filled
    for share in (0.6, 0.7, 0.8, 0.9):
        narrower = _fill(words, style, share * limit)
        if len(narrower) == len(filled):
            return narrower
    return filled


def _fill(words: Sequence[str], style: TextStyle, limit: float) -> list[str]:
    space = width(" ", style.font, style.size)
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    for word in words:
        advance = width(word, style.font, style.size)
        if line and used + space + advance > limit:
            lines.append(" ".join(line))
            line, used = [], 0.0
        if advance > limit:
            *full, word = _chop(word, style, limit)
            lines += full
            advance = width(word, style.font, style.size)
        used += advance + (space if line else 0)
        line.append(word)
    return [*lines, " ".join(line)]


def _chop(word: str, style: TextStyle, limit: float) -> list[str]:
    """A word wider than a line in parts that each fit, of at least one character."""
    starts, used = [0], 0.0
    for index, character in enumerate(word):
        advance = width(character, style.font, style.size)
        if used + advance > limit and index > starts[-1]:
            starts.append(index)
            used = 0.0
        used += advance
    return [word[start:end] for start, end in pairwise([*starts, len(word)])]


class Stack(Block):
    """Blocks one below the other; the first `head` of them are never left alone at the foot of a page."""

    def __init__(self, blocks: Sequence[Block], head: int = 0) -> None:
        super().__init__()
        self.blocks, self.head = list(blocks), head

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
        before, after = self.blocks[:index], self.blocks[index:]
        if parts:
            before, after = [*before, parts[0]], [parts[1], *after[1:]]
        if len(before) <= self.head or not after:
            return None
        return self._part(before, self.head), self._part(after, 0)

    def _part(self, blocks: Sequence[Block], head: int) -> "Stack":
        part = Stack(blocks, head)
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
                canvas.draw(shapes.lines([(left, top, left, top - self.height)], self.bar, self.grey))
        self.block.paint(canvas, x + self.indent, top)

    def cut(self, room: float) -> "tuple[Indented, Indented] | None":
        parts = self.block.cut(room)
        return (self._part(parts[0]), self._part(parts[1])) if parts else None

    def _part(self, block: Block) -> "Indented":
        part = Indented(block, self.indent, self.bar, self.grey)
        part.measure(self.width)
        return part

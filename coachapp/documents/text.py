"""Text on a page: broken into lines, set in the fonts that show it, cut between lines."""

import re
from collections.abc import Sequence
from itertools import pairwise

from coachapp.documents.bidi import is_mixed
from coachapp.documents.blocks import SLACK, Block
from coachapp.documents.look import TextStyle
from coachapp.documents.structure import Node
from coachapp.documents.tagging import TaggedCanvas
from coachapp.documents.typefaces import clean, width

ASCENT = 0.95  # from the top of a text to its first baseline, in font sizes
BALANCED_LINES = 3  # texts up to this long are balanced when their last line is short
SHORT_LINE = 0.25  # of the width
_EMPTY_LINES = re.compile(r"\n\s*\n\s*")


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

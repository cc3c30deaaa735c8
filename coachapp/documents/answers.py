"""What people answer on: ruled lines, boxes to type in, tick boxes, circles to choose and scales."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from coachapp.documents import shapes
from coachapp.documents.blocks import SLACK, Block, GrowingBlock
from coachapp.documents.fields import Box, Spot
from coachapp.documents.look import RULE_GREY, TextStyle
from coachapp.documents.structure import Node
from coachapp.documents.tagging import TaggedCanvas
from coachapp.documents.text import ASCENT, Text
from coachapp.documents.typefaces import REGULAR, width

RULE_AT = 0.78  # where the rule sits in its line, from the top
ABOVE_RULE = 0.3  # how far an answer's baseline sits above the rule, in font sizes
ABOVE_BOX, BELOW_BOX = 0.8 * mm, 1 * mm
TYPED_SHARE = 0.86  # height of a box to type in, of the same number of ruled lines
MORE_LINES = 0.6  # of an area's lines may be added to use up room on a page
SCALE = range(11)


@dataclass(frozen=True)
class Field:
    """A form field: the node that owns it, its name in the file and the label it is known by."""

    node: Node
    name: str
    label: str


def writing_rank(lines: int) -> int:
    """Long answers take up free room before anything else, one-line answers only when all else has."""
    return 0 if lines > 1 else 2


def writing_most(lines: int) -> int:
    return max(1, round(lines * MORE_LINES))


class RuledLines(GrowingBlock):
    """Lines to write on by hand."""

    def __init__(self, lines: int, step: float) -> None:
        super().__init__()
        self.lines, self.step, self.rank = lines, step, writing_rank(lines)

    def most(self) -> int:
        return writing_most(self.lines)

    def layout(self, width: float) -> float:
        return self.lines * self.step

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        heights = [top - (i + RULE_AT) * self.step for i in range(self.lines)]
        with canvas.mark(None):
            canvas.rule([(x, y, x + self.width, y) for y in heights], 0.55, RULE_GREY)

    def cut(self, room: float) -> tuple[Block, Block] | None:
        fitting = int((room + SLACK) / self.step)
        if not 2 <= fitting < self.lines:
            return None
        parts = RuledLines(fitting, self.step), RuledLines(self.lines - fitting, self.step)
        parts[0].grows = False
        for part in parts:
            part.measure(self.width)
        return parts


class RuledAnswer(RuledLines):
    """An answer set on writing lines, at least `lines` of them; lines left over stay free for a pen."""

    def __init__(self, text: Text, lines: int) -> None:
        super().__init__(lines, text.style.leading)
        self.text, self.grows = text, lines > 1

    def layout(self, width: float) -> float:
        self.text.measure(width)
        self.lines = max(self.lines, len(self.text.lines))
        return super().layout(width)

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        super().paint(canvas, x, top)
        lift = (ASCENT + ABOVE_RULE) * self.text.style.size
        self.text.paint(canvas, x, top - RULE_AT * self.step + lift)

    def cut(self, room: float) -> tuple[Block, Block] | None:
        parts = self.text.cut(room)
        if not parts:
            return None
        first = RuledAnswer(parts[0], len(parts[0].lines))
        second = RuledAnswer(parts[1], max(len(parts[1].lines), self.lines - first.lines))
        first.grows = False
        first.measure(self.width)
        second.measure(self.width)
        return first, second


class TypedBox(GrowingBlock):
    """A box to type in; a `long` answer may have line breaks however low its box is."""

    def __init__(self, field: Field, lines: int, step: float, size: float, *, long: bool = False) -> None:
        super().__init__()
        self.field, self.lines, self.size, self.rank = field, lines, size, writing_rank(lines)
        self.long = long
        self.step = step * TYPED_SHARE

    def most(self) -> int:
        return writing_most(self.lines)

    def box_height(self) -> float:
        return self.lines * self.step

    def layout(self, width: float) -> float:
        return self.box_height() + ABOVE_BOX + BELOW_BOX

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        height = self.box_height()
        y = top - ABOVE_BOX - height
        with canvas.mark(None):
            line = canvas.pen.weight(0.7)
            canvas.draw(shapes.at(x, y, shapes.rounded(self.width, height, 1.6 * mm, line=line, grey=0.45)))
        box = Box(x + 1.2 * mm, y + 0.6 * mm, self.width - 2.4 * mm, height - 1.2 * mm)
        field, many = self.field, self.long or self.lines > 1
        canvas.form.text(field.node, field.name, field.label, box, self.size, multiline=many)


class TypedCell(Block):
    """A table cell to type in; it takes the height of its row, and the table's own rules are its border."""

    def __init__(self, field: Field, size: float) -> None:
        super().__init__()
        self.field, self.size = field, size

    def fill(self, height: float) -> None:
        self.height = height - 2 * mm

    def layout(self, width: float) -> float:
        return self.size * 1.4

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        box = Box(x, top - self.height, self.width, self.height)
        field, many = self.field, self.height > 2.6 * self.size
        canvas.form.text(field.node, field.name, field.label, box, self.size, multiline=many)


class TickBox(Block):
    """A box to tick: drawn as `node`, or with a form field."""

    def __init__(self, side: float, *, ticked: bool, owner: Node | Field, drop: float = 0) -> None:
        super().__init__()
        self.side, self.ticked, self.owner, self.drop = side, ticked, owner, drop

    def layout(self, width: float) -> float:
        return self.side + self.drop

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        y, field = top - self.height, self.owner if isinstance(self.owner, Field) else None
        line, grey = canvas.pen.weight(0.9), canvas.pen.grey(0)
        outline = shapes.rounded(self.side, self.side, 1.4, line=line, grey=grey)
        with canvas.mark(self.owner if isinstance(self.owner, Node) else None):
            canvas.draw(shapes.at(x, y, outline + (" " + shapes.tick(self.side) if self.ticked else "")))
        if field:
            canvas.form.check(field.node, field.name, field.label, Box(x, y, self.side, self.side))


class Circle(Block):
    """One circle of a choose-one group; a fillable one only notes where it is, the group adds the field."""

    def __init__(self, side: float, *, chosen: bool, node: Node | None, drop: float = 0) -> None:
        super().__init__()
        self.side, self.chosen, self.node, self.drop = side, chosen, node, drop
        self.box = Box(0, 0, side, side)

    def layout(self, width: float) -> float:
        return self.side + self.drop

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        self.box = Box(x, top - self.height, self.side, self.side)
        mark = shapes.tick(self.side) if canvas.pen.saves else shapes.dot(self.side)
        shape = _outline(canvas, self.side) + (" " + mark if self.chosen else "")
        with canvas.mark(self.node):
            canvas.draw(shapes.at(x, top - self.height, shape))


class RadioGroup(Block):
    """Draws `block`, then turns the circles inside it into one form field."""

    def __init__(self, block: Block, name: str, label: str, options: Sequence[tuple[Circle, Spot]]) -> None:
        super().__init__()
        self.block, self.name, self.label, self.options = block, name, label, options

    def layout(self, width: float) -> float:
        return self.block.measure(width)

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        self.block.paint(canvas, x, top)
        spots = [spot._replace(box=circle.box) for circle, spot in self.options]
        canvas.form.radio(self.name, self.label, spots, lambda box: shapes.dot(box.width))


class Scale(Block):
    """The numbers 0 to 10 in circles: a figure on paper, a choose-one field on screen."""

    def __init__(
        self, side: float, *, value: int | None, figure: Node | None, field: Field | None = None
    ) -> None:
        super().__init__()
        self.side, self.value, self.figure, self.field = side, value, figure, field
        self.nodes = [Node("Form", field.node) for _ in SCALE] if field else []

    def layout(self, width: float) -> float:
        return self.side

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        step, y = (self.width - self.side) / (len(SCALE) - 1), top - self.side
        places = [x + value * step for value in SCALE]
        with canvas.mark(self.figure):
            for value, left in zip(SCALE, places, strict=True):
                self._number(canvas, value, left, y)
        if self.field:
            boxes = [Box(left, y, self.side, self.side) for left in places]
            spots = [Spot(n, f"n{v}", str(v), b) for n, v, b in zip(self.nodes, SCALE, boxes, strict=True)]
            canvas.form.radio(self.field.name, self.field.label, spots, lambda box: shapes.ring(box.width))

    def _number(self, canvas: TaggedCanvas, value: int, x: float, y: float) -> None:
        chosen, shown, size = value == self.value, str(value), self.side * 0.52
        style, filled = TextStyle(REGULAR, size, size), chosen and not canvas.pen.saves
        canvas.draw(shapes.at(x, y, self._shape(canvas, chosen=chosen)))
        left = x + (self.side - width(shown, REGULAR, size)) / 2
        canvas.set_lines(left, y + self.side * 0.32, [shown], style, grey=1 if filled else 0)

    def _shape(self, canvas: TaggedCanvas, *, chosen: bool) -> str:
        """A chosen number is filled; where ink is saved it is ringed, as by hand."""
        if not chosen:
            return _outline(canvas, self.side)
        return shapes.ring(self.side) if canvas.pen.saves else shapes.circle(self.side, filled=True)


def _outline(canvas: TaggedCanvas, side: float) -> str:
    return shapes.circle(side, line=canvas.pen.weight(0.9), grey=canvas.pen.grey(0))


class Chip(Block):
    """A numbered circle in front of a heading, part of the heading's node; without its ring where ink is saved."""

    def __init__(self, number: str, style: TextStyle, radius: float, node: Node) -> None:
        super().__init__()
        self.number, self.style, self.radius, self.node = number, style, radius, node

    def layout(self, width: float) -> float:
        return self.radius * 2

    def paint(self, canvas: TaggedCanvas, x: float, top: float) -> None:
        side, size = self.radius * 2, self.style.size
        with canvas.mark(self.node):
            if not canvas.pen.saves:
                canvas.draw(shapes.at(x, top - side, shapes.circle(side, line=size * 0.11)))
            left = x + (side - width(self.number, self.style.font, size)) / 2
            canvas.set_lines(left, top - self.radius - size * 0.34, [self.number], self.style)

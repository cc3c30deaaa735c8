"""The worksheet kit: one description of a sheet gives the blank, the fillable and the completed print."""

from collections.abc import Mapping, Sequence

from reportlab.lib.units import mm

from coachapp.documents.answers import (
    Chip,
    Circle,
    Field,
    RadioGroup,
    RuledAnswer,
    RuledLines,
    Scale,
    TickBox,
    TypedBox,
    TypedCell,
)
from coachapp.documents.blocks import Block, Gap, Indented, Row, Stack
from coachapp.documents.card import CardSide, CardStyles, make_card
from coachapp.documents.fields import Spot
from coachapp.documents.given import Answer, Answers
from coachapp.documents.kit import Kit
from coachapp.documents.look import USUAL, Mode, Paper, Spacing, TextStyle, Words
from coachapp.documents.questions import Column, Option
from coachapp.documents.structure import Node
from coachapp.documents.tables import RowShape, Table
from coachapp.documents.text import Text
from coachapp.documents.typefaces import BOLD, width

MOST_LINES = 20  # more writing lines than this make no sheet better
REST_LINES = 3  # the least an area that takes the rest of the page begins with


class Sheet(Kit):
    """A worksheet or household plan.

    `title` is printed large on the page; `neutral_title` is all the file says about itself and stands in the
    footer. `answers` are used in the completed mode only. Field names in the file are the names given here;
    options add `_key`, table cells `_row_column` counted from 1.
    """

    def __init__(
        self,
        title: str,
        *,
        neutral_title: str,
        purpose: str = "",
        footer: str = "",
        mode: Mode = Mode.BLANK,
        paper: Paper = Paper.A4,
        large: bool = False,
        ink: bool = False,
        spacing: Spacing = USUAL,
        lang: str = "en-GB",
        answers: Mapping[str, Answer] | None = None,
        words: Words | None = None,
    ) -> None:
        super().__init__(
            title,
            neutral_title=neutral_title,
            purpose=purpose,
            footer=footer,
            paper=paper,
            large=large,
            ink=ink,
            spacing=spacing,
            lang=lang,
            words=words,
        )
        self.mode = mode
        self.answers = Answers(answers if mode is Mode.COMPLETED else None)
        self._sections = 0

    @property
    def fillable(self) -> bool:
        return self.mode is Mode.FILLABLE

    def part_alone(self, title: str) -> None:
        """A section that is the only one on its page, and has no number."""
        self.flush()
        self.section = Node("Sect", self.root)
        self.start_section([self.text(title, self.look.heading, "H2"), Gap(2 * mm * self.look.scale)])

    def step(self, title: str, hint: str = "") -> None:
        """A numbered section; what follows belongs to it."""
        look, self._sections = self.look, self._sections + 1
        self.flush()
        self.section = Node("Sect", self.root)
        heading = Node("H2", self.section)
        chip_style = TextStyle(BOLD, 10 * look.scale, 12 * look.scale)
        chip = Chip(str(self._sections), chip_style, 2.9 * mm * look.scale, heading)
        title_row = Row([chip, Text(title, look.heading, heading)], [look.indent, None])
        blocks: list[Block] = [title_row]
        if hint:
            blocks += [Gap(0.6 * mm), Indented(self.text(hint, look.hint), look.indent)]
        self.start_section([*blocks, Gap(2 * mm * look.scale)])

    def answer(self, name: str, label: str, *, lines: int = 2, hint: str = "", long: bool = False) -> None:
        """A question with room for an answer of about `lines` written lines; a `long` one has line breaks."""
        self.add(self._question(name, label, max(1, min(lines, MOST_LINES)), hint, long=long))

    def columns(self, *questions: tuple[str, str] | tuple[str, str, str]) -> None:
        """Short answers side by side, given as (name, label) or (name, label, hint), written on one height.

        In large print they stand one below the other.
        """
        asked = [self._question(name, label, 1, *hint) for name, label, *hint in questions]
        if self.look.large:
            for blocks in asked:
                self.add(blocks)
            return
        rows = [Row(part, [None] * len(part), self.look.column_gap) for part in zip(*asked, strict=True)]
        self.add([*rows, Gap(0.8 * mm)])

    def lines(self, name: str, label: str, count: int) -> None:
        """A list of `count` short answers below one label; fields are named `name_1` and so on."""
        count = max(count, self.answers.rows(name))
        for index in range(count):
            row = self.words.row.format(row=index + 1)
            value = self.answers.item(name, index)
            area = self._area(f"{name}_{index + 1}", f"{label}, {row}", value, 1, self.look.answer)
            self.add(
                [self.text(label, self.look.label), area] if index == 0 else [area], gap=0 if index else None
            )

    def checks(self, name: str, options: Sequence[Option], *, label: str = "", hint: str = "") -> None:
        """A list of which any number may be ticked."""
        heading = self.above(label, hint)
        listing = Node("L", self.section, list_numbering="None")
        picked = self.answers.picked(name)
        entries = [self._check(listing, name, option, option.key in picked) for option in options]
        self.add([*heading, self._in_columns(entries, options)], head=len(heading))

    def choice(self, name: str, label: str, options: Sequence[Option], *, hint: str = "") -> None:
        """A list of which one may be chosen."""
        heading = self.above(label, hint)
        listing = Node("L", self.section, list_numbering="None")
        picked = self.answers.picked(name)
        made = [self._circle(listing, option, option.key in picked) for option in options]
        body = self._in_columns([entry for entry, _, _ in made], options)
        if self.fillable:
            body = RadioGroup(body, name, label, [(circle, spot) for _, circle, spot in made])
        self.add([*heading, body], head=len(heading))

    def scale(self, name: str, label: str, *, low: str = "", high: str = "") -> None:
        """A scale from 0 to 10; `low` and `high` say what its ends mean."""
        look = self.look
        heading = [*self.above(label), Gap(0.6 * mm * look.scale)]
        side = 6.6 * mm * (1.35 if look.large else 1)
        value = self.answers.number(name)
        if self.fillable:
            field = Field(self.section, name, label)
            scale = Scale(side, value=None, figure=None, field=field)
        else:
            figure = Node("Figure", self.section, alt=self._scale_alt(label, low, high, value))
            scale = Scale(side, value=value, figure=figure)
        self.add([*heading, scale, *self._scale_ends(low, high), Gap(1.2 * mm * look.scale)], head=2)

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        *,
        rows: int = 4,
        row_heads: Sequence[str] = (),
        label: str = "",
        hint: str = "",
    ) -> None:
        """A table to fill in; `row_heads` stand in the first column and set the number of rows."""
        heading = self.above(label, hint)
        count = len(row_heads) or max(rows, self.answers.rows(name))
        tree = Node("Table", self.section)
        head_row = Node("TR", Node("THead", tree))
        heads = [self._table_head(head_row, column) for column in columns]
        body = Node("TBody", tree)
        shapes = [self._table_row(body, name, columns, row, row_heads) for row in range(count)]
        shares = [column.share for column in columns]
        table = Table(heads, shapes, shares, self.look.height)
        self.add([*heading, table, Gap(0.8 * mm)], head=len(heading))

    def people(self, name: str, columns: Sequence[Column], *, rows: int = 4) -> None:
        """A table of people: who they are, what they do, how to reach them."""
        self.table(name, columns, rows=rows)

    def card(self, left: CardSide, right: CardSide) -> None:
        """A fold-up card to cut out, 85.6 x 54 mm when folded."""
        self.add([make_card((left, right), self.look, self.section, self._card_half)], head=0)

    def rest(self, name: str, label: str) -> None:
        """A last question whose answer area takes the rest of the page."""
        self.flush()
        self.section = Node("Sect", self.root)
        self.add(self._question(name, label, REST_LINES), fills=True)

    def _question(
        self, name: str, label: str, lines: int, hint: str = "", *, long: bool = False
    ) -> list[Block]:
        blocks: list[Block] = [self.text(label, self.look.label)]
        if hint:
            blocks.append(self.text(hint, self.look.hint))
        area = self._area(name, label, self.answers.text(name), lines, self.look.answer, long=long)
        return [Stack(blocks), area]

    def _area(
        self,
        name: str,
        label: str,
        value: str,
        lines: int,
        style: TextStyle,
        parent: Node | None = None,
        *,
        long: bool = False,
    ) -> Block:
        """Room for an answer; `style.leading` is the distance of the writing lines."""
        parent = parent or self.section
        if self.fillable:
            field = Field(Node("Form", parent), name, label)
            return TypedBox(field, lines, style.leading, style.size, long=long)
        if value.strip():
            return RuledAnswer(Text(value, style, Node("P", parent)), lines)
        return RuledLines(lines, style.leading)

    def _owner(self, parent: Node, name: str, label: str, *, ticked: bool) -> Node | Field:
        """What a tick box belongs to: a form field, or the node that says how it stands."""
        if self.fillable:
            return Field(Node("Form", parent), name, label)
        parent.actual_text = self.words.ticked if ticked else self.words.unticked
        return parent

    def _check(self, listing: Node, name: str, option: Option, ticked: bool) -> Block:
        look, entry = self.look, Node("LI", listing)
        label = Node("Lbl", entry)
        owner = self._owner(label, f"{name}_{option.key}", option.text, ticked=ticked)
        box = TickBox(look.tick_side, ticked=ticked, owner=owner, drop=self._drop())
        return self._entry(box, option, entry)

    def _circle(self, listing: Node, option: Option, chosen: bool) -> tuple[Block, Circle, Spot]:
        entry = Node("LI", listing)
        label = Node("Lbl", entry)
        form = Node("Form", label) if self.fillable else None
        if not form:
            label.actual_text = self.words.chosen if chosen else self.words.open
        circle = Circle(self.look.tick_side, chosen=chosen, node=None if form else label, drop=self._drop())
        spot = Spot(form or label, option.key, option.text, circle.box)
        return self._entry(circle, option, entry), circle, spot

    def _drop(self) -> float:
        """How far a tick box sits below the top of its text, to be centred on small letters."""
        return max(0.0, 0.6 * self.look.body.size - self.look.tick_side / 2)

    def _entry(self, mark: Block, option: Option, entry: Node) -> Block:
        text = Text(option.text, self.look.body, Node("LBody", entry))
        row = Row([mark, text], [self.look.tick_column, None])
        return Stack([row, Gap(1.4 * mm * self.look.scale)])

    def _in_columns(self, entries: Sequence[Block], options: Sequence[Option]) -> Block:
        """Two columns where the texts are short, one otherwise and in large print."""
        look = self.look
        column = (look.width - look.column_gap) / 2 - look.tick_column
        long = sum(width(option.text, look.body.font, look.body.size) > column for option in options)
        if look.large or long * 3 > len(options):
            return Stack(entries, head=1, tail=1)
        half = (len(entries) + 1) // 2
        return Row([Stack(entries[:half]), Stack(entries[half:])], [None, None], look.column_gap)

    def _scale_alt(self, label: str, low: str, high: str, value: int | None) -> str:
        words = self.words
        ends = words.scale.format(label=label, low=f"0 {low}".strip(), high=f"10 {high}".strip())
        answer = words.scale_blank if value is None else words.scale_answer.format(value=value)
        return f"{ends} {answer}"

    def _scale_ends(self, low: str, high: str) -> list[Block]:
        if not (low or high):
            return []
        hint = self.look.hint
        ends = [
            Text(low, hint, Node("P", self.section)),
            Text(high, hint, Node("P", self.section), right=True),
        ]
        return [Gap(0.6 * mm), Row(ends, [None, None], self.look.column_gap)]

    def _table_head(self, row: Node, column: Column) -> Text:
        return Text(column.head, self.look.label, Node("P", Node("TH", row, scope="Column")))

    def _table_row(
        self, body: Node, name: str, columns: Sequence[Column], row: int, row_heads: Sequence[str]
    ) -> RowShape:
        tree = Node("TR", body)
        cells: list[Block] = []
        if row_heads:
            head = Node("P", Node("TH", tree, scope="Row"))
            cells.append(Text(row_heads[row], self.look.cell, head))
        where = row_heads[row] if row_heads else self.words.row.format(row=row + 1)
        for index, column in enumerate(columns[len(cells) :]):
            cell = Node("TD", tree)
            cells.append(self._cell(cell, name, (row, index), f"{column.head}, {where}", tick=column.tick))
        return RowShape(cells, self.look.row_height)

    def _cell(self, cell: Node, name: str, place: tuple[int, int], label: str, *, tick: bool) -> Block:
        look, value = self.look, self.answers.cell(name, *place)
        field_name = f"{name}_{place[0] + 1}_{place[1] + 1}"
        if tick:
            parent = cell if self.fillable else Node("P", cell)
            owner = self._owner(parent, field_name, label, ticked=bool(value))
            return TickBox(look.tick_side, ticked=bool(value), owner=owner)
        if self.fillable:
            field = Field(Node("Form", cell), field_name, label)
            return TypedCell(field, 10.5 * look.scale)
        return Text(value if isinstance(value, str) else "", look.cell, Node("P", cell))

    def _card_half(self, side: CardSide, styles: CardStyles, parent: Node) -> Stack:
        blocks: list[Block] = [Text(side.title, styles.title, Node("P", parent)), Gap(0.6 * mm)]
        line = TextStyle(styles.text.font, 11 * styles.text.size / 9.6, styles.line_height)
        for entry in side.entries:
            text = entry if isinstance(entry, str) else entry[1]
            blocks.append(Text(text, styles.text, Node("P", parent)))
            if isinstance(entry, str):
                blocks.append(Gap(1.2 * mm))
            else:
                value = self.answers.text(entry[0])
                blocks.append(self._area(entry[0], entry[1], value, 1, line, parent))
        return Stack(blocks)

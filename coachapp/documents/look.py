"""The look of our PDFs: paper, sizes, greys and distances, in points unless a name says millimetres."""

from dataclasses import dataclass, replace
from enum import Enum

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import mm

from coachapp.documents.typefaces import BOLD, REGULAR

BLACK, TEXT_GREY, RULE_GREY, FAINT_GREY = 0.0, 0.27, 0.5, 0.7
LARGE = 1.715  # brings 10.5 pt body text to the 18 pt that large-print guides ask for
SAVED_WEIGHT, SAVED_GREY = 0.5, 0.35  # of a line where ink is saved: at most so thick, at least so light


class Paper(Enum):
    """Paper sizes in points."""

    A4 = A4
    LETTER = LETTER


class Mode(Enum):
    """What a sheet is for: to write on by hand, to type into, or to read with the answers set."""

    BLANK = "blank"
    FILLABLE = "fillable"
    COMPLETED = "completed"


@dataclass(frozen=True)
class TextStyle:
    """How a text is set."""

    font: str
    size: float
    leading: float
    grey: float = BLACK
    balanced: bool = False

    def scaled(self, factor: float) -> "TextStyle":
        return replace(self, size=self.size * factor, leading=self.leading * factor)


@dataclass(frozen=True)
class Words:
    """The few words a sheet says by itself; callers hand in translated ones."""

    page: str = "Page {page} of {pages}"
    row: str = "row {row}"
    unticked: str = "tick box: "
    ticked: str = "ticked: "
    open: str = "circle to choose: "
    chosen: str = "chosen: "
    scale: str = "{label}: a scale from {low} to {high}."
    scale_blank: str = "Ring one number."
    scale_answer: str = "Answer: {value}."
    heads_up: str = "Before you read on"


@dataclass(frozen=True)
class Pen:
    """What lines and shapes are drawn with; one that `saves` ink draws them thin and grey, and fills nothing."""

    saves: bool = False

    def weight(self, usual: float) -> float:
        return min(usual, SAVED_WEIGHT) if self.saves else usual

    def grey(self, usual: float) -> float:
        return max(usual, SAVED_GREY) if self.saves else usual


@dataclass(frozen=True)
class Spacing:
    """Distances in millimetres: margins above and below, one writing line, one table row, gaps."""

    top: float
    bottom: float
    line: float
    row: float
    section_gap: float
    block_gap: float


USUAL = Spacing(15, 18, 8.5, 9.2, 4.2, 2.4)
CLOSER = Spacing(12, 17, 7.5, 8.2, 3.2, 1.8)
CLOSEST = Spacing(12, 17, 7, 7.4, 2.6, 1.4)  # lines as in a college notebook
WIDE = Spacing(15, 18, 13, 14, 4.2 * LARGE, 2.4 * LARGE)


class Look:
    """The measures of one document, from its paper, its spacing, and whether it is in large print or saves ink."""

    def __init__(
        self,
        paper: Paper = Paper.A4,
        *,
        large: bool = False,
        ink: bool = False,
        spacing: Spacing = USUAL,
        scale: float | None = None,
    ) -> None:
        """`scale` multiplies the usual sizes; large print has its own."""
        self.paper, self.large, self.pen = paper, large, Pen(ink)
        space = WIDE if large else spacing
        self.scale = scale or (LARGE if large else 1.0)
        self.page_width, self.page_height = paper.value
        self.margin = (16 if large else 19) * mm
        self.top, self.bottom = space.top * mm, space.bottom * mm
        self.width = self.page_width - 2 * self.margin
        self.height = self.page_height - self.top - self.bottom
        self.line_height, self.row_height = space.line * mm, space.row * mm
        gap = mm * (scale or 1)
        self.section_gap, self.block_gap = space.section_gap * gap, space.block_gap * gap
        self.column_gap = 6 * mm
        self.tick_side, self.tick_column = 4.3 * mm * self.scale, 7.2 * mm * self.scale
        self.indent = 9 * mm * self.scale
        self._set_styles()

    def _set_styles(self) -> None:
        def style(font: str, size: float, leading: float, grey: float = BLACK) -> TextStyle:
            return TextStyle(font, size * self.scale, leading * self.scale, grey, balanced=True)

        self.title = style(BOLD, 18, 22) if self.large else style(BOLD, 22, 26)
        self.heading, self.subheading = style(BOLD, 12.5, 15.5), style(BOLD, 10.5, 14.2)
        self.body, self.strong = style(REGULAR, 10.5, 14.2), style(BOLD, 10.5, 14.2)
        self.hint, self.label = style(REGULAR, 9.6, 12.6, TEXT_GREY), style(BOLD, 9.6, 12.4)
        self.cell, self.quote = style(REGULAR, 10, 12.6), style(REGULAR, 11.5, 15.6)
        self.answer = TextStyle(REGULAR, 11 * self.scale, self.line_height)
        footer = 8.5 * (1.3 if self.large else 1)
        self.footer = TextStyle(REGULAR, footer, footer * 1.3, 0.25)

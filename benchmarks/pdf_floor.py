"""The floor under a PDF: the same worksheet with plain reportlab platypus, without tags, fields or fallback fonts.

python -m benchmarks.pdf_floor REPS OUT.pdf, as benchmarks.pdf.
"""

import argparse
import random
from functools import cache
from io import BytesIO
from pathlib import Path

from reportlab.lib.enums import TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, HRFlowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from benchmarks.sheet_content import (
    BOXES,
    LINES,
    PARAGRAPH_WORDS,
    PARAGRAPHS,
    SECTIONS,
    sentence,
    share,
    table,
)
from benchmarks.timing import measure

FONT = "floor"
FILE = Path(__file__).parent.parent / "coachapp" / "documents" / "fonts" / "NotoSans-Regular.ttf"
MARGIN = 45
GRID = [("GRID", (0, 0), (-1, -1), 0.5, "grey"), ("FONT", (0, 0), (-1, -1), FONT, 10)]


class Box(Flowable):
    """A square to tick, with words beside it."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words, self.height = words, 20

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return width, self.height

    def draw(self) -> None:
        self.canv.rect(0, 3, 12, 12)
        self.canv.setFont(FONT, 10)
        self.canv.drawString(20, 5, self.words)


@cache
def styles() -> tuple[ParagraphStyle, ParagraphStyle]:
    """Of headings and of text; the font is loaded once."""
    pdfmetrics.registerFont(TTFont(FONT, FILE))
    text = ParagraphStyle("text", fontName=FONT, fontSize=10.5, leading=15, spaceAfter=6, alignment=TA_LEFT)
    return ParagraphStyle("heading", parent=text, fontSize=16, leading=20), text


def build(seed: int) -> bytes:
    """The worksheet of benchmarks.pdf for this seed, plainly set."""
    chance = random.Random(seed)  # noqa: S311  # text for a benchmark
    out = BytesIO()
    story = [each for place in range(SECTIONS) for each in section(chance, place)]
    document = SimpleDocTemplate(
        out, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN, invariant=1
    )
    document.build(story)
    return out.getvalue()


def section(chance: random.Random, place: int) -> list[Flowable]:
    heading, text = styles()
    story: list[Flowable] = [PageBreak()] if place else []
    story.append(Paragraph(f"Section {place + 1}", heading))
    story += [Paragraph(sentence(chance, PARAGRAPH_WORDS), text) for _ in range(share(PARAGRAPHS, place))]
    story += [Box(f"Choice {n}") for n in range(share(BOXES, place))]
    story.append(Paragraph("In your words", text))
    story += [HRFlowable("100%", spaceBefore=22, spaceAfter=0) for _ in range(share(LINES, place))]
    if place == SECTIONS - 1:
        heads, rows = table()
        story.append(Table([heads, *rows], style=GRID))
    return story


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reps", type=int)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    print(measure(build, options.reps, options.out))


if __name__ == "__main__":
    main()

"""The print of a plan that hangs in the home: large letters, one page where it can be, a neutral title, no names."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale
from babel.dates import format_date

from coachapp.documents import Paper, PlainDocument, Words, largest_that_fits
from coachapp.worksheets.answers import Value
from coachapp.worksheets.fridge_words import PostedSection, is_marked, posted_sections
from coachapp.worksheets.household_rules import NotAPlan
from coachapp.worksheets.pdf import LANGUAGE
from coachapp.worksheets.shelf import with_marks
from coachapp.worksheets.template import Kind, Template

SIZES = (1.715, 1.5, 1.33)
"""18, 16 and 14 points: read from a step away. The largest that fills one page, else the smallest."""


def fridge_pdf(
    template: Template,
    answers: Mapping[str, Value],
    *,
    paper: Paper = Paper.A4,
    lang: str = LANGUAGE,
    words: Words | None = None,
) -> bytes:
    """What was agreed, to hang up. Raises NotAPlan."""
    if template.kind is not Kind.PLAN:
        raise NotAPlan(template.key)
    locale = Locale.parse(lang, sep="-")
    sections = posted_sections(
        with_marks(template, is_marked), answers, lambda day: format_date(day, "long", locale=locale)
    )

    def laid_out(scale: float) -> PlainDocument:
        title = template.neutral_title
        page = PlainDocument(title, neutral_title=title, paper=paper, scale=scale, lang=lang, words=words)
        for section in sections:
            print_section(page, section)
        return page

    return largest_that_fits(laid_out, SIZES).build()


def print_section(page: PlainDocument, section: PostedSection, level: int = 2) -> None:
    """A section; a label that would only say its title once more is left out."""
    page.heading(section.title, level)
    for posted in section.posted:
        label = "" if section.title.startswith(posted.label) else posted.label
        if len(posted.lines) == 1 and not posted.numbered:
            page.paragraph(_joined(label, posted.lines[0]))
            continue
        if label and (posted.numbered or len(section.posted) > 1):
            page.heading(label, 3)
        (page.steps if posted.numbered else page.points)(posted.lines)


def _joined(label: str, line: str) -> str:
    """A label and what is said below it, as running text."""
    if not label:
        return line
    end = "" if label.endswith((".", "?", ":")) else ":"
    return f"{label}{end} {line}"

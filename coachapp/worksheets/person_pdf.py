"""The print of a plan that is handed out: a page for each person, with what is this person's to do and no more."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale
from babel.dates import format_date

from coachapp.documents import Paper, PlainDocument, Words, bundle
from coachapp.worksheets.answers import Value
from coachapp.worksheets.fridge import print_section
from coachapp.worksheets.household_rules import NobodyNamed, NotAPlan
from coachapp.worksheets.pdf import LANGUAGE
from coachapp.worksheets.person_words import (
    Person,
    PersonPage,
    is_marked_for_people,
    pages_for_people,
    people_of,
)
from coachapp.worksheets.shelf import with_marks
from coachapp.worksheets.template import Kind, Template

SIZES = (1.33, 1.15, 1.0)
"""14, 12 and 10.5 points: the largest that fills one page, else the smallest."""


def people_in(template: Template, answers: Mapping[str, Value]) -> list[Person]:
    """Whoever gets a page of a plan; nobody where none is named, or it is no plan."""
    return (
        people_of(with_marks(template, is_marked_for_people), answers) if template.kind is Kind.PLAN else []
    )


def person_pdf(
    template: Template,
    answers: Mapping[str, Value],
    *,
    only: Person | None = None,
    paper: Paper = Paper.A4,
    lang: str = LANGUAGE,
    words: Words | None = None,
) -> bytes:
    """A page for each person of a plan, or the one of `only`. Raises NotAPlan, NobodyNamed."""
    if template.kind is not Kind.PLAN:
        raise NotAPlan(template.key)
    locale = Locale.parse(lang, sep="-")
    pages = pages_for_people(
        with_marks(template, is_marked_for_people),
        answers,
        lambda day: format_date(day, "long", locale=locale),
    )
    wanted = [page for page in pages if only in (None, page.person)]
    if not wanted:
        raise NobodyNamed(template.key)
    title = template.neutral_title
    made = [_fitted(page, title, paper, lang, words) for page in wanted]
    return bundle(title, made, lang=lang, words=words)


def _fitted(page: PersonPage, title: str, paper: Paper, lang: str, words: Words | None) -> PlainDocument:
    """One person's page in the largest letters that leave it one page."""

    def laid_out(scale: float) -> PlainDocument:
        document = PlainDocument(title, neutral_title=title, paper=paper, scale=scale, lang=lang, words=words)
        document.heading(page.person.name)
        for section in page.own:
            print_section(document, section, 3)
        for section in page.shared:
            print_section(document, section)
        return document

    *larger, smallest = SIZES
    fitting = (document for document in map(laid_out, larger) if document.fits_a_page())
    return next(fitting, None) or laid_out(smallest)

"""A sheet as a file: which kinds there are, and the answer that carries one."""

from collections.abc import Callable, Mapping

from flask import Response, abort

from coachapp.documents import Mode, Paper
from coachapp.web.files import pdf_answer
from coachapp.worksheets.answers import Value
from coachapp.worksheets.course_words import Spoken
from coachapp.worksheets.looking_back import Contents
from coachapp.worksheets.looking_back_pdf import looking_back_pdf
from coachapp.worksheets.looking_back_queries import PageRow
from coachapp.worksheets.pdf import NO_COURSES, NoCard, card_pdf, sheet_pdf
from coachapp.worksheets.template import Template

Answers = Mapping[str, Value]
Courses = Mapping[str, Spoken]
Make = Callable[[Template, Answers, Paper, Courses], bytes]

PAPERS = {"a4": Paper.A4, "letter": Paper.LETTER}


def _blank(template: Template, answers: Answers, paper: Paper, courses: Courses) -> bytes:
    return sheet_pdf(template, mode=Mode.BLANK, paper=paper)


def _fillable(template: Template, answers: Answers, paper: Paper, courses: Courses) -> bytes:
    return sheet_pdf(template, mode=Mode.FILLABLE, paper=paper)


def _completed(template: Template, answers: Answers, paper: Paper, courses: Courses) -> bytes:
    return sheet_pdf(template, answers, mode=Mode.COMPLETED, paper=paper, courses=courses)


def _large(template: Template, answers: Answers, paper: Paper, courses: Courses) -> bytes:
    """In large letters: with the answers, or blank while there are none."""
    mode = Mode.COMPLETED if answers else Mode.BLANK
    return sheet_pdf(template, answers, mode=mode, paper=paper, large=True, courses=courses)


def _card(template: Template, answers: Answers, paper: Paper, courses: Courses) -> bytes:
    return card_pdf(template, answers, mode=Mode.COMPLETED if answers else Mode.BLANK, paper=paper)


KINDS: dict[str, Make] = {
    "blank": _blank,
    "fillable": _fillable,
    "completed": _completed,
    "large": _large,
    "card": _card,
}


def pdf(
    template: Template,
    answers: Answers,
    kind: str,
    paper: str,
    name: str,
    *,
    keep: bool,
    courses: Courses = NO_COURSES,
) -> Response:
    """The file, to be read here or (`keep`) to be saved as `name`. 404 for a kind this template has not."""
    try:
        body = KINDS[kind](template, answers, PAPERS[paper], courses)
    except NoCard:
        abort(404)
    return pdf_answer(body, name, keep=keep)


def looking_back_file(
    page: PageRow, contents: Contents, paper: str, name: str, zone: str, *, keep: bool
) -> Response:
    """A page of looking back as a file."""
    body = looking_back_pdf(contents, page.made_at, zone, PAPERS[paper])
    return pdf_answer(body, name, keep=keep)

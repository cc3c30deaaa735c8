"""A sheet as a file: which kinds there are, and the answer that carries one."""

from collections.abc import Callable, Mapping

from flask import Response, abort

from coachapp.documents import Mode, Paper
from coachapp.web.files import pdf_answer
from coachapp.worksheets.answers import Value
from coachapp.worksheets.fridge import fridge_pdf
from coachapp.worksheets.household_rules import NotAPlan
from coachapp.worksheets.pdf import NoCard, card_pdf, sheet_pdf
from coachapp.worksheets.template import Template

Answers = Mapping[str, Value]
Make = Callable[[Template, Answers, Paper], bytes]

PAPERS = {"a4": Paper.A4, "letter": Paper.LETTER}


def _blank(template: Template, answers: Answers, paper: Paper) -> bytes:
    return sheet_pdf(template, mode=Mode.BLANK, paper=paper)


def _fillable(template: Template, answers: Answers, paper: Paper) -> bytes:
    return sheet_pdf(template, mode=Mode.FILLABLE, paper=paper)


def _completed(template: Template, answers: Answers, paper: Paper) -> bytes:
    return sheet_pdf(template, answers, mode=Mode.COMPLETED, paper=paper)


def _large(template: Template, answers: Answers, paper: Paper) -> bytes:
    """In large letters: with the answers, or blank while there are none."""
    mode = Mode.COMPLETED if answers else Mode.BLANK
    return sheet_pdf(template, answers, mode=mode, paper=paper, large=True)


def _card(template: Template, answers: Answers, paper: Paper) -> bytes:
    return card_pdf(template, answers, mode=Mode.COMPLETED if answers else Mode.BLANK, paper=paper)


def _fridge(template: Template, answers: Answers, paper: Paper) -> bytes:
    return fridge_pdf(template, answers, paper=paper)


KINDS: dict[str, Make] = {
    "blank": _blank,
    "fillable": _fillable,
    "completed": _completed,
    "large": _large,
    "card": _card,
    "fridge": _fridge,
}


def pdf(template: Template, answers: Answers, kind: str, paper: str, name: str, *, keep: bool) -> Response:
    """The file, to be read here or (`keep`) to be saved as `name`. 404 for a kind this template has not."""
    try:
        body = KINDS[kind](template, answers, PAPERS[paper])
    except (NoCard, NotAPlan):
        abort(404)
    return pdf_answer(body, name, keep=keep)

"""Sheets as files: which kinds there are, and the answer that carries one."""

from collections.abc import Callable, Mapping, Sequence

from flask import Response, abort
from flask_babel import gettext as _

from coachapp.documents import Mode, Paper
from coachapp.web.files import pdf_answer
from coachapp.worksheets.answers import Value
from coachapp.worksheets.pdf import NoCard, bundle_pdf, card_pdf, sheet_pdf
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.template import Template
from coachapp.worksheets.template_file import write_template

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


def _ink(template: Template, answers: Answers, paper: Paper) -> bytes:
    """With little ink: with the answers, or blank while there are none."""
    mode = Mode.COMPLETED if answers else Mode.BLANK
    return sheet_pdf(template, answers, mode=mode, paper=paper, ink=True)


def _card(template: Template, answers: Answers, paper: Paper) -> bytes:
    return card_pdf(template, answers, mode=Mode.COMPLETED if answers else Mode.BLANK, paper=paper)


KINDS: dict[str, Make] = {
    "blank": _blank,
    "fillable": _fillable,
    "completed": _completed,
    "large": _large,
    "ink": _ink,
    "card": _card,
}


SEVERAL: dict[str, dict[str, Mode | bool]] = {
    "completed": {"mode": Mode.COMPLETED},
    "blank": {"mode": Mode.BLANK},
    "large": {"mode": Mode.COMPLETED, "large": True},
    "ink": {"mode": Mode.COMPLETED, "ink": True},
}


def kinds_of(*sheets: SheetRow) -> list[tuple[str, str, str]]:
    """The kinds of file these sheets can be, each with its words and a hint."""
    begun, alone = any(sheet.answered for sheet in sheets), len(sheets) == 1
    with_answers = _("With my answers.") if begun else ""
    kinds = [("blank", _("Empty, to write on by hand"), "")]
    if begun:
        kinds.insert(0, ("completed", _("With my answers"), ""))
    if alone:
        kinds.append(("fillable", _("Empty, to fill in on a screen"), ""))
    kinds.append(("large", _("In large letters"), with_answers))
    kinds.append(
        ("ink", _("With little ink"), f"{with_answers} {_('Thin lines, no filled shapes.')}".strip())
    )
    if alone and sheets[0].has_card:
        kinds.append(("card", _("The card to fold"), _("Cut it out and fold it; it fits in a wallet.")))
    return kinds


def file_name(template: Template, ending: str) -> str:
    """What a template's file is called: its neutral title in plain letters."""
    name = template.neutral_title.lower().replace(" ", "-")
    safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter == "-"))
    return f"{safe.strip('-') or 'notes'}.{ending}"


def yaml(template: Template) -> Response:
    """The template as a file of its own, to be kept or read here again."""
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(template, "yaml")}"',
        "Cache-Control": "no-store",
    }
    return Response(write_template(template), mimetype="application/yaml", headers=headers)


def made(template: Template, answers: Answers, kind: str, paper: str) -> bytes:
    """The file of one sheet. 404 for a kind this template has not."""
    try:
        return KINDS[kind](template, answers, PAPERS[paper])
    except NoCard:
        abort(404)


def several(sheets: Sequence[tuple[Template, Answers]], kind: str, paper: str) -> bytes:
    """The file of several sheets; it calls itself by the word of the page it comes from."""
    return bundle_pdf(sheets, _("Notes"), paper=PAPERS[paper], **SEVERAL[kind])


def pdf(template: Template, answers: Answers, kind: str, paper: str, name: str, *, keep: bool) -> Response:
    """The file, to be read here or (`keep`) to be saved as `name`. 404 for a kind this template has not."""
    return pdf_answer(made(template, answers, kind, paper), name, keep=keep)

"""Sheets as files: which kinds there are, and the answer that carries one."""

from collections.abc import Mapping, Sequence

from flask import Response, abort
from flask_babel import gettext as _

from coachapp.documents import Mode, Paper
from coachapp.web.files import pdf_answer
from coachapp.worksheets.answers import Value
from coachapp.worksheets.course_words import Spoken
from coachapp.worksheets.fridge import fridge_pdf
from coachapp.worksheets.household_rules import NobodyNamed, NotAPlan
from coachapp.worksheets.looking_back import Contents
from coachapp.worksheets.looking_back_pdf import looking_back_pdf
from coachapp.worksheets.looking_back_queries import PageRow
from coachapp.worksheets.pdf import NoCard, bundle_pdf, card_pdf, sheet_pdf
from coachapp.worksheets.person_pdf import people_in, person_pdf
from coachapp.worksheets.queries import SheetRow, answers_of
from coachapp.worksheets.template import Template
from coachapp.worksheets.template_file import write_template

Answers = Mapping[str, Value]
Courses = Mapping[str, Spoken]

PAPERS = {"a4": Paper.A4, "letter": Paper.LETTER}
EMPTY = ("blank", "fillable")
"""The kinds that are without answers whoever fills them in."""
KINDS = ("blank", "fillable", "completed", "large", "ink", "card", "fridge", "person")
KIND = f"<any({','.join(KINDS)}):kind>"
FILE = f"<any(a4,letter):paper>/<any(read,keep):way>/{KIND}.pdf"
MODES = {"blank": Mode.BLANK, "fillable": Mode.FILLABLE, "completed": Mode.COMPLETED}

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
    if alone and begun and sheets[0].is_plan:
        hint = _(
            "In large letters. Names become initials, and what is about others is left off. Read it once before it "
            "hangs."
        )
        kinds.append(("fridge", _("To hang up at home"), hint))
        if people_in(sheets[0].template, answers_of(sheets[0])):
            hint = _(
                "One page for each person named in it: what is theirs to do, and what you agreed. Names stay as they "
                "are written. Read it once before you hand it out."
            )
            kinds.append(("person", _("A page for each person"), hint))
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


def made(
    template: Template, answers: Answers, kind: str, paper: str, courses: Courses | None = None
) -> bytes:
    """The file of one sheet, blank where it has no answers. 404 for a kind this template has not."""
    mode = MODES.get(kind, Mode.COMPLETED if answers else Mode.BLANK)
    try:
        if kind == "card":
            return card_pdf(template, answers, mode=mode, paper=PAPERS[paper])
        if kind == "fridge":
            return fridge_pdf(template, answers, paper=PAPERS[paper])
        if kind == "person":
            return person_pdf(template, answers, paper=PAPERS[paper])
    except (NoCard, NotAPlan, NobodyNamed):
        abort(404)
    look = {"large": kind == "large", "ink": kind == "ink", "courses": courses}
    return sheet_pdf(template, answers, mode=mode, paper=PAPERS[paper], **look)


def several(sheets: Sequence[tuple[Template, Answers]], kind: str, paper: str) -> bytes:
    """The file of several sheets; it calls itself by the word of the page it comes from."""
    return bundle_pdf(sheets, _("Notes"), paper=PAPERS[paper], **SEVERAL[kind])


def pdf(
    template: Template,
    answers: Answers,
    kind: str,
    paper: str,
    name: str,
    *,
    keep: bool,
    courses: Courses | None = None,
) -> Response:
    """The file, to be read here or (`keep`) to be saved as `name`. 404 for a kind this template has not."""
    return pdf_answer(made(template, answers, kind, paper, courses), name, keep=keep)


def looking_back_file(
    page: PageRow, contents: Contents, paper: str, name: str, zone: str, *, keep: bool
) -> Response:
    """A page of looking back as a file."""
    body = looking_back_pdf(contents, page.made_at, zone, PAPERS[paper])
    return pdf_answer(body, name, keep=keep)

"""The printed page in her own space: a file locked with a passphrase, and several sheets as one file."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp.clients.queries import client
from coachapp.documents.locking import locked
from coachapp.web.files import pdf_answer
from coachapp.web.guards import client_only
from coachapp.web.words import day
from coachapp.worksheets import queries
from coachapp.worksheets.margin_queries import beside
from coachapp.worksheets.print_forms import MOST_SHEETS, LockForm, SeveralForm
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.views import files
from coachapp.worksheets.views.hers import own_id, own_sheet, rooms

bp = Blueprint("sheets_printing", __name__, url_prefix="/me/worksheets")
bp.context_processor(rooms)

SEVERAL_NAME = "notes-0.pdf"  # sheets are counted from 1
_PAPER = "<any(a4,letter):paper>"


def page(sheet: SheetRow, paper: str, form: LockForm | None = None) -> ResponseReturnValue:
    """What to think of first, the kinds of file there are, and the way to lock one; 422 with a form sent."""
    kinds = files.kinds_of(sheet)
    if sheet.answered and beside(sheet):
        kinds.insert(1, ("both", _("With my answers, and what was written beside them"), ""))
    view = render_template(
        "worksheets/print.html", sheet=sheet, paper=paper, kinds=kinds, form=form or _lock_form(sheet)
    )
    return view, 422 if form else 200


@bp.post(f"/<int:number>/{_PAPER}/locked")
@client_only
def lock(number: int, paper: str) -> ResponseReturnValue:
    """A copy to keep that opens with a passphrase only. The passphrase is used here and nowhere kept."""
    sheet = own_sheet(number)
    form = _lock_form(sheet)
    if not form.validate():
        return page(sheet, paper, form)
    kind = form.kind.data
    answers = {} if kind in files.EMPTY else queries.answers_of(sheet)
    body = files.made(sheet.template, answers, kind, paper)
    return pdf_answer(locked(body, form.words.data), f"notes-{number}.pdf", keep=True)


@bp.get("/several")
@client_only
def choose() -> ResponseReturnValue:
    """Which sheets go into one file."""
    return render_template("worksheets/several.html", form=_several_form())


@bp.post("/several")
@client_only
def chosen() -> ResponseReturnValue:
    """On to the kinds of file."""
    form = _several_form()
    if not form.validate():
        return render_template("worksheets/several.html", form=form), 422
    numbers = "-".join(str(number) for number in sorted(form.sheets.data))
    return redirect(url_for("sheets_printing.together", numbers=numbers), 303)


@bp.get("/several/<numbers>/print")
@bp.get("/several/<numbers>/print/<any(letter):paper>")
@client_only
def together(numbers: str, paper: str = "a4") -> ResponseReturnValue:
    """The kinds of file several sheets can be."""
    return _together_page(numbers, paper)


@bp.get(f"/several/<numbers>/{_PAPER}/<any(read,keep):way>/<any(blank,completed,large,ink):kind>.pdf")
@client_only
def together_file(numbers: str, paper: str, way: str, kind: str) -> Response:
    """Several sheets as one PDF, to read here or to keep."""
    body = _together(_sheets(numbers), kind, paper)
    return pdf_answer(body, SEVERAL_NAME, keep=way == "keep")


@bp.post(f"/several/<numbers>/{_PAPER}/locked")
@client_only
def lock_together(numbers: str, paper: str) -> ResponseReturnValue:
    """The same, with a passphrase."""
    sheets = _sheets(numbers)
    form = _lock_form(*sheets, kinds=_kinds_together(sheets))
    if not form.validate():
        return _together_page(numbers, paper, form)
    body = _together(sheets, form.kind.data, paper)
    return pdf_answer(locked(body, form.words.data), SEVERAL_NAME, keep=True)


def _sheets(numbers: str) -> list[SheetRow]:
    """Her sheets of these numbers, given lowest first; 404 unless each is hers."""
    wanted = numbers.split("-")
    found = [sheet for sheet in reversed(queries.sheets_of(own_id())) if str(sheet.number) in wanted]
    if len(found) > MOST_SHEETS or [str(sheet.number) for sheet in found] != wanted:
        abort(404)
    return found


def _together(sheets: Sequence[SheetRow], kind: str, paper: str) -> bytes:
    answers = [{} if kind == "blank" else queries.answers_of(sheet) for sheet in sheets]
    templates = [sheet.template for sheet in sheets]
    return files.several(list(zip(templates, answers, strict=True)), kind, paper)


def _together_page(numbers: str, paper: str, form: LockForm | None = None) -> ResponseReturnValue:
    sheets = _sheets(numbers)
    view = render_template(
        "worksheets/several_files.html",
        sheets=sheets,
        here=f"/me/worksheets/several/{numbers}",
        paper=paper,
        kinds=_kinds_together(sheets),
        name=SEVERAL_NAME,
        form=form or _lock_form(*sheets, kinds=_kinds_together(sheets)),
    )
    return view, 422 if form else 200


def _several_form() -> SeveralForm:
    form = SeveralForm()
    me = client(own_id())
    form.sheets.choices = [
        (
            sheet.number,
            _("%(title)s, here since %(day)s", title=sheet.template.title, day=_given(sheet, me.zone)),
        )
        for sheet in reversed(queries.sheets_of(me.id))
    ]
    return form


def _given(sheet: SheetRow, zone: str) -> str:
    """The same sheet may be there twice: its day tells which, and stays in one line."""
    return day(sheet.assigned_at, zone, weekday=False).replace(" ", "\N{NO-BREAK SPACE}")


def _kinds_together(sheets: Sequence[SheetRow]) -> list[tuple[str, str, str]]:
    """The kinds a file of several can be, also where she chose one sheet only."""
    return [each for each in files.kinds_of(*sheets) if each[0] in files.SEVERAL]


def _lock_form(*sheets: SheetRow, kinds: Sequence[tuple[str, str, str]] | None = None) -> LockForm:
    form = LockForm()
    form.kind.choices = [(kind, words) for kind, words, _hint in kinds or files.kinds_of(*sheets)]
    return form

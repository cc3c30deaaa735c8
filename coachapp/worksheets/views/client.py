"""The client's own sheets: the list, filling one in with autosave, sharing it, and taking it to paper."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.practice.queries import coach
from coachapp.web import errors
from coachapp.web.guards import client_leaving, client_only
from coachapp.worksheets import operations, queries
from coachapp.worksheets.answers import AnswerError, Value, parse_form
from coachapp.worksheets.aside import keep_last_words, last_words
from coachapp.worksheets.differences import differences
from coachapp.worksheets.forms import SheetForm, all_values, rows_offered, words_of
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import Conflict, NoSuchSheet, NoSuchTemplate, Withdrawn
from coachapp.worksheets.views import files

bp = Blueprint("sheets", __name__, url_prefix="/me/worksheets")

ROOMS = ("home", "sessions", "worksheets", "safety")


@bp.context_processor
def _rooms() -> dict[str, object]:
    return {"nav_rooms": ROOMS}


@bp.get("")
@client_only
def index() -> ResponseReturnValue:
    """Everything she was given."""
    me = client(_own())
    sheets = queries.sheets_of(me.id)
    mine = {sheet.template.key for sheet in sheets}
    return render_template(
        "worksheets/list.html",
        sheets=sheets,
        to_take=[row for row in queries.templates() if row.template.key not in mine],
        coach=coach(me.coach_id),
        zone=me.zone,
        now=clock.now(),
    )


@bp.post("/take/<key>")
@client_only
def take(key: str) -> ResponseReturnValue:
    """Take a sheet oneself; the one she has already is opened instead."""
    me = client(_own())
    try:
        number = operations.take(queries.template(key).id, me.id, now=clock.now())
    except NoSuchTemplate:
        abort(404)
    return redirect(url_for("sheets.fill", number=number), 303)


@bp.get("/<int:number>")
@client_only
def fill(number: int) -> ResponseReturnValue:
    """One sheet, as a form."""
    sheet = _sheet(number)
    stored = queries.answers_of(sheet)
    return _page(sheet, SheetForm(sheet.template, stored))


@bp.post("/<int:number>")
@client_only
def send(number: int) -> ResponseReturnValue:
    """Save everything, then do what the pressed button says."""
    sheet = _sheet(number, with_withdrawn=True)
    try:
        faults = _save(sheet, drop=_taken(sheet))[1]
    except Conflict as conflict:
        return _both(sheet, conflict)
    except Withdrawn:
        return _taken_back()
    if faults:
        return _again(_sheet(number), faults)
    return _go_on(sheet)


@bp.post("/<int:number>/save")
@client_leaving
def save(number: int) -> ResponseReturnValue:
    """Autosave. 204 with the new revision; 409 with the other version; 422 when an answer cannot be kept."""
    sheet = _sheet(number, with_withdrawn=True)
    try:
        revision, faults = _save(sheet)
    except Conflict as conflict:
        keep_last_words(sheet, last_words(sheet.template, request.form), now=clock.now())
        theirs = all_values(sheet.template, conflict.answers)
        message = _("Here is what was saved there. Choose for each answer which one to keep.")
        return _with_revision(jsonify(message=message, theirs=theirs), conflict.revision), 409
    except Withdrawn:
        return jsonify(
            message=_("This sheet was taken back, so it cannot be saved. Copy what you want to keep.")
        ), 422
    if faults:
        return _with_revision(jsonify(message=words_of(next(iter(faults.values())))), revision), 422
    return _with_revision(Response(), revision), 204


@bp.post("/<int:number>/unshare")
@client_only
def unshare(number: int) -> ResponseReturnValue:
    """Close the sheet to the coach again, at once."""
    operations.unshare(_sheet(number).id, _own(), now=clock.now())
    flash(_("This worksheet is private to you again."))
    return redirect(url_for("sheets.fill", number=number), 303)


@bp.get("/<int:number>/print")
@bp.get("/<int:number>/print/<any(letter):paper>")
@client_only
def paper(number: int, paper: str = "a4") -> ResponseReturnValue:
    """Where a sheet becomes a file: what to think of first, then the kinds there are."""
    return render_template("worksheets/print.html", sheet=_sheet(number), paper=paper)


@bp.get("/<int:number>/<any(blank,fillable,completed,large,card):kind>.pdf")
@bp.get(
    "/<int:number>/<any(a4,letter):paper>/<any(read,keep):way>/<any(blank,fillable,completed,large,card):kind>.pdf"
)
@client_only
def file(number: int, kind: str, paper: str = "a4", way: str = "read") -> ResponseReturnValue:
    """The sheet as a PDF, to read here or to keep."""
    sheet = _sheet(number)
    answers = queries.answers_of(sheet) if kind in ("completed", "large", "card") else {}
    return files.pdf(sheet.template, answers, kind, paper, f"notes-{number}.pdf", keep=way == "keep")


def _own() -> UUID:
    """The client this request is for; also in the half minute after she has left."""
    person = current_user.just_left or current_user
    client_id: UUID = person.client_id
    return client_id


def _sheet(number: int, *, with_withdrawn: bool = False) -> SheetRow:
    try:
        return queries.sheet(_own(), number, with_withdrawn=with_withdrawn)
    except NoSuchSheet:
        abort(404)


def _save(sheet: SheetRow, drop: frozenset[str] = frozenset()) -> tuple[int, Mapping[str, AnswerError]]:
    """Keep what can be kept; returns the revision and what could not. `drop`: answers she gave up for the others."""
    if request.form.get("sheet", str(sheet.id)) != str(sheet.id):
        abort(404)  # a page of somebody who was signed in here before
    answers, faults = parse_form(sheet.template, request.form)
    revision = operations.save_answers(
        sheet.id,
        sheet.client_id,
        {key: value for key, value in answers.items() if key not in drop},
        request.form.get("revision", type=int, default=-1),
        rows=rows_offered(sheet.template, request.form),
        now=clock.now(),
    )
    return revision, faults


def _taken(sheet: SheetRow) -> frozenset[str]:
    """The questions for which she chose the other device's answer."""
    return frozenset(
        field.key for field in sheet.template.fields if request.form.get(f"take-{field.key}") == "theirs"
    )


def _go_on(sheet: SheetRow) -> ResponseReturnValue:
    now, form = clock.now(), request.form
    if "share" not in form:
        operations.unshare(sheet.id, sheet.client_id, now=now)
    elif "shared" not in form:
        operations.share(sheet.id, sheet.client_id, now=now)
    here = url_for("sheets.fill", number=sheet.number)
    if form.get("go") == "done":
        operations.done(sheet.id, sheet.client_id, now=now)
        flash(_("Saved. It will be here when you want it."))
        return redirect(url_for("sheets.index"), 303)
    if form.get("go") == "print":
        return redirect(url_for("sheets.paper", number=sheet.number), 303)
    flash(_("Your answers are saved."))
    more = form.get("more", "")
    known = any(field.key == more for field in sheet.template.fields)
    return redirect(f"{here}#q-{more}" if known else here, 303)


def _again(sheet: SheetRow, faults: Mapping[str, AnswerError]) -> ResponseReturnValue:
    form = SheetForm(sheet.template, queries.answers_of(sheet), request.form, faults)
    return _page(sheet, form, 422, errors=form.summary())


def _both(sheet: SheetRow, conflict: Conflict) -> ResponseReturnValue:
    """Both versions side by side; nothing is saved until she has chosen."""
    mine: dict[str, Value] = parse_form(sheet.template, request.form)[0]
    form = SheetForm(sheet.template, conflict.answers, request.form)
    return _page(
        sheet,
        form,
        409,
        revision=conflict.revision,
        differences=differences(sheet.template, mine, conflict.answers),
    )


def _page(sheet: SheetRow, form: SheetForm, status: int = 200, **more: object) -> ResponseReturnValue:
    me = client(sheet.client_id)
    page = render_template(
        "worksheets/fill.html",
        sheet=sheet,
        parts=form.parts(),
        coach=coach(me.coach_id),
        zone=me.zone,
        now=clock.now(),
        **{"revision": sheet.revision, "share": _share_ticked(sheet), **more},
    )
    return page, status


def _share_ticked(sheet: SheetRow) -> bool:
    """A page that showed it as shared (its field `shared`) does not share it again once that was stopped elsewhere."""
    if request.method != "POST":
        return sheet.is_shared
    return "share" in request.form and (sheet.is_shared or "shared" not in request.form)


def _taken_back() -> ResponseReturnValue:
    return errors.page(
        409,
        _("This sheet was taken back"),
        _("It could not be saved. Go back: your words are still in the form, to copy what you want to keep."),
    )


def _with_revision(answer: Response, revision: int) -> Response:
    answer.headers["X-Revision"] = str(revision)
    return answer

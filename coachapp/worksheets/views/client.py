"""The client's own sheets: the list, filling one in with autosave, sharing it, and taking it to paper."""

from collections.abc import Mapping

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.practice.queries import coach
from coachapp.web import errors
from coachapp.web.guards import client_leaving, client_only
from coachapp.worksheets import operations, queries
from coachapp.worksheets.answers import AnswerError, Value, parse_form
from coachapp.worksheets.aside import keep_last_words, last_words
from coachapp.worksheets.differences import differences
from coachapp.worksheets.earlier_queries import earlier_counts
from coachapp.worksheets.forms import SheetForm, all_values, rows_offered, stood, words_of
from coachapp.worksheets.margin_queries import beside, beside_counts
from coachapp.worksheets.one_by_one import stops
from coachapp.worksheets.path_queries import has_path
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import Conflict, NoSuchTemplate, Withdrawn
from coachapp.worksheets.views import files, printing
from coachapp.worksheets.views.hers import own_id, own_sheet, rooms
from coachapp.worksheets.views.over_time import courses_on, words_back_on
from coachapp.worksheets.views.saving import given_up, with_revision

bp = Blueprint("sheets", __name__, url_prefix="/me/worksheets")
bp.context_processor(rooms)


@bp.get("")
@client_only
def index() -> ResponseReturnValue:
    """Everything she was given."""
    me = client(own_id())
    sheets = queries.sheets_of(me.id)
    mine = {sheet.template.key for sheet in sheets}
    return render_template(
        "worksheets/list.html",
        sheets=sheets,
        has_path=has_path(me.id),
        beside=beside_counts(me.id),
        to_take=[row for row in queries.templates() if row.template.key not in mine],
        coach=coach(me.coach_id),
        zone=me.zone,
        now=clock.now(),
    )


@bp.post("/take/<key>")
@client_only
def take(key: str) -> ResponseReturnValue:
    """Take a sheet oneself; the one she has already is opened instead."""
    me = client(own_id())
    try:
        number = operations.take(queries.template(key).id, me.id, now=clock.now())
    except NoSuchTemplate:
        abort(404)
    return redirect(url_for("sheets.fill", number=number), 303)


@bp.get("/<int:number>")
@client_only
def fill(number: int) -> ResponseReturnValue:
    """One sheet, as a form."""
    sheet = own_sheet(number)
    stored = queries.answers_of(sheet)
    return sheet_page(sheet, SheetForm(sheet.template, stored))


@bp.post("/<int:number>")
@client_only
def send(number: int) -> ResponseReturnValue:
    """Save everything, then do what the pressed button says."""
    sheet = own_sheet(number, with_withdrawn=True)
    try:
        faults = keep(sheet, drop=given_up(sheet))[1]
    except Conflict as conflict:
        return _both(sheet, conflict)
    except Withdrawn:
        return taken_back()
    if faults:
        return _again(own_sheet(number), faults)
    return to_earlier(sheet) or go_on(sheet, url_for("sheets.fill", number=number))


@bp.post("/<int:number>/save")
@client_leaving
def save(number: int) -> ResponseReturnValue:
    """Autosave. 204 with the new revision; 409 with the other version; 422 when an answer cannot be kept."""
    return autosaved(own_sheet(number, with_withdrawn=True))


def autosaved(sheet: SheetRow, only: frozenset[str] | None = None) -> ResponseReturnValue:
    """What the script hears after it sent a whole sheet, or a page with only some of its questions."""
    try:
        revision, faults = keep(sheet, only=only)
    except Conflict as conflict:
        keep_last_words(sheet, last_words(sheet.template, request.form), now=clock.now())
        theirs = all_values(sheet.template, conflict.answers)
        message = _("Here is what was saved there. Choose for each answer which one to keep.")
        return with_revision(jsonify(message=message, theirs=theirs), conflict.revision), 409
    except Withdrawn:
        return jsonify(
            message=_("This sheet was taken back, so it cannot be saved. Copy what you want to keep.")
        ), 422
    if faults:
        return with_revision(jsonify(message=words_of(next(iter(faults.values())))), revision), 422
    return with_revision(Response(), revision), 204


@bp.post("/<int:number>/unshare")
@client_only
def unshare(number: int) -> ResponseReturnValue:
    """Close the sheet to the coach again, at once."""
    operations.unshare(own_sheet(number).id, own_id(), now=clock.now())
    flash(_("This worksheet is private to you again."))
    return redirect(url_for("sheets.fill", number=number), 303)


@bp.get("/<int:number>/print")
@bp.get("/<int:number>/print/<any(letter):paper>")
@client_only
def paper(number: int, paper: str = "a4") -> ResponseReturnValue:
    """Where a sheet becomes a file: what to think of first, then the kinds there are."""
    return printing.page(own_sheet(number), paper)


@bp.get(f"/<int:number>/{files.KIND}.pdf")
@bp.get(f"/<int:number>/{files.FILE}")
@client_only
def file(number: int, kind: str, paper: str = "a4", way: str = "read") -> ResponseReturnValue:
    """The sheet as a PDF, to read here or to keep."""
    sheet = own_sheet(number)
    answers = queries.answers_of(sheet) if kind not in files.EMPTY else {}
    courses = courses_on(sheet) if answers else {}
    name = f"notes-{number}.pdf"
    return files.pdf(sheet.template, answers, kind, paper, name, keep=way == "keep", courses=courses)


def keep(
    sheet: SheetRow, drop: frozenset[str] = frozenset(), only: frozenset[str] | None = None
) -> tuple[int, Mapping[str, AnswerError]]:
    """Keep what can be kept; returns the revision and what could not. `drop`: answers she gave up for the others.

    `only`: the questions the page had, if not all of them.
    """
    if request.form.get("sheet", str(sheet.id)) != str(sheet.id):
        abort(404)  # a page of somebody who was signed in here before
    answers, faults = parse_form(sheet.template, request.form, only)
    revision = operations.save_answers(
        sheet.id,
        sheet.client_id,
        {key: value for key, value in answers.items() if key not in drop},
        request.form.get("revision", type=int, default=-1),
        rows=rows_offered(sheet.template, request.form),
        stood=stood(request.form, only),
        chosen=request.form.get("chosen") == "y",
        now=clock.now(),
    )
    return revision, faults


def to_earlier(sheet: SheetRow) -> ResponseReturnValue | None:
    """On to the earlier versions of an answer, where that is what the pressed button says."""
    asked = request.form.get("earlier", "")
    for stop in stops(sheet.template):
        if stop.field.key == asked:
            return redirect(url_for("sheets.earlier", number=sheet.number, place=stop.number), 303)
    return None


def go_on(sheet: SheetRow, here: str) -> ResponseReturnValue:
    """Do what a button at the end of the sheet says; `here` is the page to stay on."""
    now, form = clock.now(), request.form
    if "share" not in form:
        operations.unshare(sheet.id, sheet.client_id, now=now)
    elif "shared" not in form:
        operations.share(sheet.id, sheet.client_id, now=now)
    if "progress" not in form:
        operations.hide_progress(sheet.id, sheet.client_id, now=now)
    elif "progress_shown" not in form:
        operations.show_progress(sheet.id, sheet.client_id, now=now)
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
    return sheet_page(sheet, form, 422, errors=form.summary())


def _both(sheet: SheetRow, conflict: Conflict) -> ResponseReturnValue:
    """Both versions side by side; nothing is saved until she has chosen."""
    mine: dict[str, Value] = parse_form(sheet.template, request.form)[0]
    form = SheetForm(sheet.template, conflict.answers, request.form)
    return sheet_page(
        sheet,
        form,
        409,
        revision=conflict.revision,
        differences=differences(sheet.template, mine, conflict.answers),
    )


def sheet_page(sheet: SheetRow, form: SheetForm, status: int = 200, **more: object) -> ResponseReturnValue:
    """One sheet as a page; `more` goes to its template."""
    me = client(sheet.client_id)
    page = render_template(
        "worksheets/fill.html",
        sheet=sheet,
        parts=form.parts(),
        coach=coach(me.coach_id),
        zone=me.zone,
        now=clock.now(),
        courses=courses_on(sheet),
        words_back=words_back_on(sheet),
        margin=beside(sheet),
        versions=earlier_counts(sheet),
        **{
            "revision": sheet.revision,
            "share": _is_ticked("share", "shared", sheet.is_shared),
            "progress": _is_ticked("progress", "progress_shown", sheet.is_progress_shown),
            **more,
        },
    )
    return page, status


def _is_ticked(switch: str, was_on: str, is_on: bool) -> bool:
    """A page that showed it as on (its field `was_on`) does not turn it on again once that was stopped elsewhere."""
    if request.method != "POST":
        return is_on
    return switch in request.form and (is_on or was_on not in request.form)


def taken_back() -> ResponseReturnValue:
    """What she hears when her coach has taken the sheet back meanwhile."""
    return errors.page(
        409,
        _("This sheet was taken back"),
        _("It could not be saved. Go back: your words are still in the form, to copy what you want to keep."),
    )

"""The coach's side: the library, giving sheets to a client, and reading what she shared."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.clients.queries import client_by_ref
from coachapp.clients.rules import ClientRow, NoSuchClient
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow
from coachapp.web import errors
from coachapp.web.guards import staff
from coachapp.worksheets import operations, queries
from coachapp.worksheets.answers import Value
from coachapp.worksheets.forms import AssignForm, SheetForm
from coachapp.worksheets.queries import SheetRow, TemplateRow
from coachapp.worksheets.rules import AlreadyBegun, NoSuchSheet, NoSuchTemplate
from coachapp.worksheets.views import files

bp = Blueprint("desk_sheets", __name__, url_prefix="/desk")

_FILE = (
    "<any(a4,letter):paper>/<any(read,keep):way>/<any(blank,fillable,completed,large,card,fridge):kind>.pdf"
)


@bp.get("/worksheets")
@staff
def library() -> ResponseReturnValue:
    """Every worksheet and plan that can be given."""
    return render_template("worksheets/library.html", templates=queries.templates())


@bp.get("/worksheets/<key>")
@staff
def preview(key: str) -> ResponseReturnValue:
    """A template as a client sees it; nothing typed here is kept."""
    row = _template(key)
    parts = SheetForm(row.template, {}).parts()
    return render_template("worksheets/preview.html", row=row, parts=parts)


@bp.get(f"/worksheets/<key>/{_FILE}")
@staff
def blank(key: str, paper: str, way: str, kind: str) -> ResponseReturnValue:
    """A template without answers, for paper or to fill on screen."""
    template = _template(key).template
    name = template.neutral_title.lower().replace(" ", "-")
    safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter == "-"))
    return files.pdf(template, {}, kind, paper, f"{safe or 'notes'}.pdf", keep=way == "keep")


@bp.get("/clients/<ref>/worksheets")
@staff
def of_client(ref: str) -> ResponseReturnValue:
    """What a client was given, and what she shared."""
    return _client_page(_client(ref), _assign_form())


@bp.post("/clients/<ref>/worksheets")
@staff
def assign(ref: str) -> ResponseReturnValue:
    """Give the chosen sheets."""
    person, form = _client(ref), _assign_form()
    if not form.validate():
        return _client_page(person, form, 422)
    for template_id in form.templates.data:
        operations.assign(UUID(template_id), person.id, form.note.data, now=clock.now(), by=_account())
    flash(_("Given. It waits in the private space; nothing is sent."))
    return redirect(url_for("desk_sheets.of_client", ref=ref), 303)


@bp.post("/clients/<ref>/worksheets/<int:number>/withdraw")
@staff
def withdraw(ref: str, number: int) -> ResponseReturnValue:
    """Take back a sheet that was not begun."""
    person = _client(ref)
    try:
        sheet = queries.sheet(person.id, number)
        operations.withdraw(sheet.id, person.id, now=clock.now(), by=_account())
    except NoSuchSheet:
        abort(404)
    except AlreadyBegun:
        return errors.page(
            409,
            _("It has been begun"),
            _("From the first word on a sheet is the client’s. It stays with her."),
        )
    flash(_("Taken back."))
    return redirect(url_for("desk_sheets.of_client", ref=ref), 303)


@bp.get("/clients/<ref>/worksheets/<int:number>")
@staff
def read(ref: str, number: int) -> ResponseReturnValue:
    """A sheet the client shared, as it is now."""
    person = _client(ref)
    sheet, answers = _shared(person, number)
    form = SheetForm(sheet.template, answers)
    return render_template(
        "worksheets/read.html", client=person, sheet=sheet, parts=form.parts(), host=_host()
    )


@bp.get(f"/clients/<ref>/worksheets/<int:number>/{_FILE}")
@staff
def file(ref: str, number: int, paper: str, way: str, kind: str) -> ResponseReturnValue:
    """A shared sheet as a PDF, named by reference, number and the day it was last saved."""
    person = _client(ref)
    sheet, answers = _shared(person, number)
    day = (sheet.saved_at or sheet.assigned_at).date()
    name = f"{person.ref}-{number}-{day.isoformat()}.pdf"
    return files.pdf(sheet.template, answers, kind, paper, name, keep=way == "keep")


def _account() -> UUID:
    account_id: UUID = current_user.account_id
    return account_id


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _client(ref: str) -> ClientRow:
    try:
        return client_by_ref(ref, coach_id=current_user.coach_id)
    except NoSuchClient:
        abort(404)


def _template(key: str) -> TemplateRow:
    try:
        return queries.template(key)
    except NoSuchTemplate:
        abort(404)


def _shared(person: ClientRow, number: int) -> tuple[SheetRow, dict[str, Value]]:
    """A shared sheet with its answers; noted as a view of the record and of the sheet. 404 for anything else."""
    try:
        sheet = queries.sheet(person.id, number)
        found = queries.shared_with_coach(sheet.id, current_user.coach_id)
    except NoSuchSheet:
        abort(404)
    for subject in (person.id, sheet.id):
        record_view(subject, now=clock.now(), role="staff", actor=_account())
    return found


def _assign_form() -> AssignForm:
    form = AssignForm()
    form.templates.choices = [SelectChoice(str(row.id), row.template.title) for row in queries.templates()]
    return form


def _client_page(person: ClientRow, form: AssignForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "worksheets/of_client.html",
        client=person,
        sheets=queries.sheets_of(person.id),
        form=form,
        host=_host(),
        now=clock.now(),
    )
    return page, status

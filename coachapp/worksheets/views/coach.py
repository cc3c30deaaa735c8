"""The coach's side: the library, giving sheets to a client, and reading what she shared."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.clients.rules import ClientRow
from coachapp.web.guards import staff
from coachapp.worksheets import draft_queries, operations, queries
from coachapp.worksheets.answers import Value
from coachapp.worksheets.coach_forms import AssignForm
from coachapp.worksheets.forms import SheetForm
from coachapp.worksheets.giving_queries import given, given_to
from coachapp.worksheets.looking_back_queries import shared_pages_of
from coachapp.worksheets.margin_queries import beside_by
from coachapp.worksheets.one_by_one import stops
from coachapp.worksheets.path_queries import has_path
from coachapp.worksheets.queries import SheetRow, TemplateRow
from coachapp.worksheets.rules import NoSuchSheet, NoSuchTemplate
from coachapp.worksheets.views import files
from coachapp.worksheets.views.at_desk import account, host, record_of
from coachapp.worksheets.views.coach_over_time import shared_courses_on
from coachapp.zones import zone

bp = Blueprint("desk_sheets", __name__, url_prefix="/desk")


@bp.get("/worksheets")
@staff
def library() -> ResponseReturnValue:
    """Every worksheet and plan that can be given."""
    return render_template(
        "worksheets/library.html",
        templates=queries.templates(),
        retired=draft_queries.retired_templates(),
        drafts=draft_queries.drafts(),
    )


@bp.get("/worksheets/<key>")
@staff
def preview(key: str) -> ResponseReturnValue:
    """A template as a client sees it; nothing typed here is kept."""
    row = _template(key)
    parts = SheetForm(row.template, {}).parts()
    return render_template(
        "worksheets/preview.html", row=row, parts=parts, draft=draft_queries.draft_of(row.template.key)
    )


@bp.get(f"/worksheets/<key>/{files.FILE}")
@staff
def blank(key: str, paper: str, way: str, kind: str) -> ResponseReturnValue:
    """A template without answers, for paper or to fill on screen."""
    template = _template(key).template
    return files.pdf(template, {}, kind, paper, files.file_name(template, "pdf"), keep=way == "keep")


@bp.get("/clients/<ref>/worksheets")
@staff
def of_client(ref: str) -> ResponseReturnValue:
    """What a client was given, and what she shared."""
    person = record_of(ref)
    return _client_page(person, _assign_form(person))


@bp.post("/clients/<ref>/worksheets")
@staff
def assign(ref: str) -> ResponseReturnValue:
    """Give the chosen sheets."""
    person = record_of(ref)
    form = _assign_form(person)
    if not form.validate():
        return _client_page(person, form, 422)
    operations.give(
        map(UUID, form.templates.data),
        person.id,
        form.note.data,
        wanted_on=form.wanted_on.data,
        now=clock.now(),
        by=account(),
    )
    flash(_("Given. It waits in the private space; nothing is sent."))
    return redirect(url_for("desk_sheets.of_client", ref=ref), 303)


@bp.post("/clients/<ref>/worksheets/<uuid:sheet_id>/withdraw")
@staff
def withdraw(ref: str, sheet_id: UUID) -> ResponseReturnValue:
    """Take a sheet back; what somebody wrote on it stays hers, and the answer is the same."""
    person = record_of(ref)
    try:
        sheet = given(person.id, sheet_id)
    except NoSuchSheet:
        abort(404)
    operations.withdraw(sheet.id, person.id, now=clock.now(), by=account())
    flash(_("Taken back. What somebody wrote on it stays theirs."))
    return redirect(url_for("desk_sheets.of_client", ref=ref), 303)


@bp.get("/clients/<ref>/worksheets/<int:number>")
@staff
def read(ref: str, number: int) -> ResponseReturnValue:
    """A sheet the client shared, as it is now."""
    person = record_of(ref)
    sheet, answers = shared_sheet(person, number)
    form = SheetForm(sheet.template, answers)
    return render_template(
        "worksheets/read.html",
        client=person,
        sheet=sheet,
        parts=form.parts(),
        host=host(),
        places={stop.field.key: stop.number for stop in stops(sheet.template)},
        margin=beside_by(sheet, current_user.coach_id),
    )


@bp.get(f"/clients/<ref>/worksheets/<int:number>/{files.FILE}")
@staff
def file(ref: str, number: int, paper: str, way: str, kind: str) -> ResponseReturnValue:
    """A shared sheet as a PDF, named by reference, number and the day it was last saved."""
    person = record_of(ref)
    sheet, answers = shared_sheet(person, number)
    day = (sheet.saved_at or sheet.assigned_at).date()
    name = f"{person.ref}-{number}-{day.isoformat()}.pdf"
    courses = shared_courses_on(sheet)
    return files.pdf(sheet.template, answers, kind, paper, name, keep=way == "keep", courses=courses)


def _template(key: str) -> TemplateRow:
    try:
        return queries.template(key)
    except NoSuchTemplate:
        abort(404)


def shared_sheet(person: ClientRow, number: int) -> tuple[SheetRow, dict[str, Value]]:
    """A shared sheet with its answers; noted as a view of the record and of the sheet. 404 for anything else."""
    try:
        sheet = queries.sheet(person.id, number)
        found = queries.shared_with_coach(sheet.id, current_user.coach_id)
    except NoSuchSheet:
        abort(404)
    for subject in (person.id, sheet.id):
        record_view(subject, now=clock.now(), role="staff", actor=account())
    return found


def _assign_form(person: ClientRow) -> AssignForm:
    form = AssignForm()
    form.today = clock.now().astimezone(zone(person.zone)).date()
    form.templates.choices = [SelectChoice(str(row.id), row.template.title) for row in queries.templates()]
    return form


def _client_page(person: ClientRow, form: AssignForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "worksheets/of_client.html",
        client=person,
        sheets=given_to(person.id),
        has_path=has_path(person.id),
        pages=shared_pages_of(person.id),
        form=form,
        host=host(),
        now=clock.now(),
    )
    return page, status

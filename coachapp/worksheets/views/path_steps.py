"""The steps of a client's path at the desk: one more, another sheet or rule for one, one taken out."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from coachapp import clock
from coachapp.clients.rules import ClientRow
from coachapp.web import errors
from coachapp.web.guards import staff
from coachapp.web.words import when
from coachapp.worksheets import path_operations as operations
from coachapp.worksheets import path_queries as queries
from coachapp.worksheets.path_forms import StepForm
from coachapp.worksheets.path_operations import Wanted
from coachapp.worksheets.path_queries import StepRow
from coachapp.worksheets.path_rules import NoSuchPath, NoSuchSession, NoSuchStep, PathFull, Rule
from coachapp.worksheets.queries import templates
from coachapp.worksheets.rules import NoSuchTemplate
from coachapp.worksheets.views.at_desk import host, record_of
from coachapp.worksheets.views.path_coach import back, by, path_at_desk

bp = Blueprint("desk_path_steps", __name__, url_prefix="/desk/clients/<ref>/worksheets/path/step")


@bp.get("")
@staff
def ask_add(ref: str) -> ResponseReturnValue:
    """One more sheet on the path."""
    person = record_of(ref)
    path_at_desk(person)
    return _step_page(person, _step_form(person, None, rule=Rule.START, days=0))


@bp.post("")
@staff
def add(ref: str) -> ResponseReturnValue:
    person = record_of(ref)
    path_at_desk(person)
    form = _step_form(person, None)
    if not form.validate():
        return _step_page(person, form, None, 422)
    try:
        operations.add_step(person.id, _wanted(form), by=by(), now=clock.now())
    except PathFull:
        return errors.page(409, _("The path is full"), _("It has room for 40 sheets. Take one out first."))
    except (NoSuchSession, NoSuchTemplate):
        return _gone(person, form, None)
    flash(_("Added to the path."))
    return back(ref)


@bp.get("/<int:position>")
@staff
def ask_change(ref: str, position: int) -> ResponseReturnValue:
    """One step, to change or to take out."""
    person = record_of(ref)
    row = _open_step(person, position)
    facts = {
        "template": str(row.template_id),
        "rule": row.rule.value,
        "days": row.days,
        "place": str(row.place.id) if row.place else "",
        "note": row.note,
    }
    return _step_page(person, _step_form(person, row, **facts), row)


@bp.post("/<int:position>")
@staff
def change(ref: str, position: int) -> ResponseReturnValue:
    person = record_of(ref)
    row = _open_step(person, position)
    form = _step_form(person, row)
    if not form.validate():
        return _step_page(person, form, row, 422)
    try:
        operations.change_step(person.id, position, _wanted(form), by=by(), now=clock.now())
    except (NoSuchPath, NoSuchStep):
        abort(404)
    except (NoSuchSession, NoSuchTemplate):
        return _gone(person, form, row)
    flash(_("Changed."))
    return back(ref)


@bp.post("/<int:position>/remove")
@staff
def remove(ref: str, position: int) -> ResponseReturnValue:
    """Take a step out of the path."""
    person = record_of(ref)
    try:
        operations.remove_step(person.id, position, by=by(), now=clock.now())
    except (NoSuchPath, NoSuchStep):
        abort(404)
    flash(_("Taken out. What somebody wrote on it stays theirs."))
    return back(ref)


@bp.post("/<uuid:step_id>/<any(up,down):where>")
@staff
def move(ref: str, step_id: UUID, where: str) -> ResponseReturnValue:
    """Let a step come earlier or later among those that have not come."""
    person = record_of(ref)
    try:
        operations.move_step(person.id, step_id, up=where == "up", by=by(), now=clock.now())
    except (NoSuchPath, NoSuchStep):
        abort(404)
    return redirect(url_for("desk_paths.show", ref=ref, _anchor=f"step-{step_id}"), 303)


def _open_step(person: ClientRow, position: int) -> StepRow:
    try:
        return path_at_desk(person).open_step(position)
    except NoSuchStep:
        abort(404)


def _gone(person: ClientRow, form: StepForm, row: StepRow | None) -> ResponseReturnValue:
    """The session or the sheet went away while the form was open."""
    form.place.errors = [_("That is not to be had any more. Choose another.")]
    return _step_page(person, form, row, 422)


def _wanted(form: StepForm) -> Wanted:
    place_id = UUID(form.place.data) if form.place.data else None
    return Wanted(
        UUID(form.template.data), Rule(form.rule.data), form.days.data, form.note.data or "", place_id
    )


def _step_form(person: ClientRow, row: StepRow | None, **facts: object) -> StepForm:
    """The form of a step. A sheet or session it has already stays to be chosen."""
    form = StepForm(formdata=None, **facts) if facts else StepForm()
    choices = [SelectChoice(str(each.id), each.template.title) for each in templates()]
    if row is not None and str(row.template_id) not in {choice.value for choice in choices}:
        choices.insert(0, SelectChoice(str(row.template_id), _("%(title)s, as it was", title=row.title)))
    form.template.choices = choices
    places = queries.coming_places(person.id, clock.now())
    if row is not None and row.place is not None and row.place not in places:
        places.insert(0, row.place)
    form.place.choices = [
        SelectChoice("", _("None")),
        *(SelectChoice(str(each.id), when(each.starts_at, each.ends_at, host().zone)) for each in places),
    ]
    return form


def _step_page(
    person: ClientRow, form: StepForm, row: StepRow | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "worksheets/path_step.html", client=person, form=form, row=row, host=host(), now=clock.now()
    )
    return page, status

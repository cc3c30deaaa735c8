"""A client's path at the desk: begin one, see what comes, change it, pause it, end it."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from coachapp import clock
from coachapp.clients.queries import client_by_ref
from coachapp.clients.rules import ClientRow, NoSuchClient
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow
from coachapp.web import errors
from coachapp.web.guards import staff
from coachapp.web.words import when
from coachapp.worksheets import path_operations as operations
from coachapp.worksheets import path_queries as queries
from coachapp.worksheets.path_forms import EMPTY, BeginForm, StartForm, StepForm
from coachapp.worksheets.path_operations import By, Wanted
from coachapp.worksheets.path_queries import PathRow, StepRow
from coachapp.worksheets.path_rules import (
    BadStart,
    NoSuchPath,
    NoSuchSession,
    NoSuchStep,
    PathFull,
    PathRuns,
    Rule,
    for_coach,
    is_known,
)
from coachapp.worksheets.queries import templates
from coachapp.worksheets.ready_paths import ready_paths
from coachapp.worksheets.rules import NoSuchTemplate
from coachapp.zones import zone

bp = Blueprint("desk_paths", __name__, url_prefix="/desk/clients/<ref>/worksheets/path")


@bp.get("")
@staff
def show(ref: str) -> ResponseReturnValue:
    """The path she is on and what comes next, or the form for a new one."""
    person = _client(ref)
    try:
        mine = queries.path_of(person.id)
    except NoSuchPath:
        return _begin_page(person, _begin_form(person, prefilled=True))
    return _page(person, mine, StartForm(formdata=None, starts_on=mine.starts_on))


@bp.post("")
@staff
def begin(ref: str) -> ResponseReturnValue:
    """A ready-made path, or an empty one."""
    person = _client(ref)
    form = _begin_form(person)
    if not form.validate():
        return _begin_page(person, form, 422)
    ready = next((each for each in ready_paths() if each.key == form.which.data), None)
    try:
        if ready is None:
            operations.begin(person.id, form.starts_on.data, by=_by(), now=clock.now())
        else:
            operations.begin_ready(person.id, ready, form.starts_on.data, by=_by(), now=clock.now())
    except BadStart:
        form.refuse_start()
        return _begin_page(person, form, 422)
    except PathRuns:
        flash(_("There is a path already. Change it here, or end it first."))
        return _back(ref)
    flash(_("The path is made. What comes waits in the private space; nothing is sent."))
    return _back(ref)


@bp.post("/start")
@staff
def start(ref: str) -> ResponseReturnValue:
    """Another day to start on."""
    person, form = _client(ref), StartForm()
    mine = _path(person)
    if not form.validate():
        return _page(person, mine, form, 422)
    try:
        operations.start_on(person.id, form.starts_on.data, by=_by(), now=clock.now())
    except BadStart:
        form.refuse_start()
        return _page(person, mine, form, 422)
    flash(_("The path starts on another day. What has come stays."))
    return _back(ref)


@bp.post("/<any(pause,on):what>")
@staff
def rest(ref: str, what: str) -> ResponseReturnValue:
    """Pause, or go on."""
    person = _client(ref)
    act = operations.pause if what == "pause" else operations.go_on
    try:
        act(person.id, by=_by(), now=clock.now())
    except NoSuchPath:
        return _back(ref)
    flash(_("Paused. Nothing comes until it goes on.") if what == "pause" else _("The path goes on."))
    return _back(ref)


@bp.get("/end")
@staff
def ask_end(ref: str) -> ResponseReturnValue:
    """Asks before the path is ended."""
    person = _client(ref)
    _path(person)
    return render_template("worksheets/path_end_at_desk.html", client=person)


@bp.post("/end")
@staff
def end(ref: str) -> ResponseReturnValue:
    """End it; what has come stays."""
    person = _client(ref)
    try:
        operations.end(person.id, by=_by(), now=clock.now())
    except NoSuchPath:
        return _back(ref)
    flash(_("The path is ended. What has come stays."))
    return redirect(url_for("desk_sheets.of_client", ref=ref), 303)


@bp.get("/step")
@staff
def ask_add(ref: str) -> ResponseReturnValue:
    """One more sheet on the path."""
    person = _client(ref)
    _path(person)
    return _step_page(person, _step_form(person, None, rule=Rule.START, days=0))


@bp.post("/step")
@staff
def add(ref: str) -> ResponseReturnValue:
    person = _client(ref)
    _path(person)
    form = _step_form(person, None)
    if not form.validate():
        return _step_page(person, form, None, 422)
    try:
        operations.add_step(person.id, _wanted(form), by=_by(), now=clock.now())
    except PathFull:
        return errors.page(409, _("The path is full"), _("It has room for 40 sheets. Take one out first."))
    except (NoSuchSession, NoSuchTemplate):
        return _gone(person, form, None)
    flash(_("Added to the path."))
    return _back(ref)


@bp.get("/step/<int:position>")
@staff
def ask_change(ref: str, position: int) -> ResponseReturnValue:
    """One step, to change or to take out."""
    person = _client(ref)
    row = _open_step(person, position)
    facts = {
        "template": str(row.template_id),
        "rule": row.rule.value,
        "days": row.days,
        "place": str(row.place.id) if row.place else "",
        "note": row.note,
    }
    return _step_page(person, _step_form(person, row, **facts), row)


@bp.post("/step/<int:position>")
@staff
def change(ref: str, position: int) -> ResponseReturnValue:
    person = _client(ref)
    row = _open_step(person, position)
    form = _step_form(person, row)
    if not form.validate():
        return _step_page(person, form, row, 422)
    try:
        operations.change_step(person.id, position, _wanted(form), by=_by(), now=clock.now())
    except (NoSuchPath, NoSuchStep):
        abort(404)
    except (NoSuchSession, NoSuchTemplate):
        return _gone(person, form, row)
    flash(_("Changed."))
    return _back(ref)


@bp.post("/step/<int:position>/remove")
@staff
def remove(ref: str, position: int) -> ResponseReturnValue:
    """Take a step out of the path."""
    person = _client(ref)
    try:
        operations.remove_step(person.id, position, by=_by(), now=clock.now())
    except (NoSuchPath, NoSuchStep):
        abort(404)
    flash(_("Taken out. What somebody wrote on it stays theirs."))
    return _back(ref)


def _by() -> By:
    return By("staff", current_user.account_id)


def _client(ref: str) -> ClientRow:
    try:
        return client_by_ref(ref, coach_id=current_user.coach_id)
    except NoSuchClient:
        abort(404)


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _path(person: ClientRow) -> PathRow:
    try:
        return queries.path_of(person.id)
    except NoSuchPath:
        abort(404)


def _open_step(person: ClientRow, position: int) -> StepRow:
    """A step that has not come, as far as its coach may know."""
    mine = _path(person)
    try:
        row = mine.step(position)
    except NoSuchStep:
        abort(404)
    if row.given_at is not None and is_known(mine.path.steps, mine.rows.index(row)):
        abort(404)
    return row


def _back(ref: str) -> ResponseReturnValue:
    return redirect(url_for("desk_paths.show", ref=ref), 303)


def _gone(person: ClientRow, form: StepForm, row: StepRow | None) -> ResponseReturnValue:
    """The session or the sheet went away while the form was open."""
    form.place.errors = [_("That is not to be had any more. Choose another.")]
    return _step_page(person, form, row, 422)


def _wanted(form: StepForm) -> Wanted:
    place_id = UUID(form.place.data) if form.place.data else None
    return Wanted(
        UUID(form.template.data), Rule(form.rule.data), form.days.data, form.note.data or "", place_id
    )


def _begin_form(person: ClientRow, *, prefilled: bool = False) -> BeginForm:
    tomorrow = clock.now().astimezone(zone(person.zone)).date() + timedelta(days=1)
    ready = ready_paths()
    form = (
        BeginForm(formdata=None, starts_on=tomorrow, which=ready[0].key if ready else EMPTY)
        if prefilled
        else BeginForm()
    )
    form.which.choices = [
        *(SelectChoice(each.key, each.title) for each in ready),
        SelectChoice(EMPTY, _("An empty one")),
    ]
    return form


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
        *(SelectChoice(str(each.id), when(each.starts_at, each.ends_at, _host().zone)) for each in places),
    ]
    return form


def _begin_page(person: ClientRow, form: BeginForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "worksheets/path_begin.html",
        client=person,
        form=form,
        texts={each.key: each.text for each in ready_paths()},
        host=_host(),
        now=clock.now(),
    )
    return page, status


def _page(person: ClientRow, mine: PathRow, form: StartForm, status: int = 200) -> ResponseReturnValue:
    now: datetime = clock.now()
    page = render_template(
        "worksheets/path_at_desk.html",
        client=person,
        mine=mine,
        steps=list(zip(mine.rows, for_coach(mine.path, now, zone(person.zone)), strict=True)),
        form=form,
        host=_host(),
        now=now,
    )
    return page, status


def _step_page(
    person: ClientRow, form: StepForm, row: StepRow | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "worksheets/path_step.html", client=person, form=form, row=row, host=_host(), now=clock.now()
    )
    return page, status

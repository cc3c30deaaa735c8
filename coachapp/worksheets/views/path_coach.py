"""A client's path at the desk: begin one, see what comes, choose its day, pause it, end it."""

from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from coachapp import clock
from coachapp.clients.rules import ClientRow
from coachapp.web.guards import staff
from coachapp.worksheets import path_operations as operations
from coachapp.worksheets import path_queries as queries
from coachapp.worksheets.path_forms import EMPTY, BeginForm, StartForm
from coachapp.worksheets.path_operations import By
from coachapp.worksheets.path_queries import PathRow
from coachapp.worksheets.path_rules import (
    BadStart,
    HerPause,
    NoSuchPath,
    PathRuns,
    for_coach,
)
from coachapp.worksheets.ready_paths import ready_paths
from coachapp.worksheets.views.at_desk import host, record_of
from coachapp.zones import zone

bp = Blueprint("desk_paths", __name__, url_prefix="/desk/clients/<ref>/worksheets/path")


@bp.get("")
@staff
def show(ref: str) -> ResponseReturnValue:
    """The path she is on and what comes next, or the form for a new one."""
    person = record_of(ref)
    try:
        mine = queries.path_of(person.id)
    except NoSuchPath:
        return _begin_page(person, _begin_form(person, prefilled=True))
    return _page(person, mine, StartForm(formdata=None, starts_on=mine.starts_on))


@bp.post("")
@staff
def begin(ref: str) -> ResponseReturnValue:
    """A ready-made path, or an empty one."""
    person = record_of(ref)
    form = _begin_form(person)
    if not form.validate():
        return _begin_page(person, form, 422)
    ready = next((each for each in ready_paths() if each.key == form.which.data), None)
    try:
        if ready is None:
            operations.begin(person.id, form.starts_on.data, by=by(), now=clock.now())
        else:
            operations.begin_ready(person.id, ready, form.starts_on.data, by=by(), now=clock.now())
    except BadStart:
        form.refuse_start()
        return _begin_page(person, form, 422)
    except PathRuns:
        flash(_("There is a path already. Change it here, or end it first."))
        return back(ref)
    flash(_("The path is made. What comes waits in the private space; nothing is sent."))
    return back(ref)


@bp.post("/start")
@staff
def start(ref: str) -> ResponseReturnValue:
    """Another day to start on."""
    person, form = record_of(ref), StartForm()
    mine = path_at_desk(person)
    if not form.validate():
        return _page(person, mine, form, 422)
    try:
        operations.start_on(person.id, form.starts_on.data, by=by(), now=clock.now())
    except BadStart:
        form.refuse_start()
        return _page(person, mine, form, 422)
    flash(_("The path starts on another day. What has come stays."))
    return back(ref)


@bp.post("/<any(pause,on):what>")
@staff
def rest(ref: str, what: str) -> ResponseReturnValue:
    """Pause, or go on."""
    person = record_of(ref)
    act = operations.pause if what == "pause" else operations.go_on
    try:
        act(person.id, by=by(), now=clock.now())
    except NoSuchPath:
        return back(ref)
    except HerPause:
        flash(_("Your client has paused it, and chooses when it goes on."))
        return back(ref)
    flash(_("Paused. Nothing comes until it goes on.") if what == "pause" else _("The path goes on."))
    return back(ref)


@bp.get("/end")
@staff
def ask_end(ref: str) -> ResponseReturnValue:
    """Asks before the path is ended."""
    person = record_of(ref)
    path_at_desk(person)
    return render_template("worksheets/path_end_at_desk.html", client=person)


@bp.post("/end")
@staff
def end(ref: str) -> ResponseReturnValue:
    """End it; what has come stays."""
    person = record_of(ref)
    try:
        operations.end(person.id, by=by(), now=clock.now())
    except NoSuchPath:
        return back(ref)
    flash(_("The path is ended. What has come stays."))
    return redirect(url_for("desk_sheets.of_client", ref=ref), 303)


def by() -> By:
    return By("staff", current_user.account_id)


def path_at_desk(person: ClientRow) -> PathRow:
    try:
        return queries.path_of(person.id)
    except NoSuchPath:
        abort(404)


def back(ref: str) -> ResponseReturnValue:
    return redirect(url_for("desk_paths.show", ref=ref), 303)


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


def _begin_page(person: ClientRow, form: BeginForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "worksheets/path_begin.html",
        client=person,
        form=form,
        texts={each.key: each.text for each in ready_paths()},
        host=host(),
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
        host=host(),
        now=now,
    )
    return page, status

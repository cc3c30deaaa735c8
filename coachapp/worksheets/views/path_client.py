"""Her path: what comes and when, another day, a pause, an end; all of it hers to choose."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.practice.queries import coach
from coachapp.web.guards import client_only
from coachapp.worksheets import path_operations as operations
from coachapp.worksheets import path_queries as queries
from coachapp.worksheets.path_forms import StartForm
from coachapp.worksheets.path_operations import HERSELF
from coachapp.worksheets.path_queries import PathRow
from coachapp.worksheets.path_rules import BadStart, NoSuchPath, outlook
from coachapp.worksheets.views.hers import own_id, rooms
from coachapp.zones import zone

bp = Blueprint("my_path", __name__, url_prefix="/me/worksheets/path")
bp.context_processor(rooms)


@bp.get("")
@client_only
def show() -> ResponseReturnValue:
    """What comes by and by."""
    mine = _path()
    return _page(mine, StartForm(formdata=None, starts_on=mine.starts_on))


@bp.post("/start")
@client_only
def start() -> ResponseReturnValue:
    """Another day to start on."""
    mine, form = _path(), StartForm()
    if not form.validate():
        return _page(mine, form, 422)
    try:
        operations.start_on(mine.client_id, form.starts_on.data, by=HERSELF, now=clock.now())
    except BadStart:
        form.refuse_start()
        return _page(mine, form, 422)
    flash(_("It starts on the day you chose. What has come stays here."))
    return redirect(url_for("my_path.show"), 303)


@bp.post("/<any(pause,on):what>")
@client_only
def rest(what: str) -> ResponseReturnValue:
    """Pause, or go on."""
    act = operations.pause if what == "pause" else operations.go_on
    try:
        act(own_id(), by=HERSELF, now=clock.now())
    except NoSuchPath:
        return redirect(url_for("sheets.index"), 303)
    flash(
        _("Paused. Nothing comes until you go on.")
        if what == "pause"
        else _("It goes on where it was. The days it rested are not counted.")
    )
    return redirect(url_for("my_path.show"), 303)


@bp.get("/end")
@client_only
def ask_end() -> ResponseReturnValue:
    """Asks before it is ended."""
    return render_template("worksheets/path_end.html", coach=coach(client(_path().client_id).coach_id))


@bp.post("/end")
@client_only
def end() -> ResponseReturnValue:
    """End it; what has come stays."""
    try:
        operations.end(own_id(), by=HERSELF, now=clock.now())
    except NoSuchPath:
        return redirect(url_for("sheets.index"), 303)
    flash(_("Ended. What has come stays here, and nothing more comes by itself."))
    return redirect(url_for("sheets.index"), 303)


def _path() -> PathRow:
    try:
        return queries.path_of(own_id())
    except NoSuchPath:
        abort(404)


def _page(mine: PathRow, form: StartForm, status: int = 200) -> ResponseReturnValue:
    me, now = client(mine.client_id), clock.now()
    page = render_template(
        "worksheets/path.html",
        mine=mine,
        steps=list(zip(mine.rows, outlook(mine.path, now, zone(me.zone)), strict=True)),
        form=form,
        coach=coach(me.coach_id),
        zone=me.zone,
        now=now,
    )
    return page, status

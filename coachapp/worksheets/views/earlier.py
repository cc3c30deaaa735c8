"""Earlier versions of an answer, for the client alone: read them, put one back, forget one or all."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.practice.queries import coach
from coachapp.web.guards import client_only
from coachapp.worksheets import earlier_operations, queries
from coachapp.worksheets.differences import in_words
from coachapp.worksheets.earlier_queries import earlier_of
from coachapp.worksheets.earlier_rules import MOST, NoSuchVersion
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import State, Withdrawn
from coachapp.worksheets.views.client import bp, taken_back
from coachapp.worksheets.views.hers import own_sheet
from coachapp.worksheets.views.one import stop_at


@bp.get("/<int:number>/one/<int:place>/earlier")
@client_only
def earlier(number: int, place: int) -> ResponseReturnValue:
    """What stood under this question before, the newest first, each folded away."""
    sheet = own_sheet(number, with_withdrawn=True)
    stop = stop_at(sheet, place)
    me = client(sheet.client_id)
    return render_template(
        "worksheets/earlier.html",
        sheet=sheet,
        stop=stop,
        present=in_words(stop.field, queries.answers_of(sheet).get(stop.field.key)),
        versions=[(row, in_words(stop.field, row.value)) for row in earlier_of(sheet, stop.field.key)],
        most=MOST,
        can_change=sheet.standing.state is not State.WITHDRAWN,
        coach=coach(me.coach_id),
        zone=me.zone,
    )


@bp.post("/<int:number>/one/<int:place>/earlier/back")
@client_only
def put_back(number: int, place: int) -> ResponseReturnValue:
    """Make an earlier version the answer again."""
    sheet = own_sheet(number, with_withdrawn=True)
    field = stop_at(sheet, place).field.key
    try:
        earlier_operations.put_back(sheet.id, sheet.client_id, field, _version(), now=clock.now())
    except NoSuchVersion:
        abort(404)
    except Withdrawn:
        return taken_back()
    flash(_("It is back. What stood there before is kept among the earlier words."))
    return _back(sheet, place)


@bp.post("/<int:number>/one/<int:place>/earlier/forget")
@client_only
def forget(number: int, place: int) -> ResponseReturnValue:
    """Delete one earlier version for good."""
    sheet = own_sheet(number, with_withdrawn=True)
    field = stop_at(sheet, place).field.key
    try:
        earlier_operations.forget(sheet.id, sheet.client_id, field, _version())
    except NoSuchVersion:
        abort(404)
    flash(_("Forgotten."))
    return _back(sheet, place)


@bp.get("/<int:number>/one/<int:place>/earlier/all")
@client_only
def ask_forget_all(number: int, place: int) -> ResponseReturnValue:
    """Before all of them are forgotten: what that means."""
    sheet = own_sheet(number, with_withdrawn=True)
    return render_template("worksheets/earlier_all.html", sheet=sheet, stop=stop_at(sheet, place))


@bp.post("/<int:number>/one/<int:place>/earlier/all")
@client_only
def forget_all(number: int, place: int) -> ResponseReturnValue:
    """Delete every earlier version of this answer for good."""
    sheet = own_sheet(number, with_withdrawn=True)
    earlier_operations.forget_all(sheet.id, sheet.client_id, stop_at(sheet, place).field.key)
    flash(_("Forgotten."))
    return _back(sheet, place)


def _version() -> UUID:
    try:
        return UUID(request.form.get("version", ""))
    except ValueError:
        abort(404)


def _back(sheet: SheetRow, place: int) -> ResponseReturnValue:
    return redirect(url_for("sheets.earlier", number=sheet.number, place=place), 303)

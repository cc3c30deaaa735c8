"""A sheet one question at a time: each on a page of its own, saved as the whole sheet is."""

from collections.abc import Mapping

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.practice.queries import coach
from coachapp.web.guards import client_leaving, client_only
from coachapp.worksheets import queries
from coachapp.worksheets.answers import AnswerError, Value, parse_form
from coachapp.worksheets.differences import differences
from coachapp.worksheets.earlier_queries import earlier_counts
from coachapp.worksheets.forms import SheetForm
from coachapp.worksheets.margin_queries import beside
from coachapp.worksheets.one_by_one import Stop, last_notes, stops, where_to_go_on
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import Conflict, Withdrawn
from coachapp.worksheets.views.client import (
    autosaved,
    bp,
    go_on,
    keep,
    taken_back,
    to_earlier,
)
from coachapp.worksheets.views.hers import own_sheet
from coachapp.worksheets.views.saving import given_up


@bp.get("/<int:number>/one")
@client_only
def go_on_at(number: int) -> ResponseReturnValue:
    """On to the question where she left off."""
    sheet = own_sheet(number)
    place = where_to_go_on(sheet.template, queries.written_at(sheet))
    return redirect(_address(sheet, place or sheet.asked + 1), 303)


@bp.get("/<int:number>/one/<int:place>")
@client_only
def one(number: int, place: int) -> ResponseReturnValue:
    """One question; a heavy one is announced first, with a way past it."""
    sheet = own_sheet(number)
    stop = stop_at(sheet, place)
    if stop.field.heads_up:
        return _page("worksheets/one_ahead.html", sheet, stop=stop)
    return _asked(sheet, stop)


@bp.get("/<int:number>/one/<int:place>/open")
@client_only
def one_open(number: int, place: int) -> ResponseReturnValue:
    """A heavy question, once she has chosen to see it."""
    sheet = own_sheet(number)
    return _asked(sheet, stop_at(sheet, place))


@bp.post("/<int:number>/one/<int:place>")
@client_only
def send_one(number: int, place: int) -> ResponseReturnValue:
    """Save this one question, then go where the pressed button says."""
    sheet = own_sheet(number, with_withdrawn=True)
    stop = stop_at(sheet, place)
    try:
        faults = keep(sheet, given_up(sheet), _only(stop))[1]
    except Conflict as conflict:
        return _both(sheet, stop, conflict)
    except Withdrawn:
        return taken_back()
    if faults:
        return _again(own_sheet(number), stop, faults)
    return to_earlier(sheet) or redirect(_onward(sheet, stop), 303)


@bp.post("/<int:number>/one/<int:place>/save")
@client_leaving
def save_one(number: int, place: int) -> ResponseReturnValue:
    """Autosave of this one question; answers as the whole sheet's does."""
    sheet = own_sheet(number, with_withdrawn=True)
    return autosaved(sheet, _only(stop_at(sheet, place)))


@bp.get("/<int:number>/one/end")
@client_only
def one_end(number: int) -> ResponseReturnValue:
    """After the last question: share, put aside, print, as on the whole sheet."""
    sheet = own_sheet(number)
    switches = {"share": sheet.is_shared, "progress": sheet.is_progress_shown}
    return _page("worksheets/one_end.html", sheet, notes=last_notes(sheet.template), **switches)


@bp.post("/<int:number>/one/end")
@client_only
def send_end(number: int) -> ResponseReturnValue:
    """Do what the pressed button says; there is no answer on this page."""
    sheet = own_sheet(number, with_withdrawn=True)
    try:
        return go_on(sheet, url_for("sheets.one_end", number=number))
    except Withdrawn:
        return taken_back()


def stop_at(sheet: SheetRow, place: int) -> Stop:
    """The question at this place of a sheet; 404 when there is none."""
    found = stops(sheet.template)
    if not 1 <= place <= len(found):
        abort(404)
    return found[place - 1]


def _only(stop: Stop) -> frozenset[str]:
    return frozenset({stop.field.key})


def _address(sheet: SheetRow, place: int) -> str:
    """Where a place is shown; after the last one comes the end."""
    if place > sheet.asked:
        return url_for("sheets.one_end", number=sheet.number)
    return url_for("sheets.one", number=sheet.number, place=place)


def _onward(sheet: SheetRow, stop: Stop) -> str:
    here = url_for("sheets.one_open", number=sheet.number, place=stop.number)
    if "more" in request.form:
        return f"{here}#q-{stop.field.key}"
    match request.form.get("go"):
        case "back":
            return _address(sheet, stop.number - 1) if stop.number > 1 else here
        case "whole":
            return url_for("sheets.fill", number=sheet.number)
        case "save":
            return here
    return _address(sheet, stop.number + 1)


def _asked(sheet: SheetRow, stop: Stop) -> ResponseReturnValue:
    return _question(sheet, stop, SheetForm(sheet.template, queries.answers_of(sheet)))


def _again(sheet: SheetRow, stop: Stop, faults: Mapping[str, AnswerError]) -> ResponseReturnValue:
    form = SheetForm(sheet.template, queries.answers_of(sheet), request.form, faults)
    return _question(sheet, stop, form, 422, errors=form.summary())


def _both(sheet: SheetRow, stop: Stop, conflict: Conflict) -> ResponseReturnValue:
    """This page's answer and the other device's, one above the other; nothing is saved until she has chosen."""
    mine: dict[str, Value] = parse_form(sheet.template, request.form, _only(stop))[0]
    form = SheetForm(sheet.template, conflict.answers, request.form)
    both = differences(sheet.template, mine, conflict.answers)
    return _question(sheet, stop, form, 409, revision=conflict.revision, differences=both)


def _question(
    sheet: SheetRow, stop: Stop, form: SheetForm, status: int = 200, **more: object
) -> ResponseReturnValue:
    return _page(
        "worksheets/one.html",
        sheet,
        status,
        stop=stop,
        question=form.question(stop.field),
        written_at=queries.written_at(sheet).get(stop.field.key),
        margin=beside(sheet),
        versions=earlier_counts(sheet),
        **{"revision": sheet.revision, **more},
    )


def _page(template: str, sheet: SheetRow, status: int = 200, **more: object) -> ResponseReturnValue:
    me = client(sheet.client_id)
    page = render_template(
        template, sheet=sheet, coach=coach(me.coach_id), zone=me.zone, now=clock.now(), **more
    )
    return page, status

"""Filling in together, at the desk: asking, the sheet while she agrees, what it is on paper, ending it."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.clients.rules import ClientRow
from coachapp.web.guards import quiet, staff, wants_page
from coachapp.worksheets import together
from coachapp.worksheets.answers import AnswerError, Value, parse_form
from coachapp.worksheets.aside import last_words
from coachapp.worksheets.differences import differences
from coachapp.worksheets.forms import SheetForm, all_values, rows_offered, words_of
from coachapp.worksheets.giving_queries import listed
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import Conflict, NoSuchSheet, Withdrawn
from coachapp.worksheets.together_queries import asked_by, beside, open_for_coach
from coachapp.worksheets.together_rules import POLL_MS, NotTogether, TogetherRow
from coachapp.worksheets.views import files, live
from coachapp.worksheets.views.at_desk import account, host, record_of
from coachapp.worksheets.views.saving import given_up, with_revision

bp = Blueprint(
    "desk_together", __name__, url_prefix="/desk/clients/<ref>/worksheets/<uuid:sheet_id>/together"
)

_KINDS = ("completed", "large", "card", "fridge")
"""What can be printed while the call is on, as far as there is such a kind of file."""


@bp.app_context_processor
def _for_the_list() -> dict[str, object]:
    return {"together_at": _open_at}


def _open_at(person: ClientRow) -> dict[UUID, TogetherRow]:
    """What is asked or agreed to at the sheets of this client, by the sheet."""
    found = asked_by(person.id, current_user.coach_id, clock.now())
    return {row.assignment_id: row for row in found.values()}


@bp.post("")
@staff
def ask(ref: str, sheet_id: UUID) -> ResponseReturnValue:
    """Ask her to fill in this sheet together; nothing of it is seen before her yes."""
    person = record_of(ref)
    try:
        together.ask(_sheet(person, sheet_id), current_user.coach_id, by=account(), now=clock.now())
    except Withdrawn:
        abort(404)
    return redirect(url_for("desk_together.page", ref=ref, sheet_id=sheet_id), 303)


@bp.get("")
@staff
def page(ref: str, sheet_id: UUID) -> ResponseReturnValue:
    """The sheet while she agrees; before that, waiting for her. The list of her sheets once it is over."""
    person = record_of(ref)
    sheet = _sheet(person, sheet_id)
    found = _open_at(person).get(sheet_id)
    if found is None:
        return redirect(url_for("desk_sheets.of_client", ref=ref), 303)
    if not found.is_agreed:
        return _page(person, sheet, found)
    sheet, answers = _beside(person, sheet.number)
    return _page(person, sheet, found, SheetForm(sheet.template, answers))


@bp.get("/<int:since>")
@staff
@quiet
def heard(ref: str, sheet_id: UUID, since: int) -> ResponseReturnValue:
    """How it stands and, while together, what is not what it was at revision `since`. 404 once it is over."""
    person = record_of(ref)
    number = _sheet(person, sheet_id).number
    try:
        found = open_for_coach(person.id, number, current_user.coach_id, clock.now())
    except NotTogether:
        abort(404)
    if not found.is_agreed or found.revision == since:
        return live.standing_alone(found)
    return live.news(*_beside(person, number))


@bp.post("/save")
@staff
def save(ref: str, sheet_id: UUID) -> ResponseReturnValue:
    """What the coach wrote, by script as autosave answers it, or by the button as a page."""
    person = record_of(ref)
    sheet = _sheet(person, sheet_id)
    answers, faults = parse_form(sheet.template, request.form)
    try:
        revision = _save(sheet, {key: value for key, value in answers.items() if key not in given_up(sheet)})
    except NotTogether:
        abort(404)
    except Conflict as conflict:
        return _both(person, sheet, answers, conflict)
    if faults:
        return _faulty(person, sheet.number, revision, faults)
    if wants_page():
        return redirect(url_for("desk_together.page", ref=ref, sheet_id=sheet_id), 303)
    return with_revision(Response(status=204), revision)


@bp.post("/end")
@staff
def end(ref: str, sheet_id: UUID) -> ResponseReturnValue:
    """End it at once, or take the question back."""
    together.end(_sheet(record_of(ref), sheet_id), now=clock.now(), role="staff", by=account())
    flash(_("Ended. You see this sheet again if it is shared with you."))
    return redirect(url_for("desk_sheets.of_client", ref=ref), 303)


@bp.get("/<any(a4,letter):paper>/<any(read,keep):way>/<kind>.pdf")
@staff
def file(ref: str, sheet_id: UUID, paper: str, way: str, kind: str) -> ResponseReturnValue:
    """The sheet as it stands now, for printing before the call ends."""
    if kind not in _kinds():
        abort(404)
    person = record_of(ref)
    number = _sheet(person, sheet_id).number
    sheet, answers = _beside(person, number)
    day = (sheet.saved_at or sheet.assigned_at).date()
    name = f"{person.ref}-{number}-{day.isoformat()}.pdf"
    return files.pdf(sheet.template, answers, kind, paper, name, keep=way == "keep")


def _kinds() -> list[str]:
    return [kind for kind in _KINDS if kind in files.KINDS]


def _save(sheet: SheetRow, answers: Mapping[str, Value]) -> int:
    return together.save_beside(
        sheet,
        current_user.coach_id,
        answers,
        request.form.get("revision", type=int, default=-1),
        rows=rows_offered(sheet.template, request.form),
        chosen=request.form.get("chosen") == "y",
        last=last_words(sheet.template, request.form),
        now=clock.now(),
    )


def _both(
    person: ClientRow, sheet: SheetRow, mine: Mapping[str, Value], conflict: Conflict
) -> ResponseReturnValue:
    """What was saved meanwhile: for the script to bring in, or side by side on a page."""
    if not wants_page():
        theirs = all_values(sheet.template, conflict.answers)
        return with_revision(jsonify(theirs=theirs), conflict.revision), 409
    found = open_for_coach(person.id, sheet.number, current_user.coach_id, clock.now())
    form = SheetForm(sheet.template, conflict.answers, request.form)
    differing = differences(sheet.template, mine, conflict.answers)
    return _page(person, sheet, found, form, 409, revision=conflict.revision, differences=differing)


def _faulty(
    person: ClientRow, number: int, revision: int, faults: Mapping[str, AnswerError]
) -> ResponseReturnValue:
    if not wants_page():
        message = words_of(next(iter(faults.values())))
        return with_revision(jsonify(message=message), revision), 422
    sheet, answers = _beside(person, number)
    found = open_for_coach(person.id, number, current_user.coach_id, clock.now())
    form = SheetForm(sheet.template, answers, request.form, faults)
    return _page(person, sheet, found, form, 422, errors=form.summary())


def _page(
    person: ClientRow,
    sheet: SheetRow,
    found: TogetherRow,
    form: SheetForm | None = None,
    status: int = 200,
    **more: object,
) -> ResponseReturnValue:
    shown = render_template(
        "worksheets/together.html",
        client=person,
        sheet=sheet,
        at=found,
        parts=form.parts() if form else [],
        kinds=_kinds(),
        every=POLL_MS,
        host=host(),
        **{"revision": sheet.revision, **more},
    )
    return shown, status


def _sheet(person: ClientRow, sheet_id: UUID) -> SheetRow:
    """A sheet on the coach's list; 404 for any other."""
    try:
        return listed(person.id, sheet_id)
    except NoSuchSheet:
        abort(404)


def _beside(person: ClientRow, number: int) -> tuple[SheetRow, Mapping[str, Value]]:
    """The sheet with its answers, noted as a view of the record and of the sheet. 404 unless it is on."""
    try:
        found = beside(person.id, number, current_user.coach_id, clock.now())
    except NotTogether:
        abort(404)
    for subject in (person.id, found[0].id):
        record_view(subject, now=clock.now(), role="staff", actor=account())
    return found

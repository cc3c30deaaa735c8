"""The coach writes in the margin of a sheet that is shared with her."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.practice.queries import coach
from coachapp.web.guards import staff
from coachapp.worksheets import margin_operations
from coachapp.worksheets.answers import Value
from coachapp.worksheets.coach_forms import MarginForm
from coachapp.worksheets.differences import in_words
from coachapp.worksheets.margin_queries import beside_by
from coachapp.worksheets.margin_rules import ChangedMeanwhile
from coachapp.worksheets.one_by_one import Stop
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import NoSuchSheet
from coachapp.worksheets.views.at_desk import account, record_of
from coachapp.worksheets.views.coach import bp, shared_sheet
from coachapp.worksheets.views.one import stop_at

_BESIDE = "/clients/<ref>/worksheets/<int:number>/beside/<int:place>"


@bp.get(_BESIDE)
@staff
def margin(ref: str, number: int, place: int) -> ResponseReturnValue:
    """One answer, and room for words beside it."""
    sheet, answers = shared_sheet(record_of(ref), number)
    stop = stop_at(sheet, place)
    mine = beside_by(sheet, current_user.coach_id).get(stop.field.key)
    form = MarginForm(words=mine.words if mine else "", seen=mine.mark if mine else "")
    return _page(ref, sheet, answers, stop, form)


@bp.post(_BESIDE)
@staff
def write_margin(ref: str, number: int, place: int) -> ResponseReturnValue:
    """Keep her words beside this answer."""
    sheet, answers = shared_sheet(record_of(ref), number)
    stop, form = stop_at(sheet, place), MarginForm()
    if not form.validate():
        return _page(ref, sheet, answers, stop, form, 422)
    try:
        margin_operations.write_beside(
            sheet.id,
            current_user.coach_id,
            stop.field.key,
            form.words.data,
            form.seen.data,
            now=clock.now(),
            by=account(),
        )
    except NoSuchSheet:
        abort(404)
    except ChangedMeanwhile as changed:
        return _changed(ref, sheet, answers, stop, form, changed)
    flash(_("It stands beside the answer now. Nothing is sent."))
    return _to_answer(ref, sheet, stop)


@bp.post(f"{_BESIDE}/remove")
@staff
def remove_margin(ref: str, number: int, place: int) -> ResponseReturnValue:
    """Take her words beside this answer away."""
    sheet, answers = shared_sheet(record_of(ref), number)
    stop, form = stop_at(sheet, place), MarginForm()
    try:
        margin_operations.remove_beside(
            sheet.id, current_user.coach_id, stop.field.key, form.seen.data, now=clock.now(), by=account()
        )
    except NoSuchSheet:
        abort(404)
    except ChangedMeanwhile as changed:
        form.words.data = changed.words
        return _changed(ref, sheet, answers, stop, form, changed)
    flash(_("Taken away."))
    return _to_answer(ref, sheet, stop)


def _changed(
    ref: str,
    sheet: SheetRow,
    answers: dict[str, Value],
    stop: Stop,
    form: MarginForm,
    changed: ChangedMeanwhile,
) -> ResponseReturnValue:
    """What was written in the other window above what was typed here; the next press keeps what is typed."""
    form.seen.data = changed.mark
    return _page(ref, sheet, answers, stop, form, 409, changed=changed)


def _page(
    ref: str,
    sheet: SheetRow,
    answers: dict[str, Value],
    stop: Stop,
    form: MarginForm,
    status: int = 200,
    changed: ChangedMeanwhile | None = None,
) -> ResponseReturnValue:
    page = render_template(
        "worksheets/margin.html",
        client=record_of(ref),
        sheet=sheet,
        stop=stop,
        answer=in_words(stop.field, answers.get(stop.field.key)),
        form=form,
        changed=changed,
        host=coach(current_user.coach_id),
    )
    return page, status


def _to_answer(ref: str, sheet: SheetRow, stop: Stop) -> ResponseReturnValue:
    here = url_for("desk_sheets.read", ref=ref, number=sheet.number)
    return redirect(f"{here}#q-{stop.field.key}", 303)

"""A household plan as someone with a seat in it sees it: the plan as it is now, its prints, and "I have read it"."""

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.web import errors
from coachapp.web.files import pdf_answer
from coachapp.web.guards import token
from coachapp.worksheets import queries, seats
from coachapp.worksheets.forms import SheetForm
from coachapp.worksheets.household_rules import NoSuchSeat, SeatRow
from coachapp.worksheets.person_pdf import people_in, person_pdf
from coachapp.worksheets.person_words import Person
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.seat_queries import seat_and_plan
from coachapp.worksheets.views import files

bp = Blueprint("plan", __name__, url_prefix="/plan")
bp.register_error_handler(NoSuchSeat, errors.not_found)


@bp.get("/<token>")
@token
def show(token: str) -> ResponseReturnValue:
    """The plan, to read. Looking changes nothing."""
    seat, plan = seat_and_plan(token, clock.now())
    return render_template(
        "worksheets/plan.html",
        seat=seat,
        sheet=plan,
        parts=SheetForm(plan.template, queries.answers_of(plan)).parts(),
        date_of=date.fromisoformat,
        zone=client(plan.client_id).zone,
        has_page=_whose(seat, plan) is not None,
    )


@bp.post("/<token>/read")
@token
def read(token: str) -> ResponseReturnValue:
    """Say that it was read as the page showed it."""
    seats.mark_read(token, request.form.get("revision", type=int, default=0), now=clock.now())
    return redirect(url_for(".show", token=token), 303)


@bp.get("/<token>/<any(a4,letter):paper>/<any(completed,fridge,card):kind>.pdf")
@token
def file(token: str, paper: str, kind: str) -> ResponseReturnValue:
    """The plan on paper."""
    _seat, plan = seat_and_plan(token, clock.now())
    return files.pdf(plan.template, queries.answers_of(plan), kind, paper, "sheet.pdf", keep=False)


@bp.get("/<token>/<any(a4,letter):paper>/person.pdf")
@token
def own_page(token: str, paper: str) -> ResponseReturnValue:
    """The page for whoever the seat is named after; 404 where the plan names nobody so."""
    seat, plan = seat_and_plan(token, clock.now())
    person = _whose(seat, plan)
    if person is None:
        abort(404)
    body = person_pdf(plan.template, queries.answers_of(plan), only=person, paper=files.PAPERS[paper])
    return pdf_answer(body, "sheet.pdf", keep=False)


def _whose(seat: SeatRow, plan: SheetRow) -> Person | None:
    """The one person of the plan whom the seat's name names; nobody where it could be two."""
    named = [each for each in people_in(plan.template, queries.answers_of(plan)) if each.is_called(seat.name)]
    return named[0] if len(named) == 1 else None

"""A client gives people of her household a seat in one plan: by a link she passes on herself, nothing else."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.clients.queries import client
from coachapp.config import settings
from coachapp.web import errors
from coachapp.web.guards import client_only
from coachapp.worksheets import seats
from coachapp.worksheets.household_forms import SeatForm
from coachapp.worksheets.household_rules import MOST_SEATS, NoSuchSeat, SeatsFull
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.seat_queries import seats_in
from coachapp.worksheets.views.hers import own_sheet, rooms

bp = Blueprint("household", __name__, url_prefix="/me/worksheets/<int:number>/household")
bp.context_processor(rooms)
bp.register_error_handler(NoSuchSeat, errors.not_found)


@bp.get("")
@client_only
def index(number: int) -> ResponseReturnValue:
    """Who has a seat in this plan, and who has read which state of it."""
    return _page(_plan(number), SeatForm())


@bp.post("")
@client_only
def give(number: int) -> ResponseReturnValue:
    """Make a link for one more person."""
    plan, form = _plan(number), SeatForm()
    if not form.validate():
        return _page(plan, form, 422)
    try:
        seats.give_seat(plan, form.name.data or "", now=clock.now())
    except SeatsFull:
        form.name.errors = [
            _("There are %(most)s people here already. End a link, then add another.", most=MOST_SEATS)
        ]
        return _page(plan, form, 422)
    flash(_("The link is made. Pass it on in a way that is safe."))
    return redirect(url_for(".index", number=number), 303)


@bp.post("/<uuid:seat_id>/renew")
@client_only
def renew(number: int, seat_id: UUID) -> ResponseReturnValue:
    """Thirty days from now on."""
    seats.renew_seat(_plan(number), seat_id, now=clock.now())
    flash(_("The link is good for 30 days from today."))
    return redirect(url_for(".index", number=number), 303)


@bp.post("/<uuid:seat_id>/end")
@client_only
def end(number: int, seat_id: UUID) -> ResponseReturnValue:
    """Take the seat back, at once."""
    seats.end_seat(_plan(number), seat_id, now=clock.now())
    flash(_("The link has ended. It leads nowhere now."))
    return redirect(url_for(".index", number=number), 303)


def _plan(number: int) -> SheetRow:
    """Her own plan; 404 for a worksheet, and for anybody else's."""
    found = own_sheet(number)
    if not found.is_plan:
        abort(404)
    return found


def _page(plan: SheetRow, form: SeatForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "worksheets/household.html",
        sheet=plan,
        form=form,
        seats=seats_in(plan),
        base_url=settings().base_url,
        zone=client(plan.client_id).zone,
        now=clock.now(),
    )
    return page, status

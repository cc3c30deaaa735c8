"""The coach changes a group date: moves it with everyone in it, takes it back, or moves one person to another date."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking import group_dates, moving, queries
from coachapp.booking.desk_forms import MoveForm
from coachapp.booking.group import GroupDate
from coachapp.booking.group_queries import other_dates
from coachapp.booking.rules import AppointmentState, NoSuchPlace, PlaceRow, TimeTaken, TooLate
from coachapp.booking.views.groups import own_date
from coachapp.booking.wall import Instant, instant_of
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.config import settings
from coachapp.payments.operations import finish
from coachapp.payments.part_queries import wholes_of
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow
from coachapp.safe_contact.queries import gate
from coachapp.web.errors import page
from coachapp.web.guards import staff
from coachapp.zones import zone

bp = Blueprint("group_changes", __name__, url_prefix="/desk/groups/<uuid:date_id>")


@dataclass(frozen=True)
class Told:
    """Who hears of a change by mail, and whom the coach has to tell herself."""

    by_mail: list[ClientRow]
    by_her: list[ClientRow]


@bp.errorhandler(TooLate)
def too_late(error: TooLate) -> ResponseReturnValue:
    return page(
        409,
        _("This date can no longer be changed"),
        _("It has begun, or was cancelled before. Nothing was sent now and no money has moved."),
    )


@bp.get("/move")
@staff
def choose(date_id: UUID) -> ResponseReturnValue:
    date = _changeable(date_id)
    now = date.starts_at.astimezone(zone(_host().zone))
    return _move_page(date, MoveForm(formdata=None, data={"day": now.date(), "at": now.time()}))


@bp.post("/move")
@staff
def check_move(date_id: UUID) -> ResponseReturnValue:
    """Show both times and who is told, before the button that does it."""
    date, form = _changeable(date_id), MoveForm()
    to = _moment(date, form) if form.validate() else None
    if to is None:
        return _move_page(date, form), 422
    if not queries.is_unbroken(
        date.coach_id, to.at, to.at + (date.ends_at - date.starts_at), leaving_out=date.id
    ):
        return _taken(date, form)
    return render_template(
        "desk/group_move_check.html",
        date=date,
        form=form,
        to=to,
        ends_at=to.at + (date.ends_at - date.starts_at),
        host=_host(),
        told=_told(date),
    )


@bp.post("/move/go")
@staff
def move(date_id: UUID) -> ResponseReturnValue:
    date, form = _changeable(date_id), MoveForm()
    to = _moment(date, form) if form.validate() else None
    if to is None:
        return _move_page(date, form), 422
    try:
        group_dates.move_date(date, to.at, settings().base_url, by=current_user.account_id, now=clock.now())
    except TimeTaken:
        return _taken(date, form)
    flash(_("The date is moved."))
    return redirect(url_for("desk.group", date_id=date_id), 303)


@bp.get("/cancel")
@staff
def ask_cancel(date_id: UUID) -> ResponseReturnValue:
    """Say what goes back and who is told, before the button."""
    date = own_date(date_id)
    if not date.stands:
        raise TooLate
    orders = wholes_of([place.id for place in queries.places_in(date.id)])
    return render_template(
        "desk/group_cancel.html",
        date=date,
        host=_host(),
        told=_told(date),
        is_paid=any(order.left.minor for order in orders.values()),
        by_hand=any(order.by_hand for order in orders.values()),
        by_voucher=any(order.by_voucher for order in orders.values()),
    )


@bp.post("/cancel")
@staff
def cancel(date_id: UUID) -> ResponseReturnValue:
    """Everyone is told and everything goes back; the refunds are sent when all of that is written down."""
    date, now = own_date(date_id), clock.now()
    refunds = group_dates.cancel_date(date, settings().base_url, by=current_user.account_id, now=now)
    finish(refunds, gateway(), payables(), now=now)
    flash(_("The date is cancelled. The time is free again."))
    return redirect(url_for("groups.dates"), 303)


@bp.get("/places/<uuid:place_id>/move")
@staff
def choose_other(date_id: UUID, place_id: UUID) -> ResponseReturnValue:
    """The other dates of the same group that have room, for one who comes."""
    return _other_page(own_date(date_id), _place(date_id, place_id))


@bp.post("/places/<uuid:place_id>/move")
@staff
def move_one(date_id: UUID, place_id: UUID) -> ResponseReturnValue:
    date, place = own_date(date_id), _place(date_id, place_id)
    others = other_dates(place, clock.now())
    to = next((each for each in others if str(each.id) == request.form.get("date")), None)
    if to is None:
        return _other_page(date, place, _("Choose one of the dates")), 422
    try:
        moving.move_by_coach(place, to.starts_at, settings().base_url, now=clock.now())
    except TimeTaken:
        return _other_page(date, place, _("That date is full by now. Choose another.")), 409
    flash(_("Moved to the other date."))
    return redirect(url_for("desk.group", date_id=to.id), 303)


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _changeable(date_id: UUID) -> GroupDate:
    """A date that stands and is still to come; TooLate."""
    date = own_date(date_id)
    if not date.stands or date.starts_at <= clock.now():
        raise TooLate
    return date


def _place(date_id: UUID, place_id: UUID) -> PlaceRow:
    """A seat that stands in this very date."""
    try:
        place = queries.place(place_id)
    except NoSuchPlace:
        abort(404)
    if place.seat_of != date_id or place.state is not AppointmentState.CONFIRMED or place.client_id is None:
        abort(404)
    return place


def _moment(date: GroupDate, form: MoveForm) -> Instant | None:
    """What the form asks for; None, and a message at the field, where it is no time to move to."""
    begins = instant_of(form.day.data, form.at.data, zone(_host().zone))
    if begins.at <= clock.now():
        form.at.errors = [_("Choose a time that is still to come")]
    elif begins.at == date.starts_at:
        form.at.errors = [_("That is the time it has now. Choose another.")]
    else:
        return begins
    return None


def _told(date: GroupDate) -> Told:
    """Everyone to whom something was said about this date, by whether mail may leave to her now."""
    asked = [place for place in queries.places_in(date.id) if _knows_of_it(place)]
    found = clients_by_id(place.client_id for place in asked if place.client_id).values()
    people = sorted(found, key=lambda each: (each.short or "", each.ref))
    now: datetime = clock.now()
    by_mail = [each for each in people if gate(each.id, booked=True, now=now).address is not None]
    return Told(by_mail, [each for each in people if each not in by_mail])


def _knows_of_it(place: PlaceRow) -> bool:
    waits = place.state is AppointmentState.HELD and place.answer is not None
    return waits or place.state in (AppointmentState.CONFIRMED, AppointmentState.REQUESTED)


def _taken(date: GroupDate, form: MoveForm) -> ResponseReturnValue:
    form.at.errors = [_("There is a session, or blocked time, at this hour. Choose another.")]
    return _move_page(date, form), 409


def _move_page(date: GroupDate, form: MoveForm) -> str:
    return render_template("desk/group_move.html", date=date, form=form, errors=form.summary(), host=_host())


def _other_page(date: GroupDate, place: PlaceRow, error: str = "") -> str:
    assert place.client_id is not None, "only who comes is moved"
    return render_template(
        "desk/group_other.html",
        date=date,
        place=place,
        client=clients_by_id([place.client_id])[place.client_id],
        dates=other_dates(place, clock.now()),
        error=error,
        errors=[("date-0", error)] if error else [],
        host=_host(),
        verdict=gate(place.client_id, booked=True, now=clock.now()),
    )

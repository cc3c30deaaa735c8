"""One appointment without an account: see it, its calendar file, cancel it; the return code opens what a link may not."""

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.accounts.operations import make_join_token
from coachapp.accounts.queries import has_joined, join_path
from coachapp.booking import confirming, operations, queries
from coachapp.booking.forms import CodeForm
from coachapp.booking.ics import Summary, calendar_file
from coachapp.booking.rules import (
    IN_REQUEST,
    AppointmentState,
    NoSuchPlace,
    PlaceRow,
    Standing,
    TooLate,
    gives_back_all,
)
from coachapp.booking.views import road
from coachapp.booking.views.details import let_go_of
from coachapp.clients.queries import client
from coachapp.config import Config
from coachapp.payments.operations import finish
from coachapp.payments.queries import orders_of
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import coach
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import public, token

bp = Blueprint("place", __name__, url_prefix="/b")

CODE_TRIES = "20 per 15 minutes"
_BOOKED = frozenset((Standing.BOOKED, Standing.CANCELLED))
_TO_ACCEPT = (Standing.APPROVED, Standing.OFFERED)


@bp.get("")
@public
def enter() -> ResponseReturnValue:
    return render_template("booking/enter.html", form=CodeForm())


@bp.post("")
@public
def open_by_code() -> ResponseReturnValue:
    """Four words open the appointment on this device for a while."""
    limits.count(CODE_TRIES, "return code", limits.network())
    form = CodeForm()
    if form.validate():
        try:
            place = operations.place_for_code(form.code.data)
            response = make_response(redirect(_on_from(place), 303))
            road.remember(response, operations.new_road(place.id))
            return response
        except NoSuchPlace:
            form.code.errors = [_("These four words do not open anything. Look at their order and spelling.")]
    return render_template("booking/enter.html", form=form), 422


@bp.get("/<token>")
@token
def show(token: str) -> ResponseReturnValue:
    place = _place(token, _BOOKED | IN_REQUEST)
    if not _may_see_all(place) or place.client_id is None:
        return render_template("booking/time_only.html", place=place, form=CodeForm(), now=clock.now())
    if place.standing in IN_REQUEST:
        return _request_page(place, token)
    return render_template(
        "booking/done.html",
        place=place,
        token=token,
        client=client(place.client_id),
        host=coach(place.coach_id),
        contact=contact(place.client_id),
        order=orders_of([place.id]).get(place.id),
        join=None if _tells_nothing(place) else join_path(place.client_id, clock.now()),
        tells_nothing=_tells_nothing(place),
        has_space=has_joined(place.client_id),
        words=queries.return_code(place.id) if road.is_about(place) else None,
        all_back=gives_back_all(place.starts_at, place.cutoff_min, clock.now()),
        now=clock.now(),
    )


@bp.get("/<token>.ics")
@token
def calendar(token: str) -> ResponseReturnValue:
    """The calendar file, by click only: a neutral word and the time."""
    place = _place(token)
    body = calendar_file(
        f"{place.appointment_id.hex}@appointments",
        place.sequence,
        place.starts_at,
        place.ends_at,
        Summary.APPOINTMENT,
        place.changed_at,
        cancelled=place.state is AppointmentState.CANCELLED,
    )
    headers = {
        "Content-Type": "text/calendar; charset=utf-8",
        "Content-Disposition": 'attachment; filename="appointment.ics"',
    }
    return Response(body, headers=headers)


@bp.post("/<token>/space")
@token
def space(token: str) -> ResponseReturnValue:
    """A fresh way to a space of her own, when the first link has ended."""
    place = _place_in_full(token)
    if _tells_nothing(place):
        abort(404)
    if place.client_id is None or has_joined(place.client_id):
        return redirect(url_for("accounts.sign_in"), 303)
    return redirect(f"/join/{make_join_token(place.client_id, clock.now())}", 303)


@bp.get("/<token>/cancel")
@token
def ask_cancel(token: str) -> ResponseReturnValue:
    """Say what a cancellation gives back, before the button."""
    place = _place_in_full(token)
    return render_template(
        "booking/cancel.html",
        place=place,
        token=token,
        host=coach(place.coach_id),
        order=orders_of([place.id]).get(place.id),
        all_back=gives_back_all(place.starts_at, place.cutoff_min, clock.now()),
    )


@bp.post("/<token>/cancel")
@token
def cancel(token: str) -> ResponseReturnValue:
    place = _place_in_full(token)
    settings: Config = current_app.config["COACHAPP"]
    try:
        refunds = confirming.cancel(place, settings.base_url, by="client", now=clock.now())
    except TooLate:
        return page(
            409, _("This time can no longer be cancelled here"), _("It has begun, or was cancelled before.")
        )
    finish(refunds, gateway(), payables(), now=clock.now())
    return redirect(url_for("place.show", token=token), 303)


@bp.post("/<token>/go")
@token
def go_on(token: str) -> ResponseReturnValue:
    """Take what the coach has approved or offered: on along the road, in this browser."""
    place = _place_in_full(token, IN_REQUEST)
    if place.standing not in _TO_ACCEPT:
        return redirect(url_for("place.show", token=token), 303)
    response = make_response(redirect(url_for("road.code"), 303))
    road.remember(response, operations.new_road(place.id))
    return response


@bp.post("/<token>/let-go")
@token
def let_go(token: str) -> ResponseReturnValue:
    """Take a request back, or leave what was offered."""
    return let_go_of(_place_in_full(token, IN_REQUEST), url_for("place.show", token=token))


def _request_page(place: PlaceRow, token: str) -> str:
    return render_template(
        "booking/asked.html",
        place=place,
        token=token,
        host=coach(place.coach_id),
        contact=contact(place.client_id) if place.client_id else None,
        words=queries.return_code(place.id) if road.is_about(place) else None,
    )


def _on_from(place: PlaceRow) -> str:
    """Where the four words lead: to the appointment, or on along the road to one that is not paid yet."""
    if place.standing in _BOOKED | IN_REQUEST and place.standing not in _TO_ACCEPT:
        return url_for("place.show", token=queries.place_token(place.id))
    return url_for("road.done")


def _place(token: str, shown: frozenset[Standing] = _BOOKED) -> PlaceRow:
    try:
        found = queries.place_by_token(token)
    except NoSuchPlace:
        abort(404)
    if found.standing not in shown:
        abort(404)
    return found


def _place_in_full(token: str, shown: frozenset[Standing] = _BOOKED) -> PlaceRow:
    place = _place(token, shown)
    if not _may_see_all(place):
        abort(404)
    return place


def _may_see_all(place: PlaceRow) -> bool:
    """Signed in, it is hers. The link alone is enough only when it went into an inbox nobody else reads.

    Everywhere else, and from the moment she said that things have changed, the return code is asked.
    """
    if road.is_about(place) or _is_hers(place):
        return True
    known = contact(place.client_id) if place.client_id else None
    return known is not None and known.inbox is Inbox.ONLY_ME and known.stopped_at is None


def _tells_nothing(place: PlaceRow) -> bool:
    """Whether the page keeps silent about the client: somebody booked with a link made for her, and may be anyone."""
    return place.is_by_link and not _is_hers(place)


def _is_hers(place: PlaceRow) -> bool:
    return (
        place.client_id is not None and current_user.is_active and current_user.client_id == place.client_id
    )

"""A client changes her own time: moves it, gives it back, or says that it is not safe to come. By POST only."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import confirming, moving
from coachapp.booking.admission import Guest
from coachapp.booking.early import asks_if_moved, unasked
from coachapp.booking.following import rest_to_move
from coachapp.booking.forms import EarlyForm
from coachapp.booking.outside.operations import refresh_for_hold
from coachapp.booking.rules import (
    AppointmentState,
    PlaceRow,
    TimeTaken,
    TooLate,
    gives_back_all,
    may_cancel,
    may_move,
)
from coachapp.booking.slots import instant
from coachapp.booking.views import door, hers, picking
from coachapp.config import settings
from coachapp.intake.operations import agree
from coachapp.intake.rules import EARLY
from coachapp.payments.credit_queries import spent_on
from coachapp.payments.operations import finish
from coachapp.payments.part_queries import wholes_of
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import coach, offering
from coachapp.practice.rules import OfferingRow
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import token

bp = Blueprint("changing", __name__, url_prefix="/b")

MOVES = "30 per hour"


@bp.get("/<token>/move")
@token
def choose(token: str) -> ResponseReturnValue:
    """The free times again, her own among them left out of its own way."""
    place = hers.place_in_full(token)
    return _choices(token, place) if _is_movable(place) else _stays(place)


@bp.post("/<token>/move")
@token
def move(token: str) -> ResponseReturnValue:
    place = hers.place_in_full(token)
    limits.count(MOVES, "move", str(place.id))
    start = picking.typed_start()
    if start is None:
        return _choices(token, place, error=picking.none_chosen(_offering(place))), 422
    key = _zone_of(place, request.form.get("tz"))
    form = EarlyForm.asking(_is_movable(place) and asks_if_moved(place, instant(start)))
    if not form.validate():
        return _wish_page(token, place, start, key, form)
    refresh_for_hold(place.coach_id, now=clock.now())
    try:
        moving.move_by_client(
            place,
            _offering(place),
            start,
            key,
            settings().base_url,
            begin_early=form.wished,
            now=clock.now(),
        )
    except TooLate:
        return _stays(place)
    except TimeTaken:
        return _choices(token, place, taken=True), 409
    flash(_("Your time is moved."))
    return redirect(url_for("place.show", token=token), 303)


@bp.post("/<token>/move/zone")
@token
def choose_zone(token: str) -> ResponseReturnValue:
    """Remember the zone times are shown in."""
    _zone_of(hers.place_in_full(token), request.form.get("tz"))
    return redirect(url_for("changing.choose", token=token), 303)


@bp.post("/<token>/early")
@token
def wish_early(token: str) -> ResponseReturnValue:
    """Her express wish for a time the coach has brought so near, from its page; nothing hangs on an answer."""
    place, form = hers.hers_alone(token), EarlyForm.asking(True)
    if not unasked([place], clock.now()):  # said before, in another window
        return redirect(url_for("place.show", token=token), 303)
    if not form.validate():
        form.begin_early.errors = [_("Tick the box if you wish it, or choose “Not now”")]
        return render_template("booking/early.html", place=place, token=token, form=form), 422
    if place.client_id is not None:
        agree(place.client_id, place.id, EARLY, now=clock.now())
    flash(_("Saved."))
    return redirect(url_for("place.show", token=token), 303)


@bp.get("/<token>/cancel")
@token
def ask_cancel(token: str) -> ResponseReturnValue:
    """Say what a cancellation gives back, before the button."""
    place, now = hers.place_in_full(token), clock.now()
    if not may_cancel(place.state, place.starts_at, place.ends_at, "unsafe", now):
        return _over()
    return render_template(
        "booking/cancel.html",
        place=place,
        token=token,
        host=coach(place.coach_id),
        order=wholes_of([place.id]).get(place.id),
        by_session=bool(spent_on([place.id])),
        all_back=gives_back_all(place.starts_at, place.cutoff_min, now),
        has_begun=place.starts_at <= now,
        may_move=may_move(place.starts_at, place.cutoff_min, now),
    )


@bp.post("/<token>/cancel")
@token
def cancel(token: str) -> ResponseReturnValue:
    return _give_back(token, "client")


@bp.post("/<token>/unsafe")
@token
def say_unsafe(token: str) -> ResponseReturnValue:
    """Not safe to come: everything goes back, whenever it is said, and nobody asks why."""
    return _give_back(token, "unsafe")


def _give_back(token: str, by: str) -> ResponseReturnValue:
    place, now = hers.place_in_full(token), clock.now()
    try:
        refunds = confirming.cancel(place, settings().base_url, by=by, now=now)
    except TooLate:
        return _over()
    finish(refunds, gateway(), payables(), now=now)
    return redirect(url_for("place.show", token=token), 303)


def _choices(token: str, place: PlaceRow, *, error: str = "", taken: bool = False) -> str:
    host = coach(place.coach_id)
    after = _(
        "Your present time is yours until you press the button. Nothing is charged again, and %(name)s will not ask why.",
        name=host.first_name,
    )
    key, rest = _zone_of(place, request.values.get("tz")), rest_to_move(place, None, clock.now())
    if place.is_seat:
        gone = picking.typed_time() if taken else None
        shown = picking.dates(_offering(place), key, client_id=place.client_id, gone=gone)
        return render_template(
            "booking/move_date.html",
            **shown,
            after=after,
            place=place,
            rest=rest,
            token=token,
            error=error,
            taken=taken,
        )
    shown = picking.choices(
        [_offering(place)], key, go=_("Move to this time"), after=after, error=error, moving=place
    )
    return render_template(
        "booking/move.html",
        **shown,
        place=place,
        rest=rest,
        token=token,
        error=error,
        taken=taken,
    )


def _wish_page(token: str, place: PlaceRow, start: int, key: str, form: EarlyForm) -> ResponseReturnValue:
    """The time she chose begins early: that is asked first, once as a question and then as an error."""
    if "asked" not in request.form:
        form = EarlyForm.asking(True, formdata=None)
    shown = render_template(
        "booking/move_early.html",
        place=place,
        token=token,
        form=form,
        slot=start,
        starts_at=instant(start),
        tz=key,
    )
    return shown, 422


def _offering(place: PlaceRow) -> OfferingRow:
    """What was booked, with the same coach and as long as it was then, even if it is put away by now; early times are
    hers here too."""
    as_booked = replace(
        offering(place.slug, with_inactive=True).given_by(place.coach_id), length_min=place.length_min
    )
    return door.as_offered(as_booked, Guest(place.client_id)) if hers.is_hers(place) else as_booked


def _zone_of(place: PlaceRow, asked: str | None) -> str:
    return picking.present_zone(asked, place.zone)


def _is_movable(place: PlaceRow) -> bool:
    stands = place.state is AppointmentState.CONFIRMED
    return stands and may_move(place.starts_at, place.cutoff_min, clock.now())


def _stays(place: PlaceRow) -> ResponseReturnValue:
    name = coach(place.coach_id).first_name
    said = _("It is too close by now, or was cancelled. %(name)s can still move it for you.", name=name)
    return page(409, _("This time can no longer be moved here"), said)


def _over() -> ResponseReturnValue:
    return page(
        409, _("This time can no longer be cancelled here"), _("It has begun, or was cancelled before.")
    )

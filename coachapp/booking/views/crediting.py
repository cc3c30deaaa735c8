"""Booking with a session of a package: one look, one press, nothing typed."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking import blocking, crediting, holding, queries
from coachapp.booking.early import asks_if_used
from coachapp.booking.forms import EarlyForm
from coachapp.booking.rules import HoldEnded, PlaceRow
from coachapp.booking.views import hers, road
from coachapp.booking.views.held import hold_ended, turned_away
from coachapp.config import settings
from coachapp.payments.credit_queries import usable, usable_count
from coachapp.payments.credit_rules import NoCredit, PackageRow
from coachapp.web.guards import public

bp = Blueprint("crediting", __name__, url_prefix="/book")
bp.register_error_handler(HoldEnded, hold_ended)


@bp.get("/session")
@public
def look() -> ResponseReturnValue:
    """What will be booked, and with which of her sessions; paying by card stays a way."""
    place = _own_place()
    mine = _usable(place)
    if mine is None:
        return redirect(url_for("details.details"), 303)
    return _page(place, mine, EarlyForm.asking(asks_if_used(mine, place.starts_at), formdata=None))


@bp.post("/session")
@public
def book() -> ResponseReturnValue:
    """Use one session for the time that is held."""
    place = _own_place()
    if blocking.tried(place.coach_id, *blocking.addresses_of(place), now=clock.now()):
        return turned_away(place)
    mine = _usable(place)
    form = EarlyForm.asking(mine is not None and asks_if_used(mine, place.starts_at))
    if mine is not None and not form.validate():
        return _page(place, mine, form), 422
    try:
        crediting.confirm_by_credit(place, settings().base_url, begin_early=form.wished, now=clock.now())
    except NoCredit:  # used on another device in this moment
        return redirect(url_for("details.details"), 303)
    return redirect(url_for("place.show", token=queries.place_token(place.id)), 303)


def _usable(place: PlaceRow) -> PackageRow | None:
    return usable(place.client_id, place.offering_id) if place.client_id else None


def _page(place: PlaceRow, mine: PackageRow, form: EarlyForm) -> str:
    count = usable_count(mine.client_id, place.offering_id)
    return render_template(
        "booking/session.html", place=place, mine=mine, count=count, form=form, now=clock.now()
    )


def _own_place() -> PlaceRow:
    """The time this browser holds, if the client it is held for is signed in here."""
    place = road.present_place()
    if place.standing in hers.BOOKED or not hers.is_hers(place) or place.buys is not None:
        raise HoldEnded
    if not holding.still_held(place, clock.now()):
        raise HoldEnded
    return place

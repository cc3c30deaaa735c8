"""Paying in another way than by card, chosen on the page before paying."""

from collections.abc import Callable
from contextlib import suppress

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import awaiting, awaiting_packages, blocking, queries, requests
from coachapp.booking.holding import still_held
from coachapp.booking.pay_rules import NotAllowed, PaysBy
from coachapp.booking.purchases import PurchaseRow
from coachapp.booking.rules import HoldEnded, PlaceRow
from coachapp.booking.views import buying, last_page, road
from coachapp.booking.views.at_price import AtPrice
from coachapp.booking.views.held import hold_ended, turned_away
from coachapp.config import settings
from coachapp.payments import operations as payments
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import GatewayAway, GatewayRefused
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.views import payment_page_away
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import public

bp = Blueprint("otherwise", __name__, url_prefix="/book/code")
bp.register_error_handler(HoldEnded, hold_ended)

KEPT_TIMES = "20 per day"
"""Of one network, which many people may share."""


@bp.post("/<any(transfer, cash, someone):way>")
@public
def choose(way: str) -> ResponseReturnValue:
    """Keep the time for a transfer or for someone else to pay, or book it for cash; an open link to pay by card is
    ended first. A package without a time is awaited in the same ways."""
    try:
        place = road.present_place()
    except HoldEnded:
        return _package_later(road.present_purchase(), PaysBy(way))
    if not still_held(place, clock.now()):
        raise HoldEnded
    if queries.return_code(place.id) is None or requests.has_to_ask(place):
        return redirect(url_for("road.code"), 303)
    if blocking.tried(place.coach_id, *blocking.addresses_of(place), now=clock.now()):
        return turned_away(place)
    return _await(last_page.at_price(place), lambda: _later(place, PaysBy(way)))


def _await(mine: AtPrice, later: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    limits.count(KEPT_TIMES, "kept time", limits.network())
    try:
        if attempt := unfinished_attempt(mine.id):
            payments.end_link(attempt, gateway(), payables(), now=clock.now())
        return mine.go(later)
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    except NotAllowed:
        said = _("What you chose and your words are kept; go back and choose another way to pay.")
        return page(409, _("This way to pay is not on offer for it"), said)


def _later(place: PlaceRow, way: PaysBy) -> ResponseReturnValue:
    awaiting.pay_later(place, way, settings().base_url, now=clock.now())
    return redirect(url_for("road.done"), 303)


def _package_later(row: PurchaseRow, way: PaysBy) -> ResponseReturnValue:
    def later() -> ResponseReturnValue:
        with suppress(HoldEnded):  # paid meanwhile: the next page knows
            awaiting_packages.pay_later(row, way, settings().base_url, now=clock.now())
        return redirect(url_for("buying.words"), 303)

    return _await(buying.at_price(row), later)

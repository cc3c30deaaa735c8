"""A code that lowers the price: typed, or left out again, on the last page before paying."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import holding
from coachapp.booking.forms import PriceCodeForm
from coachapp.booking.rules import HoldEnded, NotNow
from coachapp.booking.views import buying, last_page, road
from coachapp.booking.views.at_price import AtPrice
from coachapp.booking.views.held import hold_ended
from coachapp.payments import operations as payments
from coachapp.payments.coupon_rules import NoSuchCode
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import GatewayAway, GatewayRefused
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.views import payment_page_away
from coachapp.web import limits
from coachapp.web.guards import public

bp = Blueprint("codes", __name__, url_prefix="/book")
bp.register_error_handler(HoldEnded, hold_ended)

T = TypeVar("T")
TRIES = "20 per 15 minutes"


@bp.post("/price")
@public
def use() -> ResponseReturnValue:
    """Lower the price, or say that this code does not: the same words whatever the reason."""
    limits.count(TRIES, "price code", limits.network())
    form, mine = PriceCodeForm(), present()
    if not form.validate():
        return mine.page(form), 422
    try:
        lower = _unpaid(mine, partial(mine.use, form.code.data))
    except NoSuchCode:
        return mine.page(form.refused()), 422
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    if lower is False:
        flash(_("The introductory price is the lower one, so the code is not used. You can keep it."))
    return redirect(url_for(mine.shown_at), 303)


@bp.post("/price/leave")
@public
def leave() -> ResponseReturnValue:
    """Go on without the code."""
    mine = present()
    try:
        _unpaid(mine, mine.leave)
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    return redirect(url_for(mine.shown_at), 303)


def present() -> AtPrice:
    """HoldEnded where this browser is about to pay nothing."""
    try:
        place = road.present_place()
    except HoldEnded:
        return buying.at_price(road.present_purchase())
    if not holding.still_held(place, clock.now()):
        raise HoldEnded
    return last_page.at_price(place)


def _unpaid(mine: AtPrice, change: Callable[[], T]) -> T | None:
    """Change the price; where a payment page is open, which asks for the old one, end that first.

    None where it is paid, or another window has gone on to pay in this moment.
    """
    for _once_more in range(2):
        try:
            return change()
        except NotNow:
            attempt = unfinished_attempt(mine.id)
            if attempt is not None:
                payments.end_link(attempt, gateway(), payables(), now=clock.now())
    return None

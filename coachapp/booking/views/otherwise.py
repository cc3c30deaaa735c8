"""Paying in another way than by card, chosen on the page before paying."""

from contextlib import suppress

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import awaiting, blocking, prices, queries, requests
from coachapp.booking.pay_rules import NotAllowed, PaysBy
from coachapp.booking.rules import HoldEnded, IntroHad, NotNow
from coachapp.booking.views.details import code_page, hold_ended, place_on_hold, turned_away
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

KEPT_TIMES = "10 per day"


@bp.post("/<any(transfer, cash, someone):way>")
@public
def choose(way: str) -> ResponseReturnValue:
    """Keep the time for a transfer or for someone else to pay, or book it for cash; an open link to pay by card is ended first."""
    place = place_on_hold()
    if queries.return_code(place.id) is None or requests.has_to_ask(place):
        return redirect(url_for("road.code"), 303)
    if blocking.tried(place.coach_id, *blocking.addresses_of(place), now=clock.now()):
        return turned_away(place)
    limits.count(KEPT_TIMES, "kept time", limits.network())
    try:
        if attempt := unfinished_attempt(place.id):
            payments.end_link(attempt, gateway(), payables(), now=clock.now())
        awaiting.pay_later(place, PaysBy(way), settings().base_url, now=clock.now())
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    except IntroHad:
        with suppress(NotNow):
            prices.leave_intro(place, now=clock.now())
        return code_page(queries.place(place.id), had_intro=True), 409
    except NotAllowed:
        said = _("Your time and your words are kept; go back and choose another way to pay.")
        return page(409, _("This way to pay is not on offer for this time"), said)
    return redirect(url_for("road.done"), 303)

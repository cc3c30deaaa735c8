"""Paying in another way than by card, chosen on the page before paying."""

from contextlib import suppress

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import awaiting, blocking, by_voucher, prices, queries, requests
from coachapp.booking.forms import PriceCodeForm, VoucherForm
from coachapp.booking.pay_rules import NotAllowed, PaysBy
from coachapp.booking.rules import HoldEnded, IntroHad, NotNow, PlaceRow
from coachapp.booking.views.details import code_page, hold_ended, place_on_hold, turned_away
from coachapp.config import settings
from coachapp.payments import operations as payments
from coachapp.payments.coupon_rules import CodeGone
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import GatewayAway, GatewayRefused
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.views import payment_page_away
from coachapp.payments.voucher_rules import NoSuchVoucher, TooLittle
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import public

bp = Blueprint("otherwise", __name__, url_prefix="/book/code")
bp.register_error_handler(HoldEnded, hold_ended)

KEPT_TIMES = "10 per day"
VOUCHER_TRIES = "20 per 15 minutes"


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


@bp.post("/voucher")
@public
def use_voucher() -> ResponseReturnValue:
    """Pay with a voucher and book at once. A code that pays nothing here gets one answer, whatever the reason."""
    limits.count(VOUCHER_TRIES, "voucher", limits.network())
    place, form = place_on_hold(), VoucherForm()
    if queries.return_code(place.id) is None or requests.has_to_ask(place):
        return redirect(url_for("road.code"), 303)
    if blocking.tried(place.coach_id, *blocking.addresses_of(place), now=clock.now()):
        return turned_away(place)
    if not form.validate():
        return code_page(place, voucher=form), 422
    try:
        _pay_with(form.voucher.data, place)
    except (NoSuchVoucher, TooLittle) as error:
        return code_page(queries.place(place.id), voucher=form.refused(error)), 422
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    except CodeGone:  # what has lowered the price is used up, or put to rest, since it was typed
        with suppress(NotNow):
            prices.leave_code(place, now=clock.now())
        return code_page(queries.place(place.id), PriceCodeForm(formdata=None).refused()), 422
    except IntroHad:
        with suppress(NotNow):
            prices.leave_intro(place, now=clock.now())
        return code_page(queries.place(place.id), had_intro=True), 409
    return redirect(url_for("road.done"), 303)


def _pay_with(typed: str, place: PlaceRow) -> None:
    """Where a payment page is open, end that first; what was paid by it meanwhile counts, and the voucher is kept."""
    for _once_more in range(2):
        try:
            return by_voucher.pay(place, typed, payables(), now=clock.now())
        except NotNow:
            attempt = unfinished_attempt(place.id)
            if attempt is not None:
                payments.end_link(attempt, gateway(), payables(), now=clock.now())
    return None

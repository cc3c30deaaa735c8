"""A voucher, typed on the last page before paying: a time, or a package without one, is paid with it at once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import blocking, by_voucher, prices, purchases, queries, requests
from coachapp.booking.forms import PriceCodeForm, VoucherForm
from coachapp.booking.rules import HoldEnded, IntroHad, NotNow, PlaceRow
from coachapp.booking.views import buying as buying_views
from coachapp.booking.views import held, last_page, road
from coachapp.money import Money
from coachapp.payments import operations as payments
from coachapp.payments.coupon_rules import CodeGone
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import GatewayAway, GatewayRefused
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.views import payment_page_away
from coachapp.payments.voucher_rules import GoneMeanwhile, NoSuchVoucher, TooLittle
from coachapp.web import limits
from coachapp.web.guards import public
from coachapp.web.words import amount

bp = Blueprint("vouchers", __name__, url_prefix="/book")
bp.register_error_handler(HoldEnded, held.hold_ended)

TRIES = "20 per 15 minutes"


@dataclass(frozen=True)
class _Due:
    """What this browser is about to pay: how its page looks as it stands, how it is paid, and where it goes on."""

    id: UUID
    page: Callable[..., str]
    pay: Callable[[str], Money]
    leave_code: Callable[[], None]
    leave_intro: Callable[[], None]
    goes_on_at: str


@bp.post("/code/voucher")
@public
def for_time() -> ResponseReturnValue:
    """Pay for the held time, and book it."""
    limits.count(TRIES, "voucher", limits.network())
    place = held.place_on_hold()
    if queries.return_code(place.id) is None or requests.has_to_ask(place):
        return redirect(url_for("road.code"), 303)
    if blocking.tried(place.coach_id, *blocking.addresses_of(place), now=clock.now()):
        return held.turned_away(place)
    return _use(_time(place))


@bp.post("/words/voucher")
@public
def for_package() -> ResponseReturnValue:
    """Pay for a package that is bought without a time."""
    limits.count(TRIES, "voucher", limits.network())
    try:
        return _use(_package(road.present_purchase()))
    except HoldEnded:  # there is none here, or it is paid by now
        return redirect(url_for("buying.bought"), 303)
    except GoneMeanwhile:
        return buying_views.not_now()


def _time(place: PlaceRow) -> _Due:
    return _Due(
        place.id,
        lambda **more: last_page.code_page(queries.place(place.id), **more),
        lambda typed: by_voucher.pay(place, typed, payables(), now=clock.now()),
        lambda: prices.leave_code(place, now=clock.now()),
        lambda: prices.leave_intro(place, now=clock.now()),
        "road.done",
    )


def _package(row: purchases.PurchaseRow) -> _Due:
    return _Due(
        row.package_id,
        lambda **more: buying_views.words_page(road.present_purchase(), **more),
        lambda typed: by_voucher.pay_for_package(row, typed, payables(), now=clock.now()),
        partial(prices.leave_code_for_package, row.package_id),
        partial(prices.leave_intro_for_package, row.package_id),
        "buying.bought",
    )


def _use(due: _Due) -> ResponseReturnValue:
    """Pay with what was typed. A code that pays nothing here gets one answer, whatever the reason."""
    form = VoucherForm()
    if not form.validate():
        return due.page(voucher=form), 422
    try:
        left = _pay(due, form.voucher.data)
    except (NoSuchVoucher, TooLittle) as error:
        return due.page(voucher=form.refused(error)), 422
    except (GatewayAway, GatewayRefused):
        return payment_page_away()
    except CodeGone:  # what has lowered the price is used up, or put to rest, since it was typed
        with suppress(NotNow):
            due.leave_code()
        return due.page(form=PriceCodeForm(formdata=None).refused()), 422
    except IntroHad:
        with suppress(NotNow):
            due.leave_intro()
        return due.page(had_intro=True), 409
    if left is not None and not left.is_zero:
        flash(_("Paid with the voucher. %(left)s is left on it.", left=amount(left)))
    return redirect(url_for(due.goes_on_at), 303)


def _pay(due: _Due, typed: str) -> Money | None:
    """Where a payment page is open, end that first; what was paid by it meanwhile counts, and the voucher is kept.

    What is left on the voucher; None where another window changes the price meanwhile, and nothing was taken.
    """
    for _once_more in range(2):
        try:
            return due.pay(typed)
        except NotNow:
            attempt = unfinished_attempt(due.id)
            if attempt is not None:
                payments.end_link(attempt, gateway(), payables(), now=clock.now())
    return None

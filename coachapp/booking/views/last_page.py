"""The last page before paying, with the return code; off to the payment page; and what is shown after it."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking import (
    awaiting,
    blocking,
    buying,
    by_voucher,
    confirming,
    operations,
    parting,
    prices,
    queries,
    requests,
)
from coachapp.booking.admission import request_ends
from coachapp.booking.forms import PriceCodeForm, VoucherForm
from coachapp.booking.purchases import bought_beside
from coachapp.booking.rules import (
    IN_REQUEST,
    AppointmentState,
    HoldEnded,
    NotNow,
    PlaceRow,
    Standing,
)
from coachapp.booking.views import road
from coachapp.booking.views.at_price import AtPrice
from coachapp.booking.views.buying import bought_page
from coachapp.booking.views.held import hold_ended, let_go_of, place_on_hold, turned_away
from coachapp.config import settings
from coachapp.payments.coupon_queries import coupon
from coachapp.payments.views import to_checkout_in
from coachapp.practice.paying import ways
from coachapp.practice.queries import coach, offering_by_id
from coachapp.web import limits
from coachapp.web.guards import public
from coachapp.web.headers import leads_to_payment

bp = Blueprint("road", __name__, url_prefix="/book")
bp.register_error_handler(HoldEnded, hold_ended)
bp.after_app_request(road.forget_on_leaving)

REQUESTS = "20 per day"


@bp.get("/code")
@public
def code() -> ResponseReturnValue:
    """The return code, and once more what is booked, for how much, and what a cancellation gives back."""
    place = place_on_hold()
    if queries.return_code(place.id) is None:
        return redirect(url_for("details.details"), 303)
    return code_page(place)


@bp.post("/code")
@public
def go_on() -> ResponseReturnValue:
    """Ask for it, or confirm what is free; for the rest off to the payment page."""
    place = place_on_hold()
    if queries.return_code(place.id) is None:
        return redirect(url_for("details.details"), 303)
    if requests.has_to_ask(place):
        limits.count(REQUESTS, "request", limits.network())
        requests.ask(place, settings().base_url, now=clock.now())
        return redirect(url_for("road.done"), 303)
    if blocking.tried(place.coach_id, *blocking.addresses_of(place), now=clock.now()):
        return turned_away(place)
    try:
        return at_price(place).go(lambda: _confirm_or_pay(place))
    except NotNow:  # it costs something else by now
        return redirect(url_for("road.code"), 303)


@bp.post("/let-go")
@public
def let_go() -> ResponseReturnValue:
    """Let the time go: at Stripe first if a payment is open, then here. One that was paid meanwhile stands."""
    return let_go_of(road.present_place(), url_for("road.done"))


@bp.get("/gone")
@public
def gone() -> ResponseReturnValue:
    """After a time was let go."""
    return render_template("booking/gone.html")


@bp.get("/done")
@public
def done() -> ResponseReturnValue:
    """From the return of paying to the appointment itself; without this browser's cookie the return code is asked."""
    try:
        place = road.present_place()
    except HoldEnded:
        return redirect(url_for("buying.bought" if road.is_buying() else "place.enter"), 303)
    if place.standing is Standing.AWAITED:
        return redirect(url_for("place.show", token=queries.place_token(place.id)), 303)
    if place.state is AppointmentState.HELD:
        return redirect(url_for("road.code"), 303)
    if place.state is AppointmentState.RELEASED and (mine := bought_beside(place)):
        return bought_page(mine, queries.return_code(place.id), time_gone=True)
    if place.state is AppointmentState.RELEASED and place.standing not in IN_REQUEST:
        return make_response(render_template("booking/hold_ended.html"), 409)
    return redirect(url_for("place.show", token=queries.place_token(place.id)), 303)


def code_page(
    place: PlaceRow,
    form: PriceCodeForm | None = None,
    *,
    voucher: VoucherForm | None = None,
    had_intro: bool = False,
) -> str:
    """The last page before paying, with what was wrong with a code, or with a voucher, that was typed there."""
    leads_to_payment()
    now, asks = clock.now(), requests.has_to_ask(place)
    return render_template(
        "booking/code.html",
        place=place,
        host=coach(place.coach_id),
        single=offering_by_id(place.offering_id) if place.buys and place.offering_id else None,
        words=queries.return_code(place.id),
        now=now,
        asks=asks,
        answer_by=request_ends(place.starts_at, now),
        form=form or PriceCodeForm(formdata=None),
        code=coupon(place.coupon_id).code if place.coupon_id else "",
        had_intro=had_intro,
        voucher=(voucher or VoucherForm(formdata=None))
        if by_voucher.is_on_offer(place) and not asks
        else None,
        others=() if asks else awaiting.on_offer(place, now),
        split=None if asks else parting.split_for(place, now),
        ways=ways(),
    )


def at_price(place: PlaceRow) -> AtPrice:
    """A held time, and the page before paying it, with the price as it is when that is shown."""
    now = clock.now()
    return AtPrice(
        place.id,
        lambda *said, **more: code_page(queries.place(place.id), *said, **more),
        "road.code",
        lambda typed: prices.use_code(place, typed, now=now),
        lambda: prices.leave_code(place, now=now),
        lambda: prices.leave_intro(place, now=now),
    )


def _confirm_or_pay(place: PlaceRow) -> ResponseReturnValue:
    if place.is_free:
        confirm = buying.confirm_free if place.buys else confirming.confirm_free
        confirm(place, settings().base_url, now=clock.now())
        return redirect(url_for("road.done"), 303)
    wanted = parting.chosen(request.form.get("parts", ""), parting.split_for(place, clock.now()))
    back = f"{settings().base_url}/paid/"
    return to_checkout_in(
        wanted, place.id, lambda: operations.go_to_pay(place, back, now=clock.now(), split=wanted)
    )

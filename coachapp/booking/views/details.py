"""The rest of the road: details, the return code, and off to the payment page."""

from typing import TypeVar

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking import (
    awaiting,
    blocking,
    buying,
    by_voucher,
    confirming,
    holding,
    operations,
    parting,
    prices,
    queries,
    requests,
)
from coachapp.booking.admission import request_ends
from coachapp.booking.forms import DetailsForm, KnownForm, MayBeginEarly, PriceCodeForm, VoucherForm
from coachapp.booking.operations import DRAFTED, Details
from coachapp.booking.purchases import bought_beside
from coachapp.booking.rules import (
    IN_REQUEST,
    AppointmentState,
    HoldEnded,
    NotNow,
    PlaceRow,
    Standing,
)
from coachapp.booking.views import hers, road
from coachapp.booking.views.at_price import AtPrice
from coachapp.booking.views.buying import bought_page
from coachapp.booking.views.public import taken_page
from coachapp.clients.queries import client
from coachapp.config import settings
from coachapp.intake import queries as intake
from coachapp.intake.rules import EARLY, HOPE, TERMS
from coachapp.notifications import texts
from coachapp.papers import queries as papers
from coachapp.papers.rules import asks_early
from coachapp.payments import operations as payments
from coachapp.payments.coupon_queries import coupon
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import GatewayAway, GatewayRefused
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.views import payment_page_away, to_checkout_in
from coachapp.practice.paying import ways
from coachapp.practice.queries import coach, offering_by_id, practice
from coachapp.practice.rules import CoachRow, NoSuchOffering
from coachapp.safe_contact.forms import UNSURE
from coachapp.safe_contact.rules import Inbox
from coachapp.web import limits
from coachapp.web.guards import public
from coachapp.web.headers import leads_to_payment

bp = Blueprint("road", __name__, url_prefix="/book")
bp.after_app_request(road.forget_on_leaving)

REQUESTS = "20 per day"
AnyDetails = TypeVar("AnyDetails", bound=MayBeginEarly)


@bp.errorhandler(HoldEnded)
def hold_ended(error: HoldEnded) -> ResponseReturnValue:
    """The time is not kept any longer; what was typed is not lost on the way back here.

    Who has asked for a time, or has booked it by now, is shown how that stands instead.
    """
    if road.is_covered():
        return redirect("/unlock", 303) if request.method == "GET" else Response(status=401)
    asked = _place_with_a_page()
    if asked is not None and request.endpoint != "road.save_draft":
        return redirect(url_for("place.show", token=queries.place_token(asked.id)), 303)
    return render_template("booking/hold_ended.html"), 409


@bp.get("/details")
@public
def details() -> ResponseReturnValue:
    place = place_on_hold()
    typed = intake.answers(place.id)
    if holding.is_known(place):
        return _known_page(place, KnownForm(hope=typed.get(HOPE, ""), **_agreed(place)))
    form = DetailsForm(
        name=typed.get("name", ""),
        email=typed.get("email", ""),
        inbox=typed.get("inbox") or None,
        hope=typed.get("hope", ""),
        **_agreed(place),
    )
    return _details_page(place, form)


@bp.post("/details")
@public
def save_details() -> ResponseReturnValue:
    place = road.present_place()
    if holding.is_known(place):
        return _save_known(place, _asking(place, KnownForm()))
    form = _asking(place, DetailsForm())
    if not holding.still_held(place, clock.now()) or not form.validate():
        operations.save_draft(place, _typed(), now=clock.now())
        return _details_page(place, form), 422
    if not requests.has_to_ask(place) and blocking.tried(
        place.coach_id, form.email.data or "", now=clock.now()
    ):
        operations.save_draft(place, _typed(), now=clock.now())
        return turned_away(place)
    wanted = Details(
        form.name.data, form.chosen_inbox, form.email.data, form.hope.data or "", _begins_early(form)
    )
    operations.save_details(place, wanted, now=clock.now())
    return redirect(url_for("road.code"), 303)


@bp.post("/details/save")
@public
def save_draft() -> ResponseReturnValue:
    """What is typed so far, saved as the person goes."""
    operations.save_draft(road.present_place(), _typed(), now=clock.now())
    return Response(status=204)


@bp.get("/code")
@public
def code() -> ResponseReturnValue:
    """The return code, and once more what is booked, for how much, and what a cancellation gives back."""
    place = place_on_hold()
    if queries.return_code(place.id) is None:
        return redirect(url_for("road.details"), 303)
    return code_page(place)


@bp.post("/code")
@public
def go_on() -> ResponseReturnValue:
    """Ask for it, or confirm what is free; for the rest off to the payment page."""
    place = place_on_hold()
    if queries.return_code(place.id) is None:
        return redirect(url_for("road.details"), 303)
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


def let_go_of(place: PlaceRow, if_it_stands: str) -> ResponseReturnValue:
    """Let a place go, wherever that is asked, and say so; what was booked meanwhile stands and is shown."""
    attempt = unfinished_attempt(place.id)
    if attempt is not None:
        try:
            payments.let_go(attempt, gateway(), payables(), now=clock.now())
        except (GatewayAway, GatewayRefused):
            return payment_page_away()
    holding.let_go(place, now=clock.now())
    stands = queries.place(place.id).state is AppointmentState.CONFIRMED
    return redirect(if_it_stands if stands else url_for("road.gone"), 303)


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


def _place_with_a_page() -> PlaceRow | None:
    try:
        place = road.present_place()
    except HoldEnded:
        return None
    return place if place.standing in IN_REQUEST | hers.BOOKED else None


def _save_known(place: PlaceRow, form: KnownForm) -> ResponseReturnValue:
    """The details of a client we know: one open question and the agreement."""
    if not holding.still_held(place, clock.now()) or not form.validate():
        operations.save_draft(place, _typed(), now=clock.now())
        return _known_page(place, form), 422
    if blocking.tried(place.coach_id, *blocking.addresses_of(place), now=clock.now()):
        return turned_away(place)
    operations.save_known(place, form.hope.data or "", begin_early=_begins_early(form), now=clock.now())
    return redirect(url_for("road.code"), 303)


def _known_page(place: PlaceRow, form: KnownForm) -> str:
    host = coach(place.coach_id)
    return render_template(
        "booking/details_known.html",
        place=place,
        form=_asking(place, form),
        host=host,
        theirs=_other_coach(place),
    )


def _other_coach(place: PlaceRow) -> CoachRow | None:
    """The coach whose client she is, where she books with another. A link made for her tells nothing of that."""
    if place.client_id is None or not hers.is_hers(place):
        return None
    own = client(place.client_id).coach_id
    return coach(own) if own != place.coach_id else None


def turned_away(place: PlaceRow) -> ResponseReturnValue:
    """Someone blocked hears what anyone hears whose time was taken: the page is made while it is still held, so that
    this time is not among the others on it."""
    try:
        answer = taken_page(place)
    except NoSuchOffering as error:
        raise HoldEnded from error
    finally:
        holding.let_go(place, now=clock.now())
    return answer


def place_on_hold() -> PlaceRow:
    """What this browser holds; HoldEnded when it does not any more."""
    place = road.present_place()
    if not holding.still_held(place, clock.now()):
        raise HoldEnded
    return place


def _details_page(place: PlaceRow, form: DetailsForm) -> str:
    subject = practice().mail_subject
    note = texts.booked(subject, place.starts_at, place.ends_at, place.zone, None)
    return render_template(
        "booking/details.html",
        place=place,
        host=coach(place.coach_id),
        form=_asking(place, form),
        note=note,
        unsure=UNSURE,
        Inbox=Inbox,
        asks=requests.has_to_ask(place),
    )


def _typed() -> dict[str, str]:
    return {question: request.form.get(question, "")[:4000] for question in DRAFTED}


def _agreed(place: PlaceRow) -> dict[str, bool]:
    """What she has ticked for this place before; nothing else is ever ticked."""
    return {
        "agree": intake.has_agreed(place.id, TERMS),
        "begin_early": intake.has_agreed(place.id, EARLY),
    }


def _asking(place: PlaceRow, form: AnyDetails) -> AnyDetails:
    """The form, asking for the wish to begin early where this time needs it."""
    form.asks_early = asks_early(papers.terms(), place.price, place.starts_at, clock.now())
    return form


def _begins_early(form: MayBeginEarly) -> bool:
    return form.asks_early and bool(form["begin_early"].data)

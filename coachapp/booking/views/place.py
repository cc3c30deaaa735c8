"""One appointment without an account: see it, its calendar file; the return code opens what a link may not."""

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.accounts.operations import make_join_token
from coachapp.accounts.queries import has_joined, join_path
from coachapp.booking import awaiting, buying, operations, purchases, queries, wait_queries, waiting
from coachapp.booking.around_queries import beside
from coachapp.booking.early import unasked
from coachapp.booking.forms import CodeForm, EarlyForm
from coachapp.booking.ics import Summary, calendar_file, uid_of
from coachapp.booking.pay_rules import PaysBy
from coachapp.booking.rules import (
    IN_REQUEST,
    AppointmentState,
    NoSuchPlace,
    PlaceRow,
    Standing,
    may_cancel,
    may_move,
)
from coachapp.booking.views import hers, road
from coachapp.booking.views.held import let_go_of
from coachapp.booking.wait_rules import NotWaiting, WaitRow
from coachapp.clients.queries import client
from coachapp.config import settings
from coachapp.payments import ask_queries
from coachapp.payments.ask_queries import Secret
from coachapp.payments.part_queries import wholes_of
from coachapp.practice.paying import ways
from coachapp.practice.queries import coach
from coachapp.safe_contact.queries import contact
from coachapp.web import limits
from coachapp.web.guards import public, token

bp = Blueprint("place", __name__, url_prefix="/b")

CODE_TRIES = "20 per 15 minutes"
_TO_ACCEPT = (Standing.APPROVED, Standing.OFFERED)
_TO_GO_ON = (*_TO_ACCEPT, Standing.AWAITED)


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
            cookie, path = _opened(form.code.data)
            response = make_response(redirect(path, 303))
            road.remember(response, cookie)
            return response
        except NoSuchPlace:
            form.code.errors = [_("These four words do not open anything. Look at their order and spelling.")]
    return render_template("booking/enter.html", form=form), 422


@bp.get("/<token>")
@token
def show(token: str) -> ResponseReturnValue:
    place = hers.place_of(token, hers.BOOKED | IN_REQUEST)
    if not hers.may_see_all(place) or place.client_id is None:
        return render_template("booking/time_only.html", place=place, form=CodeForm(), now=clock.now())
    if place.standing in IN_REQUEST:
        bought = place.state is AppointmentState.RELEASED and purchases.bought_beside(place)
        return redirect(url_for("place.enter"), 303) if bought else _request_page(place, token)
    return render_template(
        "booking/done.html",
        place=place,
        token=token,
        client=client(place.client_id),
        host=coach(place.coach_id),
        contact=contact(place.client_id),
        order=wholes_of([place.id]).get(place.id),
        ways=ways() if place.pays_by else None,
        join=None if hers.tells_nothing(place) else join_path(place.client_id, clock.now()),
        tells_nothing=hers.tells_nothing(place),
        has_space=has_joined(place.client_id),
        words=queries.return_code(place.id) if road.is_about(place) else None,
        in_time=may_move(place.starts_at, place.cutoff_min, clock.now()),
        may_say_unsafe=may_cancel(place.state, place.starts_at, place.ends_at, "unsafe", clock.now()),
        beside=beside(place, clock.now()),
        early=EarlyForm.asking(
            not hers.tells_nothing(place) and bool(unasked([place], clock.now())), formdata=None
        ),
        now=clock.now(),
    )


@bp.get("/<token>.ics")
@token
def calendar(token: str) -> ResponseReturnValue:
    """The calendar file, by click only: a neutral word and the time."""
    place = hers.place_of(token)
    body = calendar_file(
        uid_of(place.appointment_id),
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
    place = hers.hers_alone(token)
    if place.client_id is None or has_joined(place.client_id):
        return redirect(url_for("accounts.sign_in"), 303)
    return redirect(f"/join/{make_join_token(place.client_id, clock.now())}", 303)


@bp.post("/<token>/go")
@token
def go_on(token: str) -> ResponseReturnValue:
    """Take what the coach has approved or offered, or pay by card after all: on along the road, in this browser.

    The road shows what was typed and the four words, so a link is not enough for it: the four words are asked.
    """
    place = hers.place_in_full(token, IN_REQUEST)
    if place.standing not in _TO_GO_ON:
        return redirect(url_for("place.show", token=token), 303)
    if not (road.is_about(place) or hers.is_hers(place)):
        return redirect(url_for("place.enter"), 303)
    response = make_response(redirect(url_for("road.code"), 303))
    road.remember(response, operations.new_road(place.id))
    return response


@bp.post("/<token>/let-go")
@token
def let_go(token: str) -> ResponseReturnValue:
    """Take a request back, or leave what was offered."""
    return let_go_of(hers.place_in_full(token, IN_REQUEST), url_for("place.show", token=token))


def _request_page(place: PlaceRow, token: str) -> str:
    if place.standing is Standing.AWAITED:
        return _awaited_page(place, token)
    return render_template(
        "booking/asked.html",
        place=place,
        line=_line(place),
        needs_code=not (road.is_about(place) or hers.is_hers(place)),
        token=token,
        host=coach(place.coach_id),
        contact=contact(place.client_id) if place.client_id else None,
        words=queries.return_code(place.id) if road.is_about(place) else None,
    )


def _awaited_page(place: PlaceRow, token: str) -> str:
    """What is to be transferred, where to, and until when."""
    return render_template(
        "booking/awaited.html",
        place=place,
        token=token,
        host=coach(place.coach_id),
        order=awaiting.order_of(place),
        ways=ways(),
        asked=_asked_of_someone(place),
        contact=contact(place.client_id) if place.client_id and not hers.tells_nothing(place) else None,
        words=queries.return_code(place.id) if road.is_about(place) else None,
    )


def _asked_of_someone(place: PlaceRow) -> Secret | None:
    """The link and the words that let someone else pay for it."""
    order = awaiting.order_of(place) if place.pays_by == PaysBy.SOMEONE else None
    return ask_queries.secret_of(order.id, f"{settings().base_url}/pay/") if order else None


def _line(place: PlaceRow) -> WaitRow | None:
    """The line of the waiting list this time was offered from, while she is on it."""
    try:
        return wait_queries.wait(place.wait_id) if place.wait_id else None
    except NotWaiting:
        return None


def _opened(typed: str) -> tuple[str, str]:
    """What four words open: a cookie for this browser, and where it leads. NoSuchPlace.

    They are those of a line of the waiting list, of a time, of a package bought without a time, or of a question.
    """
    try:
        cookie, line, kept = waiting.open_by_code(typed)
    except NotWaiting:
        return _booked_or_bought(typed)
    if kept is not None:
        return cookie, url_for("place.show", token=queries.place_token(kept.id))
    return cookie, url_for("later.show", slug=line.slug)


def _booked_or_bought(typed: str) -> tuple[str, str]:
    try:
        place = operations.place_for_code(typed)
    except NoSuchPlace:
        return _bought_or_asked(typed)
    return operations.new_road(place.id), _on_from(place)


def _bought_or_asked(typed: str) -> tuple[str, str]:
    """A package, or what a higher room has given four words for; `app.py` says which."""
    try:
        return buying.new_road(purchases.by_code(typed)), url_for("buying.bought")
    except NoSuchPlace:
        opened: tuple[str, str] = current_app.extensions["further_words"](typed)
        return opened


def _on_from(place: PlaceRow) -> str:
    """Where the four words lead: to the appointment, or on along the road to one that is not paid yet."""
    if place.state is AppointmentState.RELEASED and purchases.bought_beside(place):
        return url_for("road.done")
    if place.standing in hers.BOOKED | IN_REQUEST and place.standing not in _TO_ACCEPT:
        return url_for("place.show", token=queries.place_token(place.id))
    return url_for("road.done")

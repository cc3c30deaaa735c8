"""What every page of a held time shares: it is still held, or the page that says it is not; and letting it go."""

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking import (
    holding,
    queries,
)
from coachapp.booking.rules import (
    IN_REQUEST,
    AppointmentState,
    HoldEnded,
    PlaceRow,
)
from coachapp.booking.views import hers, road
from coachapp.booking.views.public import taken_page
from coachapp.payments import operations as payments
from coachapp.payments.queries import unfinished_attempt
from coachapp.payments.rules import GatewayAway, GatewayRefused
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.views import payment_page_away
from coachapp.practice.rules import NoSuchOffering


def hold_ended(error: HoldEnded) -> ResponseReturnValue:
    """The time is not kept any longer; what was typed is not lost on the way back here.

    Who has asked for a time, or has booked it by now, is shown how that stands instead.
    """
    if road.is_covered():
        return redirect("/unlock", 303) if request.method == "GET" else Response(status=401)
    asked = _place_with_a_page()
    if asked is not None and request.endpoint != "details.save_draft":
        return redirect(url_for("place.show", token=queries.place_token(asked.id)), 303)
    return render_template("booking/hold_ended.html"), 409


def place_on_hold() -> PlaceRow:
    """What this browser holds; HoldEnded when it does not any more."""
    place = road.present_place()
    if not holding.still_held(place, clock.now()):
        raise HoldEnded
    return place


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


def _place_with_a_page() -> PlaceRow | None:
    try:
        place = road.present_place()
    except HoldEnded:
        return None
    return place if place.standing in IN_REQUEST | hers.BOOKED else None

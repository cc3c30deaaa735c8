"""Around one appointment, for its client: the room, coming late, what she wishes, a zone that has changed."""

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.audit.operations import record
from coachapp.booking import around
from coachapp.booking.around_queries import beside, open_room
from coachapp.booking.rules import NotNow, PlaceRow
from coachapp.booking.views.hers import (
    hers_alone,
    is_hers,
    may_see_all,
    place_in_full,
    place_of,
)
from coachapp.clients import operations as clients
from coachapp.clients.forms import WishesForm
from coachapp.clients.queries import wishes
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact.queries import gate
from coachapp.web.errors import page
from coachapp.web.guards import token

bp = Blueprint("around", __name__, url_prefix="/b")


@bp.get("/<token>/room")
@token
def room(token: str) -> ResponseReturnValue:
    """Into the room while it is open, however often; before and after, a calm page. Looking changes nothing."""
    place = place_of(token)
    if not may_see_all(place):
        return redirect(url_for("place.show", token=token), 303)
    now = clock.now()
    try:
        return redirect(open_room(place, now), 303)
    except NotNow:
        return render_template(
            "booking/room.html",
            place=place,
            token=token,
            beside=beside(place, now),
            now=now,
        )


@bp.post("/<token>/late")
@token
def late(token: str) -> ResponseReturnValue:
    """She comes a few minutes late, or after all in time."""
    place, said = place_in_full(token), request.form.get("minutes", "")
    try:
        around.say_late(place, int(said) if said in _MINUTES else -1, settings().base_url, now=clock.now())
    except NotNow:
        return page(
            409,
            _("This can be said from a quarter of an hour before"),
            _("And until the end. Nothing was sent."),
        )
    return _back(place, token)


@bp.post("/<token>/zone")
@token
def answer_zone(token: str) -> ResponseReturnValue:
    """Whether a booked time is shown in her new zone from now on."""
    place, said = hers_alone(token), request.form.get("take", "")
    if said not in ("yes", "no"):
        abort(400)
    around.answer_zone(place, take=said == "yes")
    return _back(place, token)


@bp.get("/<token>/wishes")
@token
def wishes_form(token: str) -> ResponseReturnValue:
    place = hers_alone(token)
    form = WishesForm.of(wishes(_client_of(place)), may_mail=_may_mail(place))
    return _wishes_page(place, token, form)


@bp.post("/<token>/wishes")
@token
def save_wishes(token: str) -> ResponseReturnValue:
    place = hers_alone(token)
    form, now = WishesForm(may_mail=_may_mail(place)), clock.now()
    if not form.validate():
        return _wishes_page(place, token, form), 422
    clients.wish(_client_of(place), form.wished, now=now)
    record("wishes", now=now, role="client", subject=place.client_id)
    return redirect(url_for("place.show", token=token), 303)


_MINUTES = ("0", "5", "10", "15")


def _back(place: PlaceRow, token: str) -> ResponseReturnValue:
    """Where she pressed the button: her own space, or the page of this time."""
    if request.form.get("space") and is_hers(place):
        return redirect(url_for("portal.home"), 303)
    return redirect(url_for("place.show", token=token), 303)


def _client_of(place: PlaceRow) -> UUID:
    if place.client_id is None:
        abort(404)
    return place.client_id


def _may_mail(place: PlaceRow) -> bool:
    return gate(_client_of(place), booked=True, now=clock.now()).address is not None


def _wishes_page(place: PlaceRow, token: str, form: WishesForm) -> str:
    verdict = gate(_client_of(place), booked=True, now=clock.now())
    link = f"{settings().base_url}/b/…" if verdict.with_link else None
    example = texts.time_alone(practice().mail_subject, place.starts_at, place.ends_at, place.zone, link)
    return render_template(
        "booking/wishes.html", token=token, form=form, example=example, host=coach(place.coach_id)
    )

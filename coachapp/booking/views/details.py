"""Details of a held time: who comes, how she may be written to, what she hopes for, and what she agrees to."""

from typing import TypeVar

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking import (
    blocking,
    holding,
    operations,
    requests,
)
from coachapp.booking.forms import DetailsForm, KnownForm, MayBeginEarly
from coachapp.booking.operations import DRAFTED, Details
from coachapp.booking.rules import (
    HoldEnded,
    PlaceRow,
)
from coachapp.booking.views import hers, road
from coachapp.booking.views.held import hold_ended, place_on_hold, turned_away
from coachapp.clients.queries import client
from coachapp.intake import queries as intake
from coachapp.intake.rules import EARLY, HOPE, TERMS
from coachapp.notifications import texts
from coachapp.papers import queries as papers
from coachapp.papers.rules import asks_early
from coachapp.practice.queries import coach, practice
from coachapp.practice.rules import CoachRow
from coachapp.safe_contact.forms import UNSURE
from coachapp.safe_contact.rules import Inbox
from coachapp.web.guards import public

bp = Blueprint("details", __name__, url_prefix="/book")
bp.register_error_handler(HoldEnded, hold_ended)

AnyDetails = TypeVar("AnyDetails", bound=MayBeginEarly)


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


def _save_known(place: PlaceRow, form: KnownForm) -> ResponseReturnValue:
    """The details of a client we know: one open question and the agreement."""
    if not holding.still_held(place, clock.now()) or not form.validate():
        operations.save_draft(place, _typed(), now=clock.now())
        return _known_page(place, form), 422
    if blocking.tried(place.coach_id, *blocking.addresses_of(place), now=clock.now()):
        return turned_away(place)
    operations.save_known(place, form.hope.data or "", begin_early=_begins_early(form), now=clock.now())
    return redirect(url_for("road.code"), 303)


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

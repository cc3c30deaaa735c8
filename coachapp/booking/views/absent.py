"""When someone did not attend: what she wished first, the money second; nothing happens by itself."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking import around, crediting
from coachapp.booking.rules import NotNow, Outcome, PlaceRow
from coachapp.booking.views.at_desk import own_session, way_back
from coachapp.clients.queries import wishes
from coachapp.clients.rules import Absence
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.notifications.queries import state_of
from coachapp.payments.credit_queries import spent_on, uses_of
from coachapp.payments.operations import finish
from coachapp.payments.part_queries import wholes_of
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import coach, practice
from coachapp.safe_contact.queries import gate
from coachapp.web.errors import page
from coachapp.web.guards import staff

bp = Blueprint("absent", __name__, url_prefix="/desk/clients/<ref>/sessions/<uuid:place_id>/absent")


@bp.errorhandler(NotNow)
def not_now(error: NotNow) -> ResponseReturnValue:
    """Too early, on a later day, or not what she wished."""
    return page(409, _("That cannot be done here now"), _("Nothing was sent and no money has moved."))


@bp.get("")
@staff
def look(ref: str, place_id: UUID) -> ResponseReturnValue:
    """Her wish first, the money second."""
    (person, place), now = own_session(ref, place_id), clock.now()
    if place.outcome != Outcome.ABSENT or place.client_id is None:
        abort(404)
    wished, verdict = wishes(place.client_id), gate(place.client_id, booked=True, now=now)
    link = f"{settings().base_url}/b/…" if verdict.with_link else None
    subject = practice().mail_subject
    return render_template(
        "desk/absent.html",
        client=person,
        host=coach(place.coach_id),
        place=place,
        wishes=wished,
        verdict=verdict,
        mail=texts.time_alone(subject, place.starts_at, place.ends_at, place.zone, link),
        sent=state_of(around.absence_key(place)) if wished.absence is Absence.MAIL else None,
        order=wholes_of([place.id]).get(place.id),
        session_use=uses_of([place.id]),
        is_given_back=not spent_on([place.id]),
        undecided=crediting.undecided(place.id),
        may_take_back=around.may_take_back(place, now),
    )


@bp.post("")
@staff
def note(ref: str, place_id: UUID) -> ResponseReturnValue:
    """Note that she did not attend. Nothing is sent and no money moves."""
    around.note_absent(_place(ref, place_id), by=current_user.account_id, now=clock.now())
    return redirect(url_for("absent.look", ref=ref, place_id=place_id), 303)


@bp.post("/undo")
@staff
def take_back(ref: str, place_id: UUID) -> ResponseReturnValue:
    person, place = own_session(ref, place_id)
    around.take_back_absent(place, by=current_user.account_id, now=clock.now())
    flash(_("Taken back. The session stands as it was."))
    return redirect(way_back(person, place), 303)


@bp.post("/mail")
@staff
def send_mail(ref: str, place_id: UUID) -> ResponseReturnValue:
    """The neutral mail, for someone who wished it; the gate decides once more."""
    around.send_absence_mail(_place(ref, place_id), settings().base_url, now=clock.now())
    return redirect(url_for("absent.look", ref=ref, place_id=place_id), 303)


@bp.post("/money")
@staff
def give_back(ref: str, place_id: UUID) -> ResponseReturnValue:
    """Give everything back that was paid for this time."""
    now = clock.now()
    refunds = around.give_back(_place(ref, place_id), by=current_user.account_id, now=now)
    finish(refunds, gateway(), payables(), now=now)
    return redirect(url_for("absent.look", ref=ref, place_id=place_id), 303)


@bp.post("/session")
@staff
def decide(ref: str, place_id: UUID) -> ResponseReturnValue:
    """The session of a package: it stays used, or goes back."""
    give, place = request.form.get("give") == "yes", _place(ref, place_id)
    crediting.decide(place, give=give, by=current_user.account_id, now=clock.now())
    if place.outcome != Outcome.ABSENT:
        return redirect(f"/desk/clients/{ref}/packages", 303)
    return redirect(url_for("absent.look", ref=ref, place_id=place_id), 303)


def _place(ref: str, place_id: UUID) -> PlaceRow:
    return own_session(ref, place_id)[1]

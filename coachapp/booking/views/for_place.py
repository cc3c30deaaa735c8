"""What the coach does with one booked time: move it to another, with the mail's words shown before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking import moving, queries
from coachapp.booking.desk_forms import MoveForm
from coachapp.booking.early import asks_if_moved
from coachapp.booking.following import rest_to_move
from coachapp.booking.rules import AppointmentState, PlaceRow, TimeTaken, TooLate
from coachapp.booking.views.at_desk import own_session
from coachapp.booking.wall import Reading, instant_of
from coachapp.clients.rules import ClientRow
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.practice.queries import coach, practice
from coachapp.practice.rules import CoachRow
from coachapp.safe_contact.queries import gate
from coachapp.safe_contact.rules import Verdict
from coachapp.web.errors import page
from coachapp.web.guards import staff
from coachapp.zones import zone

bp = Blueprint("for_place", __name__, url_prefix="/desk/clients/<ref>/sessions/<uuid:place_id>")


@dataclass(frozen=True)
class Move:
    """A booked time and where it is about to go, on the coach's clock."""

    client: ClientRow
    place: PlaceRow
    starts_at: datetime
    reading: Reading

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + (self.place.ends_at - self.place.starts_at)


@bp.get("/move")
@staff
def choose(ref: str, place_id: UUID) -> ResponseReturnValue:
    person, place = _found(ref, place_id)
    if place.seat_of is not None:
        return redirect(url_for("group_changes.choose_other", date_id=place.seat_of, place_id=place.id), 303)
    now = place.starts_at.astimezone(zone(_host().zone))
    return _form_page(person, place, MoveForm(formdata=None, data={"day": now.date(), "at": now.time()}))


@bp.post("/move")
@staff
def check(ref: str, place_id: UUID) -> ResponseReturnValue:
    """Show both times and which words leave, before the button that does it."""
    form = MoveForm()
    person, place = _movable(ref, place_id)
    wanted = _wanted(person, place, form) if form.validate() else None
    if wanted is None:
        return _form_page(person, place, form), 422
    leaving_out = place.appointment_id
    if not queries.is_unbroken(_host().id, wanted.starts_at, wanted.ends_at, leaving_out=leaving_out):
        return _taken(wanted, form)
    verdict = gate(person.id, booked=True, now=clock.now())
    return render_template(
        "desk/move_check.html",
        wanted=wanted,
        host=_host(),
        form=form,
        verdict=verdict,
        mail=_mail(wanted, verdict),
        asks_early=asks_if_moved(place, wanted.starts_at),
        rest=rest_to_move(place, wanted.starts_at, clock.now()),
    )


@bp.post("/move/go")
@staff
def move(ref: str, place_id: UUID) -> ResponseReturnValue:
    form = MoveForm()
    person, place = _movable(ref, place_id)
    wanted = _wanted(person, place, form) if form.validate() else None
    if wanted is None:
        return _form_page(person, place, form), 422
    try:
        moving.move_by_coach(
            place, wanted.starts_at, settings().base_url, now=clock.now(), actor=current_user.account_id
        )
    except TimeTaken:
        return _taken(wanted, form)
    except TooLate:
        return page(409, _("This session can no longer be moved"), _("It was cancelled before."))
    flash(_("The session is moved."))
    return redirect(url_for("desk.day", day=wanted.starts_at.astimezone(zone(_host().zone)).date()), 303)


def _found(ref: str, place_id: UUID) -> tuple[ClientRow, PlaceRow]:
    person, place = own_session(ref, place_id)
    return (person, place) if place.state is AppointmentState.CONFIRMED else abort(404)


def _movable(ref: str, place_id: UUID) -> tuple[ClientRow, PlaceRow]:
    """The same for a time that goes anywhere: a seat moves to another date of its group, on a page of its own."""
    person, place = _found(ref, place_id)
    if place.is_seat:
        abort(404)
    return person, place


def _wanted(person: ClientRow, place: PlaceRow, form: MoveForm) -> Move | None:
    """What the form asks for; None, and a message at the field, where it is no time to move to."""
    begins = instant_of(form.day.data, form.at.data, zone(_host().zone))
    if begins.at <= clock.now():
        form.at.errors = [_("Choose a time that is still to come")]
    elif begins.at == place.starts_at:
        form.at.errors = [_("That is the time it has now. Choose another.")]
    else:
        return Move(person, place, begins.at, begins.reading)
    return None


def _mail(wanted: Move, verdict: Verdict) -> texts.Text | None:
    """The words that would leave; None when nothing does."""
    if verdict.address is None:
        return None
    link = f"{settings().base_url}/b/…" if verdict.with_link else None
    return texts.moved(practice().mail_subject, wanted.starts_at, wanted.ends_at, wanted.place.zone, link)


def _taken(wanted: Move, form: MoveForm) -> ResponseReturnValue:
    form.at.errors = [_("There is a session, or blocked time, at this hour. Choose another.")]
    return _form_page(wanted.client, wanted.place, form), 409


def _form_page(person: ClientRow, place: PlaceRow, form: MoveForm) -> str:
    return render_template(
        "desk/move.html", client=person, place=place, form=form, errors=form.summary(), host=_host()
    )


def _host() -> CoachRow:
    return coach(current_user.coach_id)

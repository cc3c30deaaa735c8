"""What the coach does with one client's time: book it for her, with the mail's words shown before, and cancel it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking import confirming, desk_operations, queries, series
from coachapp.booking.desk_forms import BookForm
from coachapp.booking.rules import AppointmentState, PlaceRow, TimeTaken, TooLate
from coachapp.booking.views import repeating
from coachapp.booking.views.at_desk import own_session, way_back
from coachapp.booking.wall import Reading, instant_of
from coachapp.clients.queries import client, client_by_ref, clients
from coachapp.clients.rules import ClientRow, NoSuchClient
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.payments.credit_queries import spent_on, usable_count
from coachapp.payments.credit_rules import NoCredit
from coachapp.payments.operations import finish
from coachapp.payments.part_queries import falling, wholes_of
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import coach, given_by, practice
from coachapp.practice.rules import CoachRow, OfferingRow
from coachapp.safe_contact.queries import gate
from coachapp.safe_contact.rules import Verdict
from coachapp.web.errors import page
from coachapp.web.guards import staff
from coachapp.zones import zone

bp = Blueprint("for_client", __name__, url_prefix="/desk")


@dataclass(frozen=True)
class Wanted:
    """A session about to be booked: for whom, what, and when on the coach's clock."""

    client: ClientRow
    offering: OfferingRow
    starts_at: datetime
    reading: Reading

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.offering.length_min)


@bp.get("/book")
@bp.get("/book/<ref>")
@staff
def choose(ref: str = "") -> ResponseReturnValue:
    if ref:
        _client(ref)
    form = BookForm(formdata=None)
    form.who.data = ref
    return _form_page(form)


@bp.post("/book")
@bp.post("/book/<ref>")
@staff
def check(ref: str = "") -> ResponseReturnValue:
    """Show what will be booked and which words leave, before the button that does it."""
    form = BookForm()
    wanted = _wanted(form) if form.validate() else None
    if wanted is None:
        return _form_page(form), 422
    if form.weeks:
        return repeating.check_page(form, wanted.client, wanted.offering, _host())
    if not queries.is_unbroken(_host().id, wanted.starts_at, wanted.ends_at):
        return _taken(form)
    verdict = gate(wanted.client.id, booked=True, now=clock.now())
    mail = _mail(wanted, verdict)
    return render_template(
        "desk/book_check.html",
        wanted=wanted,
        host=_host(),
        form=form,
        verdict=verdict,
        mail=mail,
        sessions_left=usable_count(wanted.client.id, wanted.offering.id),
    )


@bp.post("/book/go")
@staff
def book() -> ResponseReturnValue:
    form = BookForm()
    wanted = _wanted(form) if form.validate() else None
    if wanted is None:
        return _form_page(form), 422
    if form.weeks:
        return repeating.book(form, wanted.client, wanted.offering, _host())
    try:
        desk_operations.book_for_client(
            wanted.offering,
            wanted.client.id,
            wanted.client.zone,
            wanted.starts_at,
            settings().base_url,
            by_session=request.form.get("session") == "yes",
            now=clock.now(),
            actor=current_user.account_id,
        )
    except TimeTaken:
        return _taken(form)
    except NoCredit:
        form.what.errors = [_("No session of this kind is left")]
        return _form_page(form), 409
    flash(_("The session is booked."))
    return redirect(url_for("desk.day", day=wanted.starts_at.astimezone(zone(_host().zone)).date()), 303)


@bp.get("/clients/<ref>/sessions/<uuid:place_id>/cancel")
@staff
def ask_cancel(ref: str, place_id: UUID) -> ResponseReturnValue:
    """Say what goes back and which mail leaves, before the button."""
    person, place = _booked(ref, place_id)
    return render_template(
        "desk/cancel.html",
        client=person,
        place=place,
        host=_host(),
        order=wholes_of([place.id]).get(place.id),
        by_session=bool(spent_on([place.id])),
        verdict=gate(person.id, booked=True, now=clock.now()),
    )


@bp.post("/clients/<ref>/sessions/<uuid:place_id>/cancel")
@staff
def cancel(ref: str, place_id: UUID) -> ResponseReturnValue:
    person, place = _booked(ref, place_id)
    try:
        refunds = confirming.cancel(
            place, settings().base_url, by="staff", now=clock.now(), actor=current_user.account_id
        )
    except TooLate:
        return _too_late()
    finish(refunds, gateway(), payables(), now=clock.now())
    flash(_("The session is cancelled. The time is free again."))
    return redirect(way_back(person, place), 303)


@bp.get("/clients/<ref>/sessions/<uuid:place_id>/cancel-rest")
@staff
def ask_cancel_rest(ref: str, place_id: UUID) -> ResponseReturnValue:
    """Say how many of a series fall, what goes back and which mail leaves, before the button."""
    person, place = _booked(ref, place_id)
    places = queries.rest_of_series(place, now=clock.now())
    if not places:
        return _too_late()
    ids = [each.id for each in places]
    return render_template(
        "desk/cancel_rest.html",
        client=person,
        place=place,
        places=places,
        host=_host(),
        money=falling(ids),
        by_session=bool(spent_on(ids)),
        verdict=gate(person.id, booked=True, now=clock.now()),
    )


@bp.post("/clients/<ref>/sessions/<uuid:place_id>/cancel-rest")
@staff
def cancel_rest(ref: str, place_id: UUID) -> ResponseReturnValue:
    person, place = _booked(ref, place_id)
    try:
        refunds = series.cancel_rest(
            place, settings().base_url, now=clock.now(), actor=current_user.account_id
        )
    except TooLate:
        return _too_late()
    finish(refunds, gateway(), payables(), now=clock.now())
    flash(_("The sessions are cancelled. Their times are free again."))
    return redirect(way_back(person, place), 303)


def _too_late() -> ResponseReturnValue:
    return page(
        409, _("This session can no longer be cancelled"), _("It has begun, or was cancelled before.")
    )


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _client(ref: str) -> ClientRow:
    try:
        return client_by_ref(ref, coach_id=current_user.coach_id)
    except NoSuchClient:
        abort(404)


def _booked(ref: str, place_id: UUID) -> tuple[ClientRow, PlaceRow]:
    person, place = own_session(ref, place_id)
    return (person, place) if place.state is AppointmentState.CONFIRMED else abort(404)


def _wanted(form: BookForm) -> Wanted | None:
    """What the form asks for; None, and a message at the field, where it names nothing we know."""
    offering = next((each for each in _bookable() if each.slug == form.what.data), None)
    if offering is None:
        form.what.errors = [_("Choose what it is")]
        return None
    try:
        person = client_by_ref(form.who.data, coach_id=current_user.coach_id)
    except NoSuchClient:
        form.who.errors = [_("Choose a client")]
        return None
    begins = instant_of(form.day.data, form.at.data, zone(_host().zone))
    if begins.at <= clock.now():
        form.at.errors = [_("Choose a time that is still to come")]
        return None
    return Wanted(client(person.id), offering, begins.at, begins.reading)


def _bookable() -> list[OfferingRow]:
    """What she can book for a client at any time, her own and what she gives for a colleague: also what is not on show.

    A group has dates of its own.
    """
    hers = given_by(current_user.coach_id, with_inactive=True)
    return [each for each in hers if each.is_bookable and not each.is_group]


def _mail(wanted: Wanted, verdict: Verdict) -> texts.Text | None:
    """The words that would leave; None when nothing does. The real link is made with the booking."""
    if verdict.address is None:
        return None
    link = f"{settings().base_url}/b/…" if verdict.with_link else None
    return texts.booked(practice().mail_subject, wanted.starts_at, wanted.ends_at, wanted.client.zone, link)


def _taken(form: BookForm) -> ResponseReturnValue:
    form.at.errors = [_("There is a session, or blocked time, at this hour. Choose another.")]
    return _form_page(form), 409


def _form_page(form: BookForm) -> str:
    host = _host()
    return render_template(
        "desk/book.html",
        form=form,
        errors=form.summary(),
        host=host,
        clients=clients(host.id),
        offerings=_bookable(),
    )

"""Requests at the desk: who asks for which time, and the coach's answer."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.booking import blocking, queries, requests
from coachapp.booking.admission import AlreadyAnswered, IsBlocked, answer_ends
from coachapp.booking.desk_forms import OtherTimeForm
from coachapp.booking.group_queries import other_dates
from coachapp.booking.rules import NoSuchPlace, PlaceRow, Standing, TimeTaken, TooLate
from coachapp.booking.wall import instant_of
from coachapp.clients.queries import client, clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.config import settings
from coachapp.intake.queries import answers
from coachapp.intake.rules import HOPE
from coachapp.notifications import texts
from coachapp.practice.queries import coach, coaches, practice
from coachapp.practice.rules import CoachRow
from coachapp.safe_contact.queries import gate
from coachapp.safe_contact.rules import Verdict
from coachapp.web.errors import page
from coachapp.web.guards import staff
from coachapp.web.words import day, time
from coachapp.zones import zone

bp = Blueprint("requests", __name__, url_prefix="/desk/requests")


@dataclass(frozen=True)
class Asked:
    """One request with who asks, and whether she is on the list of blocked people."""

    place: PlaceRow
    client: ClientRow
    is_blocked: bool


@bp.errorhandler(AlreadyAnswered)
def already_answered(error: AlreadyAnswered) -> ResponseReturnValue:
    return page(
        409,
        _("This request no longer waits"),
        _("It was answered, taken back, or its time has come. Nothing was changed now."),
    )


@bp.errorhandler(TooLate)
def too_late(error: TooLate) -> ResponseReturnValue:
    return page(409, _("This time has begun"), _("It can be declined, or another time offered in its place."))


@bp.errorhandler(IsBlocked)
def blocked(error: IsBlocked) -> ResponseReturnValue:
    return page(
        409,
        _("This person is on a list of blocked people")
        if len(coaches()) > 1
        else _("This person is on your list of blocked people"),
        _("Nothing was changed. Take the address off the list first, or decline."),
    )


@bp.get("")
@staff
def waiting() -> ResponseReturnValue:
    """What waits for an answer, and what is kept for people who were answered."""
    host = _host()
    places = queries.places_asked(host.id, now=clock.now())
    known = clients_by_id(each.client_id for each in places if each.client_id)
    asked = [_asked(each, known[each.client_id]) for each in places if each.client_id in known]
    return render_template("desk/requests.html", host=host, asked=asked, Standing=Standing)


@bp.get("/<uuid:place_id>")
@staff
def show(place_id: UUID) -> ResponseReturnValue:
    """One request, with the words that leave for each answer."""
    asked = _one(place_id)
    record_view(asked.client.id, now=clock.now(), role="staff", actor=current_user.account_id)
    verdict = gate(asked.client.id, booked=True, now=clock.now())
    return render_template(
        "desk/request.html",
        host=_host(),
        asked=asked,
        hope=answers(place_id).get(HOPE, ""),
        verdict=verdict,
        mail=_yes_mail(asked.place, verdict),
        kept_until=answer_ends(asked.place.starts_at, clock.now()),
        Standing=Standing,
    )


@bp.post("/<uuid:place_id>/approve")
@staff
def approve(place_id: UUID) -> ResponseReturnValue:
    place = _one(place_id).place
    requests.approve(place, settings().base_url, by=current_user.account_id, now=clock.now())
    flash(_("The session is booked.") if place.is_free else _kept_words(place_id))
    return redirect(url_for("requests.waiting"), 303)


@bp.get("/<uuid:place_id>/other")
@staff
def choose_other(place_id: UUID) -> ResponseReturnValue:
    return _other_page(_one(place_id), OtherTimeForm(formdata=None))


@bp.post("/<uuid:place_id>/other")
@staff
def offer_other(place_id: UUID) -> ResponseReturnValue:
    """Offer another time, whatever the opening hours say, and keep it for her."""
    asked, form = _one(place_id), OtherTimeForm()
    if asked.place.is_seat:
        return _offer_date(asked)
    if not form.validate():
        return _other_page(asked, form), 422
    begins = instant_of(form.day.data, form.at.data, zone(_host().zone)).at
    if begins <= clock.now():
        form.at.errors = [_("Choose a time that is still to come")]
        return _other_page(asked, form), 422
    try:
        requests.offer(asked.place, begins, settings().base_url, by=current_user.account_id, now=clock.now())
    except TimeTaken:
        form.at.errors = [_("There is a session, or blocked time, at this hour. Choose another.")]
        return _other_page(asked, form), 409
    flash(_kept_words(place_id))
    return redirect(url_for("requests.waiting"), 303)


@bp.get("/<uuid:place_id>/decline")
@staff
def ask_decline(place_id: UUID) -> ResponseReturnValue:
    """Say which words leave, before the button."""
    asked = _one(place_id)
    verdict = gate(asked.client.id, booked=True, now=clock.now())
    return render_template(
        "desk/decline.html",
        host=_host(),
        asked=asked,
        verdict=verdict,
        mail=_mail(requests.no_words, asked.place, verdict),
    )


@bp.post("/<uuid:place_id>/decline")
@staff
def decline(place_id: UUID) -> ResponseReturnValue:
    requests.decline(_one(place_id).place, settings().base_url, by=current_user.account_id, now=clock.now())
    flash(_("Declined. The time is free again."))
    return redirect(url_for("requests.waiting"), 303)


def _one(place_id: UUID) -> Asked:
    """A request of this coach's, answered or not; 404 for anything else."""
    try:
        place = queries.place(place_id)
    except NoSuchPlace:
        abort(404)
    was_asked = place.standing is Standing.ASKED or place.answer is not None
    if place.coach_id != current_user.coach_id or place.client_id is None or not was_asked:
        abort(404)
    return _asked(place, client(place.client_id))


def _asked(place: PlaceRow, person: ClientRow) -> Asked:
    return Asked(place, person, blocking.is_blocked(place.coach_id, *blocking.addresses_of(place)))


def _yes_mail(place: PlaceRow, verdict: Verdict) -> texts.Text | None:
    if not place.is_free:
        return _mail(requests.yes_words(clock.now()), place, verdict)
    return _mail(
        lambda subject, row, link: texts.booked(subject, row.starts_at, row.ends_at, row.zone, link),
        place,
        verdict,
    )


def _mail(words: requests.Words, place: PlaceRow, verdict: Verdict) -> texts.Text | None:
    """The words that would leave; None when nothing does."""
    if verdict.address is None:
        return None
    link = f"{settings().base_url}/b/{queries.place_token(place.id)}" if verdict.with_link else None
    return words(practice().mail_subject, place, link)


def _kept_words(place_id: UUID) -> str:
    place, where = queries.place(place_id), _host().zone
    until = place.hold_until or place.starts_at
    return _("Kept for this person until %(day)s, %(time)s.", day=day(until, where), time=time(until, where))


def _offer_date(asked: Asked) -> ResponseReturnValue:
    """For someone who asked for a place in a group: another date of it that has room."""
    place, now = asked.place, clock.now()
    dates = other_dates(place, now)
    to = next((each for each in dates if str(each.id) == request.form.get("date")), None)
    if to is None:
        return _other_page(asked, OtherTimeForm(formdata=None), _("Choose one of the dates")), 422
    try:
        requests.offer(place, to.starts_at, settings().base_url, by=current_user.account_id, now=now)
    except TimeTaken:
        full = _("That date is full by now. Choose another.")
        return _other_page(asked, OtherTimeForm(formdata=None), full), 409
    flash(_kept_words(place.id))
    return redirect(url_for("requests.waiting"), 303)


def _other_page(asked: Asked, form: OtherTimeForm, error: str = "") -> str:
    return render_template(
        "desk/request_other.html",
        host=_host(),
        asked=asked,
        form=form,
        dates=other_dates(asked.place, clock.now()) if asked.place.is_seat else [],
        error=error,
        errors=form.summary() + ([("date-0", error)] if error else []),
    )


def _host() -> CoachRow:
    return coach(current_user.coach_id)

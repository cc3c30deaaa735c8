"""The waiting list at the desk: who is on it, what came free for whom, and a time offered by the coach's hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock, vault
from coachapp.booking import blocking, offers, wait_queries, waiting
from coachapp.booking.admission import IsBlocked, answer_ends
from coachapp.booking.desk_forms import OtherTimeForm
from coachapp.booking.rules import PlaceRow, TimeTaken, TooLate
from coachapp.booking.slots import instant
from coachapp.booking.views import picking
from coachapp.booking.wait_forms import TurnsForm
from coachapp.booking.wait_rules import HasAnother, NotWaiting, WaitRow, does_suit
from coachapp.booking.wall import instant_of
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.practice.operations import save_practice
from coachapp.practice.queries import coach, offerings, practice
from coachapp.practice.rules import CoachRow
from coachapp.safe_contact.queries import gate
from coachapp.safe_contact.rules import Verdict
from coachapp.web.errors import page
from coachapp.web.guards import staff
from coachapp.web.words import day, time
from coachapp.zones import zone

bp = Blueprint("waiting", __name__, url_prefix="/desk/waiting")

_LATEST = 10**9
"""Epoch minutes far beyond any calendar."""


@dataclass(frozen=True)
class Listed:
    """One line with who it is, whether she may be written to, what is kept for her, and whether she is blocked."""

    wait: WaitRow
    client: ClientRow
    verdict: Verdict
    kept: PlaceRow | None
    is_blocked: bool


@bp.errorhandler(NotWaiting)
def not_waiting(error: NotWaiting) -> ResponseReturnValue:
    return page(
        409, _("This person is no longer on the list"), _("Nothing was offered, and nothing was sent.")
    )


@bp.errorhandler(HasAnother)
def has_another(error: HasAnother) -> ResponseReturnValue:
    return page(
        409,
        _("One time is kept for this person already"),
        _("Or a time is being booked in this moment. Nothing was offered now."),
    )


@bp.errorhandler(IsBlocked)
def blocked(error: IsBlocked) -> ResponseReturnValue:
    return page(
        409,
        _("This person is on your list of blocked people"),
        _("Nothing was changed. Take the address off that list first."),
    )


@bp.errorhandler(TooLate)
def too_late(error: TooLate) -> ResponseReturnValue:
    return page(409, _("This time has begun"), _("Nothing was offered, and nothing was sent."))


@bp.get("")
@staff
def people() -> ResponseReturnValue:
    """Everyone on the list, what came free for them, and whether it is offered by itself."""
    hours = practice().turn_hours
    form = TurnsForm(
        formdata=None, data={"by_itself": hours is not None} | ({"hours": hours} if hours else {})
    )
    return _people_page(form)


@bp.post("")
@staff
def save_turns() -> ResponseReturnValue:
    """Whether what comes free is offered by itself, and for how long."""
    form = TurnsForm()
    if not form.validate():
        return _people_page(form), 422
    save_practice(turn_hours=form.hours.data if form.by_itself.data else None)
    flash(_("Saved. It holds from now on."))
    return redirect(url_for("waiting.people"), 303)


@bp.get("/at/<int:start>")
@staff
def at(start: int) -> ResponseReturnValue:
    """Offer this time (epoch minutes) to …: whom it suits first, the longest on the list first."""
    if start > _LATEST:
        abort(404)
    begins = instant(start)
    listed = [each for each in _listed() if not each.is_blocked and each.kept is None]
    listed.sort(key=lambda each: not does_suit(each.wait, begins))
    suiting = [each.wait.id for each in listed if does_suit(each.wait, begins)]
    return render_template(
        "desk/waiting_at.html",
        host=_host(),
        listed=listed,
        suiting=suiting,
        start=start,
        begins=begins,
        is_over=begins <= clock.now(),
    )


@bp.get("/<uuid:wait_id>/offer")
@staff
def choose(wait_id: UUID) -> ResponseReturnValue:
    """Any time for one person of the list."""
    return _offer_page(_one(wait_id), OtherTimeForm(formdata=None))


@bp.post("/<uuid:wait_id>/offer")
@staff
def check(wait_id: UUID) -> ResponseReturnValue:
    """The time on both clocks, until when it is kept, and which words leave; nothing is kept yet."""
    asked, form = _one(wait_id), OtherTimeForm()
    begins = _begins(form)
    if begins is None:
        return _offer_page(asked, form), 422
    length = _length(asked.wait)
    until = answer_ends(begins, clock.now())
    return render_template(
        "desk/waiting_check.html",
        host=_host(),
        asked=asked,
        begins=begins,
        ends=begins + length,
        start=int(begins.timestamp()) // 60,
        until=until,
        suits=does_suit(asked.wait, begins),
        mail=_mail(asked, begins, begins + length, until),
    )


@bp.post("/<uuid:wait_id>/offer/go")
@staff
def offer(wait_id: UUID) -> ResponseReturnValue:
    """Keep it for her."""
    asked, form = _one(wait_id), OtherTimeForm()
    begins = _begins(form)
    if begins is None:
        return _offer_page(asked, form), 422
    try:
        place = offers.offer(
            wait_id, begins, settings().base_url, by=current_user.account_id, now=clock.now()
        )
    except TimeTaken:
        form.at.errors = [_("There is a session, or blocked time, at this hour. Choose another.")]
        return _offer_page(asked, form), 409
    until, where = place.hold_until or begins, _host().zone
    flash(_("Kept for this person until %(day)s, %(time)s.", day=day(until, where), time=time(until, where)))
    return redirect(url_for("waiting.people"), 303)


@bp.post("/<uuid:wait_id>/remove")
@staff
def remove(wait_id: UUID) -> ResponseReturnValue:
    """Take someone off the list; nothing is sent."""
    waiting.leave(_one(wait_id).wait.id, by=current_user.account_id, now=clock.now())
    flash(_("Taken off the list. Nothing is sent."))
    return redirect(url_for("waiting.people"), 303)


def _begins(form: OtherTimeForm) -> datetime | None:
    """The time that was chosen, as epoch minutes or typed; None, and a message at the field, where there is none."""
    start = picking.typed_start()
    if start is not None:
        begins = instant(start)
    elif form.validate():
        begins = instant_of(form.day.data, form.at.data, zone(_host().zone)).at
    else:
        return None
    if begins <= clock.now():
        form.at.errors = [_("Choose a time that is still to come")]
        return None
    return begins


def _one(wait_id: UUID) -> Listed:
    """Someone on this coach's list; 404 for anyone else."""
    try:
        found = wait_queries.wait(wait_id, coach_id=current_user.coach_id)
    except NotWaiting:
        abort(404)
    return next(iter(_people([found])), None) or abort(404)


def _listed() -> list[Listed]:
    return _people(wait_queries.waits(current_user.coach_id, now=clock.now()))


def _people(rows: Iterable[WaitRow]) -> list[Listed]:
    rows = list(rows)
    known = clients_by_id(each.client_id for each in rows)
    found = (_person(each, known[each.client_id]) for each in rows if each.client_id in known)
    return [each for each in found if each is not None]


def _person(row: WaitRow, person: ClientRow) -> Listed | None:
    """None for someone who is being erased in this moment."""
    try:
        verdict = gate(person.id, booked=False, now=clock.now())
        is_blocked = blocking.is_blocked(row.coach_id, *wait_queries.addresses_of(row.id))
        return Listed(row, person, verdict, wait_queries.kept_for(row.id), is_blocked)
    except vault.KeyGone:
        return None


def _length(row: WaitRow) -> timedelta:
    found = next(each for each in offerings(with_inactive=True) if each.id == row.offering_id)
    return timedelta(minutes=found.length_min)


def _mail(asked: Listed, begins: datetime, ends: datetime, until: datetime) -> texts.Text | None:
    """The words that would leave; None when nothing does. The real link is made with the offer."""
    if asked.verdict.address is None:
        return None
    link = f"{settings().base_url}/b/…" if asked.verdict.with_link else None
    return texts.kept(practice().mail_subject, begins, ends, until, asked.wait.zone, link)


def _people_page(form: TurnsForm) -> str:
    host, now = _host(), clock.now()
    listed = _listed()
    return render_template(
        "desk/waiting.html",
        host=host,
        form=form,
        listed=listed,
        people={each.wait.id: each.client for each in listed},
        openings=wait_queries.openings(host.id, now=now),
    )


def _offer_page(asked: Listed, form: OtherTimeForm) -> str:
    return render_template(
        "desk/waiting_offer.html", host=_host(), asked=asked, form=form, errors=form.summary()
    )


def _host() -> CoachRow:
    return coach(current_user.coach_id)

"""The dates of a coach's groups: all that are to come, new ones, and a client booked into one."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from coachapp import clock
from coachapp.booking import desk_operations, group_dates
from coachapp.booking.desk_forms import DatesForm, SeatForm
from coachapp.booking.group import DaysTaken, GroupDate, NoSuchDate
from coachapp.booking.group_queries import coming_dates, dates_with, group_date
from coachapp.booking.rules import TimeTaken
from coachapp.booking.wall import Instant, Reading, instant_of, repeated
from coachapp.clients.queries import client_by_ref
from coachapp.clients.rules import ClientRow, NoSuchClient
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.practice.queries import coach, offering, offerings, practice
from coachapp.practice.rules import CoachRow, OfferingRow
from coachapp.safe_contact.queries import gate
from coachapp.safe_contact.rules import Verdict
from coachapp.web.errors import page
from coachapp.web.guards import staff
from coachapp.web.words import short_day
from coachapp.zones import zone

bp = Blueprint("groups", __name__, url_prefix="/desk/groups")


@bp.get("")
@staff
def dates() -> ResponseReturnValue:
    return _dates_page(DatesForm(formdata=None))


@bp.post("")
@staff
def add() -> ResponseReturnValue:
    """Set one date, or the same clock time several times: all of them or none."""
    form = DatesForm()
    wanted = _wanted(form) if form.validate() else None
    if wanted is None:
        return _dates_page(form), 422
    what, moments = wanted
    now = clock.now()
    try:
        starts = [each.at for each in moments]
        group_dates.add_dates(what, starts, settings().base_url, by=current_user.account_id, now=now)
    except DaysTaken as error:
        form.day.errors = [_taken_words(error)]
        return _dates_page(form), 409
    flash(_added(moments))
    return redirect(url_for("groups.dates"), 303)


@bp.post("/<uuid:date_id>/add")
@staff
def check(date_id: UUID) -> ResponseReturnValue:
    """Show who is booked into which date, and which words leave, before the button that does it."""
    date, form = own_date(date_id), SeatForm()
    person = _client(form.who.data) if form.validate() else None
    if person is None:
        return page(422, _("Choose a client first"), _("Nobody was booked and nothing was sent."))
    if not date.stands or not date.has_room or date.starts_at <= clock.now():
        return _no_room()
    if date.id in dates_with(person.id):
        return page(409, _("They have a place in this date"), _("Nothing was changed and nothing was sent."))
    verdict = gate(person.id, booked=True, now=clock.now())
    return render_template(
        "desk/group_add.html",
        date=date,
        person=person,
        offering=_offering(date),
        host=_host(),
        verdict=verdict,
        mail=_mail(date, person, verdict),
    )


@bp.post("/<uuid:date_id>/add/go")
@staff
def book(date_id: UUID) -> ResponseReturnValue:
    date, form = own_date(date_id), SeatForm()
    person = _client(form.who.data) if form.validate() else None
    if person is None:
        abort(404)
    try:
        desk_operations.book_seat(
            _offering(date),
            date.id,
            person.id,
            person.zone,
            settings().base_url,
            now=clock.now(),
            actor=current_user.account_id,
        )
    except TimeTaken:
        return _no_room()
    flash(_("The place is booked."))
    return redirect(url_for("desk.group", date_id=date.id), 303)


def own_date(date_id: UUID) -> GroupDate:
    """One of this coach's group dates; 404 for anything else."""
    try:
        return group_date(date_id, coach_id=current_user.coach_id)
    except NoSuchDate:
        abort(404)


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _groups() -> list[OfferingRow]:
    """Her groups, also those that are not on show."""
    mine = (each for each in offerings(with_inactive=True) if each.coach_id == current_user.coach_id)
    return [each for each in mine if each.is_group]


def _offering(date: GroupDate) -> OfferingRow:
    return offering(date.slug, with_inactive=True)


def _client(ref: str) -> ClientRow | None:
    try:
        return client_by_ref(ref, coach_id=current_user.coach_id)
    except NoSuchClient:
        return None


def _wanted(form: DatesForm) -> tuple[OfferingRow, list[Instant]] | None:
    """The group and the moments the form asks for; None, and a message at the field, where it is no such thing."""
    what = next((each for each in _groups() if each.slug == form.what.data), None)
    if what is None:
        form.what.errors = [_("Choose which group")]
        return None
    where = zone(_host().zone)
    moments = [instant_of(form.day.data, form.at.data, where)]
    if form.weeks:
        found = repeated(form.day.data, form.at.data, where, form.weeks, form.times.data)
        moments = list(found.values())
    if moments[0].at <= clock.now():
        form.at.errors = [_("Choose a time that is still to come")]
        return None
    return what, moments


def _taken_words(error: DaysTaken) -> str:
    days = ", ".join(short_day(at, _host().zone) for at in error.starts)
    return _("A session, or blocked time, is there on %(days)s. No date was added.", days=days)


def _added(moments: list[Instant]) -> str:
    said = ngettext("The date is set.", "%(num)s dates are set.", len(moments))
    if any(each.reading is Reading.MOVED for each in moments):
        return f"{said} " + _("The clocks change on one of them, so it begins an hour later than typed.")
    return said


def _mail(date: GroupDate, person: ClientRow, verdict: Verdict) -> texts.Text | None:
    """The words that would leave; None when nothing does."""
    if verdict.address is None:
        return None
    link = f"{settings().base_url}/b/…" if verdict.with_link else None
    return texts.booked(practice().mail_subject, date.starts_at, date.ends_at, person.zone, link)


def _no_room() -> ResponseReturnValue:
    return page(
        409,
        _("Nobody can be booked into this date"),
        _("It is full, was cancelled, or has begun. Nothing was sent."),
    )


def _dates_page(form: DatesForm) -> str:
    host = _host()
    return render_template(
        "desk/groups.html",
        form=form,
        errors=form.summary(),
        host=host,
        groups=_groups(),
        dates=coming_dates(host.id, clock.now()),
    )

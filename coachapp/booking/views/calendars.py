"""The coach's other calendars: those that keep her time, and how her sessions reach her own."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking.calendar_mail import sender_address
from coachapp.booking.outside import operations, queries
from coachapp.booking.outside.forms import CalendarForm, CalendarMailForm
from coachapp.booking.outside.rules import CalendarRow, NoSuchCalendar, TooManyCalendars
from coachapp.booking.outside.words import TROUBLES
from coachapp.config import settings
from coachapp.practice import own_calendar
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow
from coachapp.web.guards import staff

bp = Blueprint("calendars", __name__, url_prefix="/desk/calendars")


@bp.get("")
@staff
def show() -> ResponseReturnValue:
    return _page(CalendarForm(formdata=None), CalendarMailForm(formdata=None, data=_mail_data()))


@bp.post("")
@staff
def add() -> ResponseReturnValue:
    """Note a calendar, and look at it at once, so that the page says whether it works."""
    form = CalendarForm()
    if not form.validate():
        return _page(form, CalendarMailForm(formdata=None, data=_mail_data())), 422
    host, now = _host(), clock.now()
    try:
        added = operations.add_calendar(host.id, form.address.data, form.label.data, now=now)
    except TooManyCalendars:
        form.address.errors = [_("Remove a calendar first: twenty is the most there can be")]
        return _page(form, CalendarMailForm(formdata=None, data=_mail_data())), 422
    if operations.refresh_one(host.id, added, now=now):
        flash(_("Its times are kept free from now on."))
    else:
        flash(_("The calendar is noted, but could not be read yet. The list says why."))
    return redirect(url_for("calendars.show"), 303)


@bp.post("/<uuid:calendar_id>/read")
@staff
def read_again(calendar_id: UUID) -> ResponseReturnValue:
    try:
        fresh = operations.refresh_one(_host().id, calendar_id, now=clock.now())
    except NoSuchCalendar:
        abort(404)
    flash(_("Its times are up to date.") if fresh else _("It could not be read. The list says why."))
    return redirect(url_for("calendars.show"), 303)


@bp.post("/<uuid:calendar_id>/remove")
@staff
def remove(calendar_id: UUID) -> ResponseReturnValue:
    try:
        operations.remove_calendar(_host().id, calendar_id)
    except NoSuchCalendar:
        abort(404)
    flash(_("That calendar no longer keeps any of your time."))
    return redirect(url_for("calendars.show"), 303)


@bp.post("/mail")
@staff
def save_mail() -> ResponseReturnValue:
    """Whether each session comes as an invitation; for that, her address has to be known."""
    form, host = CalendarMailForm(), _host()
    if form.mail.data and not host.email:
        form.mail.errors = [_("Enter your e-mail address in the settings first")]
        return _page(CalendarForm(formdata=None), form), 422
    own_calendar.set_calendar_mail(host.id, form.mail.data)
    on = _("From now on each session comes to you as an invitation.")
    flash(on if form.mail.data else _("No more invitations are sent to you."))
    return redirect(url_for("calendars.show"), 303)


@bp.post("/feed")
@staff
def new_feed() -> ResponseReturnValue:
    own_calendar.new_feed(_host().id)
    flash(_("Your private address is made. An earlier one no longer works."))
    return redirect(url_for("calendars.show"), 303)


@bp.post("/feed/end")
@staff
def end_feed() -> ResponseReturnValue:
    own_calendar.end_feed(_host().id)
    flash(_("The private address no longer works."))
    return redirect(url_for("calendars.show"), 303)


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _mail_data() -> dict[str, bool]:
    return {"mail": _host().calendar_mail}


def _page(form: CalendarForm, mail: CalendarMailForm) -> str:
    host = _host()
    token = own_calendar.feed_token(host.id)
    rows: list[CalendarRow] = queries.calendars(host.id)
    return render_template(
        "desk/calendars.html",
        host=host,
        form=form,
        mail=mail,
        errors=form.summary() + mail.summary(),
        calendars=rows,
        troubles=TROUBLES,
        feed=f"{settings().base_url}{url_for('feed.show', token=token)}" if token else None,
        same_sender=sender_address().lower() == (host.email or "").lower(),
    )

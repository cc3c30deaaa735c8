"""The coach's own time: her usual week, her days off, and time she blocks."""

from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from coachapp import clock
from coachapp.booking import desk_operations, queries, travelling
from coachapp.booking.desk_forms import TROUBLES, AwayForm, BlockForm, DaysForm
from coachapp.booking.group_queries import dates_between
from coachapp.booking.own_hours import AwayBy, BadTime, StaysOverlap
from coachapp.booking.rules import NoSuchPlace, TimeTaken
from coachapp.booking.slots import DayException
from coachapp.booking.wall import Reading, instant_of
from coachapp.booking.week import WeekSheet, read_week, sheet_of
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow
from coachapp.web.guards import staff
from coachapp.zones import all_zones, local_days, zone, zone_choices

bp = Blueprint("hours", __name__, url_prefix="/desk")


@bp.get("/hours")
@staff
def hours() -> ResponseReturnValue:
    return _hours_page(sheet_of(queries.week_hours(_host().id)), DaysForm(formdata=None))


@bp.post("/hours")
@staff
def save_hours() -> ResponseReturnValue:
    """Save the whole week; the button beside a row leaves that one out."""
    sheet = read_week(request.form, without=request.form.get("drop", ""))
    if sheet.troubles:
        return _hours_page(sheet, DaysForm(formdata=None)), 422
    desk_operations.set_week(_host().id, list(sheet.openings))
    flash(_("Your hours are saved. What is booked already stays booked."))
    return redirect(url_for("hours.hours"), 303)


@bp.post("/hours/days")
@staff
def add_days() -> ResponseReturnValue:
    form, host = DaysForm(), _host()
    if not form.validate():
        return _hours_page(sheet_of(queries.week_hours(host.id)), form), 422
    own = form.range
    last = form.last.data or form.first.data
    desk_operations.set_days(host.id, form.first.data, last, [own] if isinstance(own, tuple) else [])
    flash(_days_saved(host, form.first.data, last))
    return redirect(url_for("hours.hours"), 303)


@bp.post("/hours/days/remove")
@staff
def remove_days() -> ResponseReturnValue:
    """Back to the usual week for these days."""
    try:
        first, last = (date.fromisoformat(request.form.get(edge, "")) for edge in ("first", "last"))
        desk_operations.set_days(_host().id, first, last, None)
    except (ValueError, BadTime):
        abort(400)
    flash(_("Your usual hours stand again for these days."))
    return redirect(url_for("hours.hours"), 303)


@bp.post("/hours/away")
@staff
def add_away() -> ResponseReturnValue:
    """Days in another zone."""
    form, host = AwayForm(), _host()
    if not form.validate():
        return _away_page(form), 422
    first, last = form.first.data, form.last.data
    try:
        travelling.go_away(host.id, first, last, form.zone.data, AwayBy(form.by.data))
    except StaysOverlap:
        form.first.errors = [_("Choose other days: you are already elsewhere on one of these")]
        return _away_page(form), 422
    flash(_days_saved(host, first, last))
    return redirect(url_for("hours.hours"), 303)


@bp.post("/hours/away/<int(max=2147483647):away_id>/remove")
@staff
def remove_away(away_id: int) -> ResponseReturnValue:
    """Back to the clock at home for these days."""
    try:
        travelling.stay_home(_host().id, away_id)
    except NoSuchPlace:
        abort(404)
    flash(_("Your hours are kept at home again on these days."))
    return redirect(url_for("hours.hours"), 303)


@bp.get("/block")
@staff
def block() -> ResponseReturnValue:
    today = clock.now().astimezone(zone(_host().zone)).date()
    return _block_page(BlockForm(formdata=None, data={"first": today}))


@bp.post("/block")
@staff
def block_time() -> ResponseReturnValue:
    form, host = BlockForm(), _host()
    if not form.validate():
        return _block_page(form), 422
    where = zone(host.zone)
    begins = instant_of(form.first.data, form.opens.data, where)
    ends = instant_of(form.last.data or form.first.data, form.closes.data, where)
    try:
        desk_operations.block_time(host.id, begins.at, ends.at, form.word.data or "", now=clock.now())
    except BadTime:
        form.closes.errors = [_("Choose an end after the beginning, within a month")]
        return _block_page(form), 422
    except TimeTaken:
        form.opens.errors = [_("There is a session, or other blocked time, within these hours")]
        return _block_page(form), 409
    flash(_blocked(begins.reading, ends.reading))
    return redirect(url_for("desk.day", day=form.first.data), 303)


@bp.post("/block/<uuid:block_id>/free")
@staff
def unblock(block_id: UUID) -> ResponseReturnValue:
    """Give a blocked time free again, and stay on its day."""
    try:
        begins = desk_operations.unblock_time(_host().id, block_id, now=clock.now())
    except NoSuchPlace:
        abort(404)
    flash(_("That time is free again."))
    return redirect(url_for("desk.day", day=begins.astimezone(zone(_host().zone)).date()), 303)


def _host() -> CoachRow:
    return coach(current_user.coach_id)


def _away_page(form: AwayForm) -> str:
    return _hours_page(sheet_of(queries.week_hours(_host().id)), DaysForm(formdata=None), form)


def _hours_page(sheet: WeekSheet, form: DaysForm, away: AwayForm | None = None) -> str:
    host, now = _host(), clock.now()
    today = now.astimezone(zone(host.zone)).date()
    errors = [(f"{row.key}-from", TROUBLES[row.trouble]) for row in sheet.troubles if row.trouble]
    away = away or AwayForm(formdata=None)
    return render_template(
        "desk/hours.html",
        host=host,
        sheet=sheet,
        form=form,
        away=away,
        errors=errors or form.summary() or away.summary(),
        troubles=TROUBLES,
        stretches=_stretches(queries.day_exceptions(host.id, today)),
        stays=queries.stays_from(host.id, today),
        zones=zone_choices(all_zones(), now),
    )


def _stretches(days: list[DayException]) -> list[tuple[date, date, tuple[tuple[int, int], ...]]]:
    """Days next to each other with the same hours, as (first, last, hours)."""
    numbered = enumerate(days)
    together = groupby(numbered, key=lambda pair: (pair[1].date - timedelta(days=pair[0]), pair[1].openings))
    runs = ([day for _number, day in run] for _key, run in together)
    return [(run[0].date, run[-1].date, run[0].openings) for run in runs]


def _days_saved(host: CoachRow, first: date, last: date) -> str:
    start, end = local_days(first, last, zone(host.zone))
    stands = len(queries.sessions_between(host.id, start, end)) + len(dates_between(host.id, start, end))
    if not stands:
        return _("These days are saved.")
    return ngettext(
        "These days are saved. One session is booked on them and stays until you cancel it.",
        "These days are saved. %(num)s sessions are booked on them and stay until you cancel them.",
        stands,
    )


def _blocked(*readings: Reading) -> str:
    if Reading.MOVED in readings:
        return _("That time is yours. The clocks change then, so it begins or ends an hour later than typed.")
    return _("That time is yours.")


def _block_page(form: BlockForm) -> str:
    host = _host()
    return render_template("desk/block.html", form=form, host=host, errors=form.summary())

"""Sessions that repeat: every day shown before they are booked, with what stands in the way of some."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from coachapp import clock
from coachapp.booking import queries, series
from coachapp.booking.desk_forms import BookForm
from coachapp.booking.rules import TimeTaken
from coachapp.booking.wall import Reading, repeated
from coachapp.clients.rules import ClientRow
from coachapp.config import settings
from coachapp.notifications import texts
from coachapp.practice.queries import practice
from coachapp.practice.rules import CoachRow, OfferingRow
from coachapp.safe_contact.queries import gate
from coachapp.safe_contact.rules import Verdict
from coachapp.zones import zone


@dataclass(frozen=True)
class SeriesDay:
    """One day of a series. `taken`: something of the coach's lies there. `ticked`: it is to be booked."""

    day: date
    starts_at: datetime
    ends_at: datetime
    reading: Reading
    taken: bool
    ticked: bool


def check_page(form: BookForm, person: ClientRow, offering: OfferingRow, host: CoachRow) -> str:
    """Every day with what clashes or falls into a clock change; all that is free is ticked."""
    return _page(form, person, offering, host, _days(form, offering, host, None))


def book(form: BookForm, person: ClientRow, offering: OfferingRow, host: CoachRow) -> ResponseReturnValue:
    """Book the days that are ticked, all or none."""
    days = _days(form, offering, host, set(request.form.getlist("on")))
    chosen = [each for each in days if each.ticked]
    if not chosen:
        return _page(form, person, offering, host, days, _("Tick at least one day")), 422
    try:
        if any(each.taken for each in chosen):
            raise TimeTaken
        starts = [each.starts_at for each in chosen]
        series.book_series(
            offering,
            person.id,
            person.zone,
            starts,
            settings().base_url,
            now=clock.now(),
            actor=current_user.account_id,
        )
    except TimeTaken:
        now_free = _days(form, offering, host, set(request.form.getlist("on")))
        error = _("A day was taken meanwhile, and nothing is booked yet. Look at the days once more.")
        return _page(form, person, offering, host, now_free, error), 409
    flash(ngettext("%(num)s session is booked.", "%(num)s sessions are booked.", len(chosen)))
    return redirect(url_for("desk.sessions", ref=person.ref), 303)


def _days(form: BookForm, offering: OfferingRow, host: CoachRow, on: set[str] | None) -> list[SeriesDay]:
    """The days of the series in order; `on` holds those that are ticked (None: all of them)."""
    found = repeated(form.day.data, form.at.data, zone(host.zone), form.weeks, form.times.data)
    length = timedelta(minutes=offering.length_min)
    taken = queries.occupied(host.id, [(each.at, each.at + length) for each in found.values()])
    return [
        SeriesDay(day, each.at, each.at + length, each.reading, is_taken, on is None or day.isoformat() in on)
        for (day, each), is_taken in zip(found.items(), taken, strict=True)
    ]


def _page(
    form: BookForm,
    person: ClientRow,
    offering: OfferingRow,
    host: CoachRow,
    days: list[SeriesDay],
    error: str = "",
) -> str:
    verdict = gate(person.id, booked=True, now=clock.now())
    return render_template(
        "desk/book_series.html",
        form=form,
        person=person,
        offering=offering,
        host=host,
        days=days,
        how_often=form.how_often,
        error=error,
        errors=[("days", error)] if error else [],
        verdict=verdict,
        mail=_mail(person, days, verdict),
    )


def _mail(person: ClientRow, days: list[SeriesDay], verdict: Verdict) -> texts.Text | None:
    """The words that would leave for the days that are ticked; None when nothing does."""
    times = [(each.starts_at, each.ends_at) for each in days if each.ticked and not each.taken]
    if verdict.address is None or not times:
        return None
    link = f"{settings().base_url}/b/…" if verdict.with_link else None
    return texts.booked_often(practice().mail_subject, times, person.zone, link)

"""What the pages share on which a time is chosen: the zone in use, the month and the times of one day."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import current_app, request, session
from markupsafe import Markup

from coachapp import clock
from coachapp.booking import queries
from coachapp.booking.picker import Picker, picker_for, read_day, read_month, without
from coachapp.booking.rules import PlaceRow
from coachapp.practice.queries import coach, offering_by_id
from coachapp.practice.rules import CoachRow, NoSuchOffering, OfferingRow
from coachapp.web.words import locale
from coachapp.zones import WELL_KNOWN, UnknownZone, zone, zone_choices


@dataclass(frozen=True)
class _Written:
    """What the month and the day are written with besides the times themselves."""

    offering: OfferingRow
    host: CoachRow
    tz: str
    go: str
    after: str
    error: str
    with_price: bool
    language: str


def single_of(package: OfferingRow) -> OfferingRow | None:
    """What the sessions of a package are, if the package is sold here and they can be booked."""
    if not package.is_sold or package.pays_for_id is None:
        return None
    try:
        single = offering_by_id(package.pays_for_id)
    except NoSuchOffering:
        return None
    return single if single.active and single.is_bookable and single.coach_id == package.coach_id else None


def as_first(package: OfferingRow, single: OfferingRow) -> OfferingRow:
    """The single session as the first time of a package: its times, at the package's name, price and address."""
    return replace(single, slug=f"{package.slug}/first", title=package.title, price=package.price)


def present_zone(asked: str | None, otherwise: str) -> str:
    """The zone asked for, else the one remembered, else `otherwise`; a wrong name is passed over."""
    for name in (asked, session.get("tz")):
        try:
            key = zone(name or "").key
        except UnknownZone:
            continue
        if name == asked and request.method == "POST":
            session["tz"] = key
        return key
    return otherwise


def typed_start() -> int | None:
    """The time that was chosen, in epoch minutes; None when none was."""
    start = request.form.get("slot", "")
    return int(start) if start.isascii() and start.isdigit() and len(start) <= 9 else None


def choices(
    offering: OfferingRow,
    key: str,
    *,
    go: str,
    after: str,
    error: str = "",
    moving: PlaceRow | None = None,
    picked: str | None = None,
) -> dict[str, Any]:
    """What the page of an offering's free times shows, in the zone `key`; `moving` is the time they would replace.

    `go` is the button's word, `after` what happens when it is pressed, `error` what was wrong with the choice,
    `picked` the time (in epoch minutes) whose day is shown, where the form does not say it.
    """
    now, host = clock.now(), coach(offering.coach_id)
    where, there = zone(key), zone(host.zone)
    end = now + timedelta(days=offering.horizon_days + 2)
    days = queries.free_days(
        offering,
        now,
        end,
        where,
        now=now,
        leaving_out=moving.appointment_id if moving else None,
    )
    page = picker_for(
        without(days, moving.starts_at) if moving else days,
        offering.length_min,
        where,
        there,
        now,
        month=read_month(request.args.get("month", "")),
        day=read_day(request.args.get("day", "")) or _day_of(picked or request.form.get("slot", ""), key),
    )
    written = _Written(offering, host, key, go, after, error, with_price=moving is None, language=locale())
    return {
        "offering": offering,
        "host": host,
        "picker": page,
        "calendar": _calendar(page, written) if page.day else "",
        "tz": key,
        "zones": zone_choices(WELL_KNOWN, now, key, host.zone),
        "now": now,
    }


@lru_cache(maxsize=300)
def _calendar(page: Picker, around: _Written) -> Markup:
    """The month and the day as HTML, written once for all who see these very times in that zone and language."""
    template = current_app.jinja_env.get_template("booking/_picker.html")
    written = template.render(picker=page, **vars(around))
    return Markup(written)  # noqa: S704  # our own template, which escapes what is put into it


def _day_of(picked: str, key: str) -> date | None:
    """The local day of a time that was asked for, so that what is close to it is shown."""
    if not (picked.isascii() and picked.isdigit() and len(picked) <= 10):
        return None
    try:
        return datetime.fromtimestamp(int(picked) * 60, zone(key)).date()
    except (OverflowError, ValueError, OSError):
        return None

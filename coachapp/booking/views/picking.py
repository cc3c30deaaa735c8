"""What the pages share on which a time is chosen: the zone in use, the month and the times of one day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from flask import current_app, request, session
from flask_babel import gettext as _
from markupsafe import Markup

from coachapp import clock
from coachapp.booking import queries
from coachapp.booking.group_queries import open_dates
from coachapp.booking.picker import Picker, picker_for, read_day, read_month, without
from coachapp.booking.rules import PlaceRow
from coachapp.booking.slots import LocalDay, instant
from coachapp.practice.queries import coach, offering_by_id
from coachapp.practice.rules import CoachRow, NoSuchOffering, OfferingRow
from coachapp.web.words import locale
from coachapp.zones import WELL_KNOWN, UnknownZone, zone, zone_choices


@dataclass(frozen=True)
class _Written:
    """What the month and the day are written with besides the times themselves."""

    offering: OfferingRow
    host: CoachRow | None
    tz: str
    go: str
    after: str
    error: str
    with_price: bool
    language: str


class OpenDate(NamedTuple):
    """A date of a group with room: epoch minutes, and from when to when."""

    start: int
    starts_at: datetime
    ends_at: datetime


def single_of(package: OfferingRow) -> OfferingRow | None:
    """What the sessions of a package are, if the package is sold here and they can be booked."""
    if not package.is_sold or package.pays_for_id is None:
        return None
    try:
        single = offering_by_id(package.pays_for_id)
    except NoSuchOffering:
        return None
    is_ours = single.active and single.is_bookable and single.coach_id == package.coach_id
    return single if is_ours and not single.is_group else None


def as_first(package: OfferingRow, single: OfferingRow) -> OfferingRow:
    """The single session as the first time of a package: its times, at the package's name, price and address."""
    return replace(
        single,
        slug=f"{package.slug}/first",
        title=package.title,
        price=package.price,
        regular=package.regular,
        intro=package.intro,
    )


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


def typed_time() -> datetime | None:
    """The same as a time."""
    start = typed_start()
    return None if start is None else instant(start)


def none_chosen(offering: OfferingRow) -> str:
    """What is said when nothing was chosen."""
    return _("Choose one of the dates first") if offering.is_group else _("Choose one of the times first")


def choices(
    ways: Sequence[OfferingRow],
    key: str,
    *,
    go: str,
    after: str,
    error: str = "",
    moving: PlaceRow | None = None,
    gone: datetime | None = None,
) -> dict[str, Any]:
    """What the page of an offering's free times shows, in the zone `key`; `moving` is the time they would replace.

    `ways` is the offering as each coach gives it whose times are shown. `go` is the button's word, `after` what
    happens when it is pressed, `error` what was wrong with the choice, `gone` a time that is not shown; its day is,
    where the form says no other.
    """
    now, offering, hosts = clock.now(), ways[0], [coach(way.coach_id) for way in ways]
    where = zone(key)
    page = picker_for(
        _free_days(ways, where, now, moving, gone),
        offering.length_min,
        where,
        zone(_one_zone(hosts) or key),
        now,
        month=read_month(request.args.get("month", "")),
        day=read_day(request.args.get("day", "")) or _day_of(_picked(gone), key),
    )
    one = hosts[0] if len(hosts) == 1 else None
    written = _Written(offering, one, key, go, after, error, with_price=moving is None, language=locale())
    return {
        "offering": offering,
        "host": one,
        "picker": page,
        "calendar": _calendar(page, written) if page.day else "",
        "tz": key,
        "zones": zone_choices(WELL_KNOWN, now, key, *(host.zone for host in hosts)),
        "now": now,
    }


def _free_days(
    ways: Sequence[OfferingRow], where: tzinfo, now: datetime, moving: PlaceRow | None, gone: datetime | None
) -> Sequence[LocalDay]:
    """All there is to choose from: a time that moves does not stand in its own way, and is not offered again."""
    days = queries.free_days(
        ways,
        now,
        now + timedelta(days=ways[0].horizon_days + 2),
        where,
        now=now,
        leaving_out=moving.appointment_id if moving else None,
    )
    hidden = moving.starts_at if moving else gone
    return without(days, hidden) if hidden else days


def _one_zone(hosts: Sequence[CoachRow]) -> str | None:
    """The zone all of them share."""
    zones = {host.zone for host in hosts}
    return zones.pop() if len(zones) == 1 else None


def _picked(gone: datetime | None) -> str:
    """The time whose day is shown, in epoch minutes as a form says it: what was sent, else what is gone."""
    return request.form.get("slot", "") or (str(int(gone.timestamp()) // 60) if gone else "")


def dates(
    offering: OfferingRow,
    key: str,
    *,
    client_id: UUID | None = None,
    gone: datetime | None = None,
) -> dict[str, Any]:
    """What the page of a group's dates shows, in the zone `key`: when they are, and nothing of who or how many come.

    Left out are the dates in which this client has a seat, and the one that was just taken (`gone`).
    """
    now, host = clock.now(), coach(offering.coach_id)
    end = now + timedelta(days=offering.horizon_days + 2)
    found = open_dates(offering, now, end, now, client_id=client_id)
    shown = [OpenDate(int(each.starts_at.timestamp()) // 60, each.starts_at, each.ends_at) for each in found]
    return {
        "offering": offering,
        "host": host,
        "dates": [each for each in shown if each.starts_at != gone],
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

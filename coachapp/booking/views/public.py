"""Choosing a time: the page, the same times as JSON, and the hold."""

from datetime import date, datetime, timedelta

from flask import (
    Blueprint,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.booking import operations, queries
from coachapp.booking.admission import LinkInUse, NoSuchInvitation
from coachapp.booking.picker import picker_for, read_day, read_month
from coachapp.booking.rules import PlaceRow, TimeTaken
from coachapp.booking.slots import utc_text
from coachapp.booking.views import door, road
from coachapp.practice.queries import coach, offering
from coachapp.practice.rules import NoSuchOffering, OfferingRow
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import public
from coachapp.zones import WELL_KNOWN, UnknownZone, all_zones, local_days, zone, zone_choices

bp = Blueprint("booking", __name__, url_prefix="/book")

MOST_DAYS = 62
HOLDS = "200 per hour"


@bp.get("/<slug>")
@public
def pick(slug: str) -> ResponseReturnValue:
    """The month and the times of one day, in the person's zone."""
    chosen = _offering(slug)
    if not chosen.is_bookable:
        return render_template("booking/ask_about.html", offering=chosen)
    if not door.may_choose(door.guest_for(chosen)):
        return render_template("booking/by_invitation.html")
    return _pick_page(chosen)


@bp.get("/<slug>/times.json")
@public
def times(slug: str) -> ResponseReturnValue:
    """Free times as data; the contract's format."""
    try:
        chosen = _known(slug)
    except NoSuchOffering:
        return jsonify(error=_("There is no such offering.")), 404
    first, last = read_day(request.args.get("from", "")), read_day(request.args.get("to", ""))
    if first is None or last is None or last < first:
        return jsonify(error=_("`from` and `to` are dates like 2026-11-23, in this order.")), 400
    if (last - first).days >= MOST_DAYS:
        return jsonify(error=_("Ask for 62 days at most.")), 400
    try:
        where = zone(request.args.get("tz", "UTC"))
    except UnknownZone:
        return jsonify(error=_("`tz` is a time zone like Europe/Lisbon.")), 400
    return jsonify(_times_json(chosen, first, last, where.key))


@bp.post("/<slug>")
@public
def hold(slug: str) -> ResponseReturnValue:
    """Keep the chosen time and go on to the details."""
    chosen = _offering(slug)
    guest = door.guest_for(chosen)
    if not chosen.is_bookable or not door.may_choose(guest):
        return redirect(url_for("booking.pick", slug=slug), 303)
    limits.count(HOLDS, "hold", limits.network())
    key = _present_zone(chosen, request.form.get("tz"))
    start = request.form.get("slot", "")
    if not (start.isascii() and start.isdigit() and len(start) <= 9):
        return _pick_page(chosen, error=_("Choose one of the times first")), 422
    try:
        cookie = operations.hold_time(chosen, int(start), key, road.cookie(), now=clock.now(), guest=guest)
    except TimeTaken:
        return _pick_page(chosen, taken=True), 409
    except NoSuchInvitation:  # used, or ended, in this very moment
        return redirect(url_for("booking.pick", slug=slug), 303)
    except LinkInUse:
        return _being_paid()
    response = make_response(redirect(url_for("road.details"), 303))
    road.remember(response, cookie)
    return response


@bp.post("/<slug>/zone")
@public
def choose_zone(slug: str) -> ResponseReturnValue:
    """Remember the zone times are shown in."""
    _present_zone(_offering(slug), request.form.get("tz"))
    return redirect(url_for("booking.pick", slug=slug), 303)


@bp.get("/<slug>/zones")
@public
def zones(slug: str) -> ResponseReturnValue:
    """Every zone there is, for those whose city is not in the short list."""
    chosen = _offering(slug)
    return render_template(
        "booking/zones.html",
        offering=chosen,
        zones=zone_choices(all_zones(), clock.now()),
        tz=_present_zone(chosen, None),
    )


def taken_page(place: PlaceRow) -> ResponseReturnValue:
    """What is said when a time has been taken, with the times close to it. NoSuchOffering if it is put away."""
    start = int(place.starts_at.timestamp()) // 60
    return _pick_page(offering(place.slug), taken=True, picked=str(start)), 409


def _being_paid() -> ResponseReturnValue:
    return page(
        409,
        _("One link keeps one time"),
        _(
            "A time chosen with it is being paid for at the moment. Finish that, or let it go, and choose again."
        ),
    )


def _pick_page(
    chosen: OfferingRow, *, error: str = "", taken: bool = False, picked: str | None = None
) -> str:
    now, host = clock.now(), coach(chosen.coach_id)
    key = _present_zone(chosen, request.values.get("tz"), host.zone)
    where, there = zone(key), zone(host.zone)
    start, end = now, now + timedelta(days=chosen.horizon_days + 2)
    days = queries.free_days(chosen, start, end, where, now=now, host_zone=there)
    picked = request.form.get("slot", "") if picked is None else picked
    shown = picker_for(
        days,
        chosen.length_min,
        where,
        there,
        now,
        month=read_month(request.args.get("month", "")),
        day=read_day(request.args.get("day", "")) or _day_of(picked, key),
    )
    return render_template(
        "booking/pick.html",
        offering=chosen,
        host=host,
        picker=shown,
        tz=key,
        zones=zone_choices(WELL_KNOWN, now, key, host.zone),
        now=now,
        error=error,
        taken=taken,
        asks=door.will_ask(door.guest_for(chosen)),
    )


def _times_json(chosen: OfferingRow, first: date, last: date, key: str) -> dict[str, object]:
    where = zone(key)
    start, end = local_days(first, last, where)
    now = clock.now()
    shows = chosen.is_bookable and door.may_choose(door.guest_for(chosen))
    days = queries.free_days(chosen, start, end, where, now=now) if shows else []
    return {
        "offering": chosen.slug,
        "tz": key,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": [
            {
                "date": day.date.isoformat(),
                "times": [{"start": utc_text(time.start), "local": time.local} for time in day.times],
            }
            for day in days
        ],
    }


def _offering(slug: str) -> OfferingRow:
    try:
        return _known(slug)
    except NoSuchOffering:
        abort(404)


def _known(slug: str) -> OfferingRow:
    """The offering with this address. A zero byte is no letter of any address, and PostgreSQL takes none in a text."""
    if "\0" in slug:
        raise NoSuchOffering
    return offering(slug)


def _present_zone(chosen: OfferingRow, asked: str | None, host_zone: str | None = None) -> str:
    """The zone asked for, else the one remembered, else the coach's; a wrong name is passed over."""
    for name in (asked, session.get("tz")):
        try:
            key = zone(name or "").key
        except UnknownZone:
            continue
        if name == asked and request.method == "POST":
            session["tz"] = key
        return key
    return host_zone or coach(chosen.coach_id).zone


def _day_of(picked: str, key: str) -> date | None:
    """The local day of a time that was asked for, so that what is close to it is shown."""
    if not (picked.isascii() and picked.isdigit() and len(picked) <= 10):
        return None
    try:
        return datetime.fromtimestamp(int(picked) * 60, zone(key)).date()
    except (OverflowError, ValueError, OSError):
        return None

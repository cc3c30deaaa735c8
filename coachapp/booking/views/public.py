"""Choosing a time: the page, the same times as JSON, and the hold."""

from datetime import date
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock
from coachapp.booking import around, holding, queries
from coachapp.booking.admission import Guest, LinkInUse, NoSuchInvitation
from coachapp.booking.outside.operations import refresh_for_hold
from coachapp.booking.picker import read_day
from coachapp.booking.rules import PlaceRow, TimeTaken
from coachapp.booking.slots import utc_text
from coachapp.booking.views import door, picking, road
from coachapp.practice.queries import coach, offering
from coachapp.practice.rules import NoSuchOffering, OfferingRow
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import public
from coachapp.zones import UnknownZone, all_zones, local_days, zone, zone_choices

bp = Blueprint("booking", __name__, url_prefix="/book")

MOST_DAYS = 62
HOLDS = "200 per hour"


@bp.get("/<slug>")
@public
def pick(slug: str) -> ResponseReturnValue:
    """The month and the times of one day, in the person's zone."""
    chosen = _offering(slug)
    if not chosen.is_bookable:
        return _package_page(chosen)
    if not door.may_choose(door.guest_for(chosen)):
        return render_template("booking/by_invitation.html")
    return pick_page(chosen)


@bp.get("/<slug>/times.json")
@public
def times(slug: str) -> ResponseReturnValue:
    """Free times as data; the contract's format."""
    try:
        chosen = known(slug)
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
    return keep(chosen, guest)


def keep(chosen: OfferingRow, guest: Guest, buys: UUID | None = None) -> ResponseReturnValue:
    """Keep the time that was chosen; `buys` is the package it is to be the first time of."""
    limits.count(HOLDS, "hold", limits.network())
    key = _present_zone(chosen, request.form.get("tz"))
    start = picking.typed_start()
    if start is None:
        return pick_page(chosen, error=_("Choose one of the times first")), 422
    refresh_for_hold(chosen.coach_id, now=clock.now())
    try:
        offered = door.as_offered(chosen, guest)
        cookie = holding.hold_time(
            offered, start, key, road.cookie(), now=clock.now(), guest=guest, buys=buys
        )
    except TimeTaken:
        return pick_page(chosen, taken=True), 409
    except NoSuchInvitation:  # used, or ended, in this very moment
        return redirect(f"/book/{chosen.slug}", 303)
    except LinkInUse:
        return _being_paid()
    has_one = buys is None and door.has_session_left(chosen, guest)
    response = make_response(redirect(url_for("crediting.look" if has_one else "road.details"), 303))
    road.remember(response, cookie)
    return response


@bp.post("/<slug>/zone")
@public
def choose_zone(slug: str) -> ResponseReturnValue:
    """Remember the zone times are shown in; for a client who is signed in it is where she is now."""
    key = _present_zone(_offering(slug), request.form.get("tz"))
    if current_user.is_active and current_user.client_id and key == request.form.get("tz"):
        around.change_zone(current_user.client_id, key, now=clock.now())
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
    chosen = offering(place.slug)
    chosen = picking.as_first(place.buys, chosen) if place.buys else chosen
    return pick_page(chosen, taken=True, picked=str(start)), 409


def _being_paid() -> ResponseReturnValue:
    return page(
        409,
        _("One link keeps one time"),
        _(
            "A time chosen with it is being paid for at the moment. Finish that, or let it go, and choose again."
        ),
    )


def _package_page(chosen: OfferingRow) -> str:
    """A package: bought here if its kind of session can be booked, else shown with a way to ask."""
    single = picking.single_of(chosen)
    if single is None:
        return render_template("booking/ask_about.html", offering=chosen)
    guest = door.guest_for(single)
    if not door.may_choose(guest):
        return render_template("booking/by_invitation.html")
    return render_template("booking/package.html", offering=chosen, single=single, asks=door.will_ask(guest))


def pick_page(chosen: OfferingRow, *, error: str = "", taken: bool = False, picked: str | None = None) -> str:
    """The page on which a time is chosen, with what went wrong if something did."""
    key = _present_zone(chosen, request.values.get("tz"))
    guest = door.guest_for(chosen)
    asks = door.will_ask(guest)
    after = _(
        "When you continue, this time is kept for you for 40 minutes. If it runs out you can choose again."
    )
    if asks:
        name = coach(chosen.coach_id).first_name
        first = _("A first booking waits for %(name)s to say yes; nothing is paid before.", name=name)
        after = f"{after} {first}"
    offered = door.as_offered(chosen, guest)
    shown = picking.choices(offered, key, go=_("Continue"), after=after, error=error, picked=picked)
    return render_template("booking/pick.html", **shown, error=error, taken=taken, asks=asks)


def _times_json(chosen: OfferingRow, first: date, last: date, key: str) -> dict[str, object]:
    where = zone(key)
    start, end = local_days(first, last, where)
    now = clock.now()
    guest = door.guest_for(chosen)
    shows = chosen.is_bookable and door.may_choose(guest)
    offered = door.as_offered(chosen, guest)
    days = queries.free_days(offered, start, end, where, now=now) if shows else []
    return {
        "offering": chosen.slug,
        "tz": key,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "days": [
            {
                "date": day.date.isoformat(),
                "times": [
                    {"start": utc_text(start), "local": label}
                    for start, label in zip(day.starts, day.labels, strict=True)
                ],
            }
            for day in days
        ],
    }


def _offering(slug: str) -> OfferingRow:
    try:
        return known(slug)
    except NoSuchOffering:
        abort(404)


def known(slug: str) -> OfferingRow:
    """The offering with this address. A zero byte is no letter of any address, and PostgreSQL takes none in a text."""
    if "\0" in slug:
        raise NoSuchOffering
    return offering(slug)


def _present_zone(chosen: OfferingRow, asked: str | None) -> str:
    return picking.present_zone(asked, coach(chosen.coach_id).zone)

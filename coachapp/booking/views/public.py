"""Choosing a time: the page, the same times as JSON, and the hold."""

from datetime import date, datetime
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
from coachapp.booking import around, choosing, prices, queries
from coachapp.booking.admission import Guest, LinkInUse, NoSuchInvitation
from coachapp.booking.outside.operations import refresh_for_hold
from coachapp.booking.picker import read_day
from coachapp.booking.rules import PlaceRow, TimeTaken
from coachapp.booking.seats import own_seats
from coachapp.booking.slots import utc_text
from coachapp.booking.views import door, picking, road, whom
from coachapp.practice.queries import coach, offering
from coachapp.practice.rules import NoSuchOffering, OfferingRow
from coachapp.web import limits
from coachapp.web.errors import page
from coachapp.web.guards import public
from coachapp.web.words import any_of
from coachapp.zones import UnknownZone, all_zones, local_days, zone, zone_choices

bp = Blueprint("booking", __name__, url_prefix="/book")

MOST_DAYS = 62
HOLDS = "200 per hour"


@bp.get("/<slug>")
@public
def pick(slug: str) -> ResponseReturnValue:
    """The month and the times of one day, or the dates of a group, in the person's zone."""
    chosen = _offering(slug)
    if chosen.is_question:
        return redirect(f"/ask/{slug}", 303)
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
    ways = door.ways(chosen, door.guest_for(chosen))
    if "with" in request.args:
        ways = whom.named(ways, request.args["with"])
    if not ways:
        return jsonify(error=_("`with` names nobody who gives this.")), 400
    return jsonify(_times_json(chosen, ways, first, last, where.key))


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
        return pick_page(chosen, error=picking.none_chosen(chosen)), 422
    try:
        ways = whom.sent(door.ways(chosen, guest))
        refresh_for_hold(*(way.coach_id for way in ways), now=clock.now())
        code = prices.code_on(road.cookie())
        cookie = choosing.hold_with_one(
            ways, start, key, road.cookie(), now=clock.now(), guest=guest, buys=buys
        )
    except TimeTaken:
        return pick_page(chosen, taken=True), 409
    except NoSuchInvitation:  # used, or ended, in this very moment
        return redirect(f"/book/{chosen.slug}", 303)
    except LinkInUse:
        return _being_paid()
    prices.bring_code(cookie, code, now=clock.now())
    has_one = buys is None and door.has_session_left(chosen, guest)
    response = make_response(redirect(url_for("crediting.look" if has_one else "details.details"), 303))
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


@bp.post("/<slug>/with")
@public
def choose_whom(slug: str) -> ResponseReturnValue:
    """Remember with whom, where several coaches give it; nothing of it stands in an address."""
    _offering(slug)
    whom.remember()
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
    chosen, bought = offering(place.slug), place.buys
    chosen = picking.as_first(door.at_her_price(bought), chosen) if bought else door.at_her_price(chosen)
    return pick_page(chosen, taken=True, gone=place.starts_at), 409


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
        return render_template("booking/ask_about.html", offering=chosen, host=coach(chosen.coach_id))
    guest = door.guest_for(single)
    if not door.may_choose(guest):
        return render_template("booking/by_invitation.html")
    return render_template(
        "booking/package.html",
        offering=chosen,
        single=single,
        asks=door.will_ask(guest),
        parts=door.parts_of(chosen, guest),
    )


def pick_page(
    chosen: OfferingRow, *, error: str = "", taken: bool = False, gone: datetime | None = None
) -> str:
    """The page on which a time is chosen, with what went wrong if something did.

    `gone` is a time that is said to be taken, whoever else may be free then.
    """
    if chosen.is_group:
        return _dates_page(chosen, error=error, taken=taken, gone=gone)
    key, guest = _present_zone(chosen, request.values.get("tz")), door.guest_for(chosen)
    everyone = door.ways(chosen, guest)
    ways = [door.as_priced(each, guest) for each in whom.shown(everyone)]
    hosts = [coach(way.coach_id) for way in everyone]
    names = whom.called(hosts)
    who, asks = any_of([names[way.coach_id] for way in ways]), door.will_ask(guest)
    shown = picking.choices(ways, key, go=_("Continue"), after=_after(who, asks), error=error, gone=gone)
    return render_template(
        "booking/pick.html",
        **shown,
        full=chosen.price,
        parts=door.parts_of(ways[0], guest),
        error=error,
        taken=taken,
        asks=asks,
        everyone=hosts,
        names=names,
        who=who,
    )


def _dates_page(chosen: OfferingRow, *, error: str, taken: bool, gone: datetime | None) -> str:
    """The dates of a group, which one coach gives."""
    key, guest = _present_zone(chosen, request.values.get("tz")), door.guest_for(chosen)
    asks, gone = door.will_ask(guest), gone or (picking.typed_time() if taken else None)
    known = None if guest.booked_by == "link" else guest.client_id
    hers = [(each, queries.place_token(each.id)) for each in own_seats(known, chosen.id, clock.now())]
    return render_template(
        "booking/dates.html",
        **picking.dates(chosen, key, client_id=guest.client_id, gone=gone),
        after=_after(coach(chosen.coach_id).first_name, asks),
        parts=door.parts_of(chosen, guest),
        error=error,
        taken=taken,
        asks=asks,
        hers=hers,
        has_this=any(each.starts_at == gone for each, _token in hers),
    )


def _after(who: str, asks: bool) -> str:
    """What happens when the button below the times is pressed."""
    kept = _(
        "When you continue, this time is kept for you for 40 minutes. If it runs out you can choose again."
    )
    said = [kept]
    if asks:
        said.append(_("A first booking waits for %(name)s to say yes; nothing is paid before.", name=who))
    if road.has_answer():
        said.append(_("The time that is kept for you already is let go then."))
    return " ".join(said)


def _times_json(
    chosen: OfferingRow, ways: list[OfferingRow], first: date, last: date, key: str
) -> dict[str, object]:
    where = zone(key)
    start, end = local_days(first, last, where)
    shows = chosen.is_bookable and door.may_choose(door.guest_for(chosen))
    days = queries.free_days(ways, start, end, where, now=clock.now()) if shows else []
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
    """The offering with this address, at her price. A zero byte is no letter of any address,
    and PostgreSQL takes none in a text."""
    if "\0" in slug:
        raise NoSuchOffering
    return door.at_her_price(offering(slug))


def _present_zone(chosen: OfferingRow, asked: str | None) -> str:
    return picking.present_zone(asked, coach(chosen.coach_id).zone)

"""The waiting list as its people see it: ask to be told of another time, see how that stands, leave it again."""

from datetime import date, datetime, timedelta
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock, vault
from coachapp.booking import queries, wait_queries, waiting
from coachapp.booking.views import door, picking, road
from coachapp.booking.wait_forms import JoinForm, WaitForm
from coachapp.booking.wait_rules import USUAL_WAIT_DAYS, NotWaiting, WaitRow
from coachapp.booking.waiting import Newcomer, Wish
from coachapp.clients.queries import client
from coachapp.notifications import texts
from coachapp.practice.queries import coach, offering, practice
from coachapp.practice.rules import NoSuchOffering, OfferingRow
from coachapp.safe_contact.forms import UNSURE
from coachapp.safe_contact.queries import contact
from coachapp.web import limits
from coachapp.web.guards import public
from coachapp.zones import zone

bp = Blueprint("later", __name__, url_prefix="/book/<slug>/later")

JOINS = "20 per day"


@bp.get("")
@public
def show(slug: str) -> ResponseReturnValue:
    """How her place on the list stands, or the form that asks for one."""
    chosen = _offering(slug)
    line = _present_line(chosen)
    if line is not None:
        return _line_page(line, chosen)
    if not _may_join(chosen):
        return _elsewhere(chosen)
    return _form_page(chosen, _form(chosen, fresh=True))


@bp.post("")
@public
def join(slug: str) -> ResponseReturnValue:
    """Put her on the list; a client who is on it already changes what suits her."""
    chosen = _offering(slug)
    if not _may_join(chosen):
        return _elsewhere(chosen)
    form = _form(chosen)
    limits.count(JOINS, "wait", limits.network())
    if not form.validate():
        return _form_page(chosen, form), 422
    wish, here = Wish(form.suits, _zone(chosen), form.last.data), url_for("later.show", slug=slug)
    own = _own(chosen)
    if own is not None:
        waiting.join_known(chosen, own, wish, now=clock.now())
        return redirect(here, 303)
    who = Newcomer(form.name.data, form.chosen_inbox, form.email.data, form.email.data)
    response = make_response(redirect(here, 303))
    road.remember(response, waiting.join(chosen, wish, who, once=form.once.data or "", now=clock.now()))
    return response


@bp.post("/leave")
@public
def leave(slug: str) -> ResponseReturnValue:
    """Off the list, at once and without a question."""
    chosen = _offering(slug)
    line = _present_line(chosen)
    if line is not None:
        waiting.leave(line.id, now=clock.now())
        flash(_("You are off the list. Nothing is sent."))
    return redirect("/me/" if _own(chosen) else url_for("practice.offerings_list"), 303)


def _present_line(chosen: OfferingRow) -> WaitRow | None:
    """The line of whoever is here: of the client who is signed in, or the one this browser has asked for or opened."""
    own = _own(chosen)
    try:
        if own is not None:
            found = wait_queries.wait_of(own, chosen.id)
        elif road.is_covered():
            return None
        else:
            found = wait_queries.wait_by_road(road.cookie() or "")
    except NotWaiting:
        return None
    return found if found.offering_id == chosen.id and found.ends_at > clock.now() else None


def _own(chosen: OfferingRow) -> UUID | None:
    """The client who is signed in. A link made for a client does not show that it is she, so that one counts as new."""
    guest = door.guest_for(chosen)
    return None if guest.booked_by == "link" else guest.client_id


def _may_join(chosen: OfferingRow) -> bool:
    return chosen.active and chosen.is_bookable and door.may_choose(door.guest_for(chosen))


def _elsewhere(chosen: OfferingRow) -> ResponseReturnValue:
    """Where the times of this offering stand, or what is said in their place."""
    if not chosen.active:
        abort(404)
    return redirect(url_for("booking.pick", slug=chosen.slug), 303)


def _offering(slug: str) -> OfferingRow:
    """Also one that was put away: whoever waits for it can still look, and leave. The dates of a group have no list."""
    try:
        if "\0" in slug:
            raise NoSuchOffering
        found = offering(slug, with_inactive=True)
    except NoSuchOffering:
        abort(404)
    if found.is_group:
        abort(404)
    return found


def _zone(chosen: OfferingRow) -> str:
    """Her own zone if she is signed in, else the one she looked at the times in."""
    own = _own(chosen)
    return client(own).zone if own else picking.present_zone(None, coach(chosen.coach_id).zone)


def _today(chosen: OfferingRow) -> date:
    return clock.now().astimezone(zone(_zone(chosen))).date()


def _form(chosen: OfferingRow, *, fresh: bool = False) -> JoinForm | WaitForm:
    today, horizon = _today(chosen), chosen.horizon_days
    data = {"last": today + timedelta(days=min(USUAL_WAIT_DAYS, horizon)), "once": vault.new_token()}
    more = {"formdata": None, "data": data} if fresh else {}
    kind = WaitForm if _own(chosen) else JoinForm
    return kind(today=today, horizon_days=horizon, **more)


def _form_page(chosen: OfferingRow, form: JoinForm | WaitForm) -> str:
    return render_template(
        "booking/later.html",
        offering=chosen,
        form=form,
        tz=_zone(chosen),
        host=coach(chosen.coach_id),
        example=_example(chosen, clock.now()),
        unsure=UNSURE,
    )


def _example(chosen: OfferingRow, now: datetime) -> texts.Text:
    """The mail as it would leave into an inbox someone else may see."""
    sharp = now.replace(minute=0, second=0, microsecond=0)
    at, until = sharp + timedelta(days=3), sharp + timedelta(days=1)
    ends = at + timedelta(minutes=chosen.length_min)
    return texts.kept(practice().mail_subject, at, ends, until, _zone(chosen), None)


def _line_page(line: WaitRow, chosen: OfferingRow) -> str:
    kept = wait_queries.kept_for(line.id)
    return render_template(
        "booking/later_listed.html",
        line=line,
        offering=chosen,
        host=coach(line.coach_id),
        contact=contact(line.client_id),
        words=None if _own(chosen) else wait_queries.wait_code(line.id),
        kept=kept,
        kept_token=queries.place_token(kept.id) if kept else None,
    )

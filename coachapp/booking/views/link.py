"""A link to choose a time, as whoever holds it sees it: what it is for, and a button that leads on."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking import link_queries
from coachapp.booking.admission import InvitationRow, NoSuchInvitation
from coachapp.booking.views import door
from coachapp.practice.queries import coach, offerings
from coachapp.practice.rules import OfferingRow
from coachapp.web.guards import token

bp = Blueprint("link", __name__, url_prefix="/i")


@bp.errorhandler(NoSuchInvitation)
def ended(error: NoSuchInvitation) -> ResponseReturnValue:
    """The same page for a link that is unknown, revoked, used or over."""
    return render_template("booking/link_ended.html"), 404


@bp.get("/<token>")
@token
def show(token: str) -> ResponseReturnValue:
    row = link_queries.open_by_token(token, clock.now())
    host = coach(row.coach_id)
    return render_template("booking/link.html", link=row, token=token, host=host, offering=_for_one(row))


@bp.post("/<token>")
@token
def use(token: str) -> ResponseReturnValue:
    """Choose with this link in this browser; it is used up only by a time that is booked or asked for."""
    row = link_queries.open_by_token(token, clock.now())
    chosen = _for_one(row)
    door.remember(row)
    if chosen is None:
        return redirect(url_for("practice.offerings_list"), 303)
    return redirect(url_for("booking.pick", slug=chosen.slug), 303)


def _for_one(row: InvitationRow) -> OfferingRow | None:
    """The one offering a link is for, or None for any; NoSuchInvitation once that one is put away."""
    if row.offering_id is None:
        return None
    for each in offerings(with_unlisted=True):
        if each.id == row.offering_id:
            return each
    raise NoSuchInvitation

"""The coach's feed: her times in neutral words, for a calendar that knows its secret address."""

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from coachapp import clock
from coachapp.booking.calendar_mail import feed
from coachapp.practice.own_calendar import NoSuchFeed, coach_of_feed
from coachapp.web import limits
from coachapp.web.guards import token

bp = Blueprint("feed", __name__)

FETCHES = "240 per hour"


@bp.get("/c/<token>.ics")
@token
def show(token: str) -> ResponseReturnValue:
    """Neither kept by anything on the way nor changed by looking. Unknown or taken back: 404."""
    try:
        coach_id = coach_of_feed(token)
    except NoSuchFeed:
        abort(404)
    limits.count(FETCHES, "feed", str(coach_id))
    headers = {"Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "no-store"}
    return Response(feed(coach_id, now=clock.now()), headers=headers)

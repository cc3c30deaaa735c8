"""Whose appointment an address is about, and how much of it this browser may see."""

from flask import abort
from flask_login import current_user

from coachapp.booking import queries
from coachapp.booking.rules import AppointmentState, NoSuchPlace, PlaceRow
from coachapp.booking.views import road
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox

SHOWN = (AppointmentState.CONFIRMED, AppointmentState.CANCELLED)


def place_of(token: str) -> PlaceRow:
    """The booked or cancelled place behind an address; 404."""
    try:
        found = queries.place_by_token(token)
    except NoSuchPlace:
        abort(404)
    if found.state not in SHOWN:
        abort(404)
    return found


def place_in_full(token: str) -> PlaceRow:
    """The same, for what only someone who may see all of it does; 404 for everyone else."""
    place = place_of(token)
    if not may_see_all(place):
        abort(404)
    return place


def may_see_all(place: PlaceRow) -> bool:
    """Signed in, it is hers. The link alone is enough only when it went into an inbox nobody else reads.

    Everywhere else, and from the moment she said that things have changed, the return code is asked.
    """
    if road.is_about(place) or is_hers(place):
        return True
    known = contact(place.client_id) if place.client_id else None
    return known is not None and known.inbox is Inbox.ONLY_ME and known.stopped_at is None


def is_hers(place: PlaceRow) -> bool:
    """Whether the client of this place is signed in here."""
    return (
        place.client_id is not None and current_user.is_active and current_user.client_id == place.client_id
    )

"""Whose appointment an address is about, and how much of it this browser may see."""

from flask import abort
from flask_login import current_user

from coachapp.booking import queries
from coachapp.booking.rules import NoSuchPlace, PlaceRow, Standing
from coachapp.booking.views import road
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox

BOOKED = frozenset((Standing.BOOKED, Standing.CANCELLED))


def place_of(token: str, shown: frozenset[Standing] = BOOKED) -> PlaceRow:
    """The booked or cancelled time behind a link, or what else is `shown`, whoever follows it; 404 for all the rest."""
    try:
        found = queries.place_by_token(token)
    except NoSuchPlace:
        abort(404)
    if found.standing not in shown:
        abort(404)
    return found


def place_in_full(token: str, shown: frozenset[Standing] = BOOKED) -> PlaceRow:
    """The same for whoever may see and change it; 404 for everyone else."""
    place = place_of(token, shown)
    if not may_see_all(place):
        abort(404)
    return place


def hers_alone(token: str) -> PlaceRow:
    """A place in full, for what tells of the client herself; 404 for whoever merely holds a link made for her."""
    place = place_in_full(token)
    if tells_nothing(place):
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


def tells_nothing(place: PlaceRow) -> bool:
    """Whether the page keeps silent about the client: somebody booked with a link made for her, and may be anyone."""
    return place.is_by_link and not is_hers(place)


def is_hers(place: PlaceRow) -> bool:
    """Whether the client of this place is signed in here."""
    return (
        place.client_id is not None and current_user.is_active and current_user.client_id == place.client_id
    )

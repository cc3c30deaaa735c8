"""Whose a session is at the desk: its coach's, who gives it, also where the client's record is a colleague's."""

from uuid import UUID

from flask import abort, url_for
from flask_login import current_user

from coachapp.booking import queries
from coachapp.booking.rules import NoSuchPlace, PlaceRow
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow, State


def own_session(ref: str, place_id: UUID) -> tuple[ClientRow, PlaceRow]:
    """A session this coach gives, with its client; 404 for everyone else's, the record's own coach among them."""
    try:
        place = queries.place(place_id)
    except NoSuchPlace:
        abort(404)
    if place.coach_id != current_user.coach_id or place.client_id is None:
        abort(404)
    person = client(place.client_id)
    if person.ref != ref or person.state is State.ASKED:
        abort(404)
    return person, place


def is_own_client(person: ClientRow) -> bool:
    """Whether her record is this coach's; of a colleague's client only the session itself is shown."""
    return bool(person.coach_id == current_user.coach_id)


def way_back(person: ClientRow, place: PlaceRow) -> str:
    """Where the coach goes on from a session: to its client's sessions, or to it alone if the record is not hers."""
    if is_own_client(person):
        return url_for("desk.sessions", ref=person.ref)
    return url_for("desk.session", place_id=place.id)

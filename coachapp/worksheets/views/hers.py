"""What every page of a client's own sheets asks first: who she is, which sheet it is, and what the bar at the top shows."""

from uuid import UUID

from flask import abort
from flask_login import current_user

from coachapp.worksheets import queries
from coachapp.worksheets.queries import SheetRow
from coachapp.worksheets.rules import NoSuchSheet

ROOMS = ("home", "sessions", "worksheets", "safety")


def rooms() -> dict[str, object]:
    """What the bar at the top leads to."""
    return {"nav_rooms": ROOMS}


def own_id() -> UUID:
    """The client this request is for; also in the half minute after she has left."""
    person = current_user.just_left or current_user
    client_id: UUID = person.client_id
    return client_id


def own_sheet(number: int, *, with_withdrawn: bool = False) -> SheetRow:
    """Her sheet with this number; 404 for any other."""
    try:
        return queries.sheet(own_id(), number, with_withdrawn=with_withdrawn)
    except NoSuchSheet:
        abort(404)

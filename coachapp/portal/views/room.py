"""The blueprint of this room, and whose space it is."""

from uuid import UUID

from flask import Blueprint
from flask_login import current_user

from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow

bp = Blueprint("portal", __name__, url_prefix="/me")

ROOMS = ("home", "sessions", "worksheets", "safety")


@bp.context_processor
def _rooms() -> dict[str, object]:
    return {"nav_rooms": ROOMS}


def own_record() -> ClientRow:
    """The record of the client who is signed in."""
    client_id: UUID = current_user.client_id
    return client(client_id)

"""One session with a colleague's client: what its coach needs to know to hold it safely, and nothing of the record."""

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from coachapp import clock
from coachapp.audit.operations import record_view
from coachapp.booking.queries import place as place_row
from coachapp.booking.rules import AppointmentState, NoSuchPlace, PlaceRow
from coachapp.clients.queries import client
from coachapp.clients.rules import ClientRow
from coachapp.desk import queries
from coachapp.desk.views.room import account, bp, host
from coachapp.web.guards import staff
from coachapp.zones import zone

_SHOWN = (AppointmentState.CONFIRMED, AppointmentState.CANCELLED)


@bp.get("/sessions/<uuid:place_id>")
@staff
def session(place_id: UUID) -> ResponseReturnValue:
    """404 for sessions of others, and for those of her own clients, who have a record with her."""
    place, person = _of_a_guest(place_id)
    record_view(person.id, now=clock.now(), role="staff", actor=account())
    return render_template(
        "desk/session.html",
        host=host(),
        client=person,
        guest=queries.guest(place, person, now=clock.now()),
        place=place,
        day=place.starts_at.astimezone(zone(host().zone)).date(),
    )


def _of_a_guest(place_id: UUID) -> tuple[PlaceRow, ClientRow]:
    try:
        place = place_row(place_id)
    except NoSuchPlace:
        abort(404)
    if place.coach_id != current_user.coach_id or place.state not in _SHOWN or place.client_id is None:
        abort(404)
    person = client(place.client_id)
    return abort(404) if person.coach_id == current_user.coach_id else (place, person)

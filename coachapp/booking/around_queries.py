"""What stands beside one appointment on the pages of its client: how they meet, the open room, what she wishes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from coachapp.booking.models import Appointment, Place
from coachapp.booking.room import room_link
from coachapp.booking.rules import ROOM_OPENS, AppointmentState, NotNow, PlaceRow, Way
from coachapp.clients.queries import wishes
from coachapp.clients.rules import WishesRow
from coachapp.db import session
from coachapp.practice.queries import coach
from coachapp.practice.rules import CoachRow


@dataclass(frozen=True)
class Beside:
    """One appointment's surroundings at one moment. `how` are the coach's words about phone or place, or empty."""

    host: CoachRow
    way: Way
    how: str
    opens_at: datetime
    is_near: bool
    has_room: bool
    is_first: bool
    wishes: WishesRow

    @property
    def is_open(self) -> bool:
        """Whether there is a room, and its door is open."""
        return self.is_near and self.has_room


def beside(place: PlaceRow, now: datetime) -> Beside:
    """What her pages show around this appointment now. The room's own address is not among it."""
    host, way = coach(place.coach_id), Way(place.way)
    return Beside(
        host=host,
        way=way,
        how={Way.PHONE: host.meet_phone, Way.PERSON: host.meet_person}.get(way) or "",
        opens_at=place.starts_at - ROOM_OPENS,
        is_near=place.room_is_open(now),
        has_room=room_link(place, host) is not None,
        is_first=_is_first(place),
        wishes=wishes(place.client_id) if place.client_id else WishesRow(),
    )


def open_room(place: PlaceRow, now: datetime) -> str:
    """The address of the room while it is open; NotNow otherwise, or when there is none."""
    link = room_link(place, coach(place.coach_id))
    if link is None or not place.room_is_open(now):
        raise NotNow
    return link


def _is_first(place: PlaceRow) -> bool:
    """Whether this client has no appointment with this coach that stands before this one."""
    earlier = (
        select(func.count())
        .select_from(Appointment)
        .join(Place, Place.appointment_id == Appointment.id)
        .where(Place.client_id == place.client_id, Appointment.starts_at < place.starts_at)
        .where(Appointment.state == AppointmentState.CONFIRMED, Appointment.coach_id == place.coach_id)
    )
    return not session().scalar(earlier)

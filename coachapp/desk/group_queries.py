"""Group dates as the desk shows them: once, however many come."""

from dataclasses import dataclass
from datetime import datetime

from coachapp.booking import queries as booking
from coachapp.booking.group import GroupDate
from coachapp.booking.group_queries import dates_between
from coachapp.booking.room import room_link
from coachapp.booking.rules import AppointmentState, PlaceRow, Standing
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.practice.queries import coach

_NOT_BOOKED_YET = (Standing.ASKED, Standing.APPROVED, Standing.OFFERED)


@dataclass(frozen=True)
class GroupCard:
    """A group date on the day rail; `late` are those who said they come a few minutes later."""

    date: GroupDate
    room: str | None
    late: tuple[tuple[ClientRow, PlaceRow], ...]
    kind: str = "group"

    @property
    def starts_at(self) -> datetime:
        return self.date.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.date.ends_at


@dataclass(frozen=True)
class OnTheirWay:
    """Seats of a date that are not booked yet: those asked for or kept after an answer,
    and how many are being booked."""

    asked: list[PlaceRow]
    booking: int


def group_cards(coach_id: int, start: datetime, end: datetime) -> list[GroupCard]:
    """The coach's group dates that begin in [start, end)."""
    return [_card(date) for date in dates_between(coach_id, start, end)]


def on_their_way(date: GroupDate) -> OnTheirWay:
    """Whose seat in it is not booked yet."""
    places = booking.places_in(date.id)
    asked = [each for each in places if each.standing in _NOT_BOOKED_YET]
    return OnTheirWay(asked, sum(each.standing is Standing.BEGUN for each in places))


def room_of_group(date: GroupDate) -> str | None:
    """The one room of a group date, if they meet by video."""
    return room_link(date, coach(date.coach_id))


def _card(date: GroupDate) -> GroupCard:
    come = (each for each in booking.places_in(date.id) if each.state is AppointmentState.CONFIRMED)
    late = [each for each in come if each.late_min]
    known = clients_by_id(each.client_id for each in late if each.client_id)
    both = tuple((known[each.client_id], each) for each in late if each.client_id in known)
    return GroupCard(date, room_of_group(date), both)

"""One week of the coach laid out on the grid: sessions, blocked time, and hours she does not work."""

from dataclasses import dataclass
from datetime import date, tzinfo
from uuid import UUID

from coachapp.booking import queries as booking
from coachapp.booking.group import GroupDate
from coachapp.booking.group_queries import dates_between
from coachapp.booking.own_hours import BlockedTime, OpenStretch
from coachapp.booking.rules import PlaceRow
from coachapp.clients.queries import clients_by_id
from coachapp.clients.rules import ClientRow
from coachapp.desk.rules import Placed, closed_times, first_hour, minutes_within, placed, week_of
from coachapp.zones import local_days


@dataclass(frozen=True)
class GridEvent:
    """One thing in a day of the grid; neither place nor block means hours outside the coach's own."""

    placed: Placed
    start_min: int
    end_min: int
    place: PlaceRow | None = None
    client: ClientRow | None = None
    block: BlockedTime | None = None
    group: GroupDate | None = None


@dataclass(frozen=True)
class GridDay:
    """A day of the grid."""

    date: date
    events: tuple[GridEvent, ...]

    @property
    def sessions(self) -> int:
        return sum(1 for event in self.events if (event.place or event.group) and not event.placed.goes_on)


@dataclass(frozen=True)
class Week:
    """Seven days, Monday first, from `hour` on for twelve hours."""

    days: tuple[GridDay, ...]
    hour: int

    @property
    def sessions(self) -> int:
        return sum(day.sessions for day in self.days)


_Booked = PlaceRow | BlockedTime | GroupDate
_Stretch = tuple[int, int, _Booked | None]


def week(coach_id: int, day: date, zone: tzinfo) -> Week:
    """The coach's week around a day, on her wall clock."""
    days = week_of(day)
    start, end = local_days(days[0], days[-1], zone)
    booked: list[_Booked] = [
        *booking.sessions_between(coach_id, start, end),
        *dates_between(coach_id, start, end),
        *booking.blocked_between(coach_id, start, end),
    ]
    known = clients_by_id(item.client_id for item in booked if isinstance(item, PlaceRow) and item.client_id)
    stretches = {each: _stretches(booked, each, zone) for each in days}
    hour = first_hour(
        low
        for each in stretches.values()
        for low, _high, what in each
        if isinstance(what, PlaceRow | GroupDate)
    )
    opened = booking.open_stretches(coach_id, start, end)
    return Week(
        tuple(
            _grid_day(each, stretches[each], open_minutes(opened, each, zone), hour, known) for each in days
        ),
        hour,
    )


def open_minutes(opened: list[OpenStretch], day: date, zone: tzinfo) -> list[tuple[int, int]]:
    """The coach's own hours in minutes of that day at home, with what runs on from the evening before."""
    within = (minutes_within(each, day, zone) for each in opened)
    return [(low, high) for low, high in within if low < high]


def _stretches(items: list[_Booked], day: date, zone: tzinfo) -> list[_Stretch]:
    within = ((*minutes_within(item, day, zone), item) for item in items)
    return [(low, high, item) for low, high, item in within if low < high]


def _grid_day(
    day: date,
    stretches: list[_Stretch],
    opened: list[tuple[int, int]],
    hour: int,
    known: dict[UUID, ClientRow],
) -> GridDay:
    taken = opened + [(low, high) for low, high, _what in stretches]
    closed: list[_Stretch] = [
        (low, high, None) for low, high in closed_times(taken, hour * 60, (hour + 12) * 60)
    ]
    ordered = sorted(stretches + closed, key=lambda each: each[0])
    return GridDay(day, tuple(event for each in ordered for event in _events(each, hour, known)))


def _events(stretch: _Stretch, hour: int, known: dict[UUID, ClientRow]) -> list[GridEvent]:
    low, high, what = stretch
    if isinstance(what, PlaceRow):
        client = known.get(what.client_id) if what.client_id else None
        return [GridEvent(part, low, high, place=what, client=client) for part in placed(low, high, hour)]
    if isinstance(what, GroupDate):
        return [GridEvent(part, low, high, group=what) for part in placed(low, high, hour)]
    return [GridEvent(part, low, high, block=what) for part in placed(low, high, hour)]

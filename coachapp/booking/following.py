"""The rest of a deposit is due by a day counted from the time it is for: where that moves, the day moves along."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from coachapp.booking.rules import PlaceRow
from coachapp.money import Money
from coachapp.payments import parts
from coachapp.payments.part_queries import parts_of
from coachapp.payments.part_rules import day_along, follows
from coachapp.practice.queries import coach, today_of
from coachapp.zones import zone


@dataclass(frozen=True)
class Rest:
    """What is still to be paid for a time, by which day, and by which one once it is moved: where a day was given to it
    by hand it `stays`; None while nobody has said where to."""

    amount: Money
    due_on: date
    stays: bool
    then_on: date | None


def rest_to_move(place: PlaceRow, to: datetime | None, now: datetime) -> Rest | None:
    """What a page says of it before this time is moved (`to` is where to, once known); None where nothing is open."""
    for part in parts_of([place.id]).get(place.id, ()):
        if part.is_open:
            stays = not follows(part.moved_at, place.changed_at)
            then = (
                None if stays or to is None else _along(place.coach_id, part.due_on, place.starts_at, to, now)
            )
            return Rest(part.amount, part.due_on, stays, then)
    return None


def rest_follows(
    place_id: UUID, coach_id: int, was: datetime, then: datetime, *, settled_at: datetime, now: datetime
) -> None:
    """A time was moved between these two, at the first since `settled_at`. Within the transaction of that."""
    parts.follow(
        place_id, lambda due_on: _along(coach_id, due_on, was, then, now), settled_at=settled_at, now=now
    )


def _along(coach_id: int, due_on: date, was: datetime, then: datetime, now: datetime) -> date:
    where = zone(coach(coach_id).zone)
    before, after = was.astimezone(where).date(), then.astimezone(where).date()
    return day_along(due_on, before, after, today_of(coach_id, now))

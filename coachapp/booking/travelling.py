"""Days the coach spends in another zone, while her hours follow the clock at home or the one there."""

from datetime import date

from sqlalchemy import delete, select

from coachapp.booking.models import Away
from coachapp.booking.own_hours import LONGEST_STRETCH, AwayBy, BadTime, StaysOverlap
from coachapp.booking.rules import NoSuchPlace
from coachapp.db import transaction
from coachapp.practice.operations import lock_coach
from coachapp.zones import zone


def go_away(coach_id: int, first: date, last: date, where: str, by: AwayBy) -> None:
    """Keep these days (both included) as a stay in that zone; what is booked stays at its instant.

    BadTime if there is no such stretch of days, StaysOverlap if she is elsewhere on one of them already.
    """
    if not first <= last <= first + LONGEST_STRETCH:
        raise BadTime
    with transaction() as db:
        lock_coach(coach_id)
        other = select(Away.id).where(
            Away.coach_id == coach_id, Away.first_day <= last, Away.last_day >= first
        )
        if db.scalar(other.limit(1)) is not None:
            raise StaysOverlap
        db.add(Away(coach_id=coach_id, first_day=first, last_day=last, zone=zone(where).key, by=by))


def stay_home(coach_id: int, away_id: int) -> None:
    """Take a stay back: her hours are kept at home on these days. NoSuchPlace if it is not one of hers."""
    with transaction() as db:
        gone = db.execute(
            delete(Away).where(Away.id == away_id, Away.coach_id == coach_id).returning(Away.id)
        )
        if gone.first() is None:
            raise NoSuchPlace

"""Whose turn it is among several coaches: who is free, then the fewest sessions that week, then who came first."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from coachapp.booking.limits import Counts
from coachapp.booking.whose_turn import Turn, in_turn, in_week

MADRID = ZoneInfo("Europe/Madrid")


def minute(day, hour=12):
    return int(datetime(2026, 11, day, hour, tzinfo=UTC).timestamp()) // 60


def order(*turns):
    return [turn.coach_id for turn in in_turn(Turn(*each) for each in turns)]


def test_fewest_sessions_first_then_who_came_first():
    assert order((1, True, 3), (2, True, 1), (3, True, 2)) == [2, 3, 1]
    assert order((3, True, 1), (1, True, 1), (2, True, 1)) == [1, 2, 3]
    assert order() == []


def test_who_is_taken_comes_after_all_who_are_free():
    assert order((1, False, 0), (2, True, 9), (3, False, 1)) == [2, 1, 3]


def test_the_week_is_monday_to_sunday_on_the_coachs_calendar():
    # Monday 16 to Sunday 22 November 2026; in Madrid it begins at 23:00 UTC on the fifteenth.
    sunday_night, monday_night = minute(15, 23), minute(22, 23)
    taken = [
        (sunday_night, sunday_night + 60, 0, 0, Counts.BOOKED),
        (monday_night, monday_night + 60, 0, 0, 2),
    ]
    assert in_week(taken, minute(18), MADRID) == 1
    assert in_week(taken, minute(18), UTC) == 1
    assert in_week(taken[:1], minute(18), UTC) == 0


def test_what_is_asked_for_held_or_booked_counts_and_her_own_time_does_not():
    kinds = [Counts.OUTSIDE, Counts.BLOCKED, Counts.BOOKED, Counts.SAME_OFFERING]
    taken = [(minute(17 + n), minute(17 + n) + 60, 0, 0, int(kind)) for n, kind in enumerate(kinds)]
    assert in_week(taken, minute(18), UTC) == 2

"""A typed week becomes opening ranges, and wall-clock times become moments."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.booking.slots import Opening
from coachapp.booking.wall import Reading, instant_of
from coachapp.booking.week import Trouble, clock, minute_of, read_range, read_week, sheet_of

MADRID = ZoneInfo("Europe/Madrid")


def test_rows_become_ranges_and_each_day_gets_a_spare_row():
    sheet = read_week({"0-0-from": "09:00", "0-0-to": "13:00", "0-3-from": "15:00", "0-3-to": "18:00"})
    assert list(sheet.openings) == [Opening(0, 540, 780), Opening(0, 900, 1080)]
    assert [len(rows) for rows in sheet.days] == [3, 1, 1, 1, 1, 1, 1]
    assert sheet.days[0][-1].is_blank
    assert sheet.troubles == []


def test_an_end_before_the_beginning_runs_past_midnight():
    assert list(read_week({"4-0-from": "22:00", "4-0-to": "02:00"}).openings) == [Opening(4, 1320, 1560)]


def test_the_row_to_be_removed_falls_away():
    typed = {"0-0-from": "09:00", "0-0-to": "13:00", "0-1-from": "15:00", "0-1-to": "18:00"}
    assert list(read_week(typed, without="0-0").openings) == [Opening(0, 900, 1080)]


@pytest.mark.parametrize(
    ("pair", "trouble"),
    [
        (("09:00", ""), Trouble.HALF),
        (("", "09:00"), Trouble.HALF),
        (("nine", "10:00"), Trouble.NOT_A_TIME),
        (("24:00", "25:00"), Trouble.NOT_A_TIME),
        (("09:00", "09:00"), Trouble.SAME),
    ],
)
def test_what_may_be_wrong(pair, trouble):
    assert read_range(*pair) is trouble


def test_what_was_typed_is_kept_beside_its_trouble():
    sheet = read_week({"1-0-from": "09:00", "1-0-to": "12:00", "1-1-from": "11:00", "1-1-to": "13:00"})
    assert [(row.key, row.opens, row.trouble) for row in sheet.troubles] == [
        ("1-1", "11:00", Trouble.OVERLAP)
    ]


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8)))
def test_nothing_typed_breaks_it(typed):
    assert len(read_week(typed).days) == 7


@given(st.integers(0, 1439))
def test_minutes_and_clocks_are_the_same(minute):
    assert minute_of(clock(minute)) == minute


def test_a_sheet_shows_the_hours_it_was_made_of():
    hours = [Opening(0, 540, 780), Opening(0, 900, 1080), Opening(5, 1320, 1560)]
    assert list(sheet_of(hours).openings) == hours


@pytest.mark.parametrize(
    ("day", "at", "moment", "reading"),
    [
        (date(2026, 11, 10), time(14, 30), datetime(2026, 11, 10, 13, 30, tzinfo=UTC), Reading.PLAIN),
        (date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC), Reading.MOVED),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC), Reading.FIRST_OF_TWO),
    ],
)
def test_wall_times(day, at, moment, reading):
    found = instant_of(day, at, MADRID)
    assert (found.at, found.reading) == (moment, reading)

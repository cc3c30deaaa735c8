"""The same clock time again and again: real days, the right distance apart, whatever the clocks do in between."""

from datetime import UTC, date, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.booking.wall import Reading, repeated
from coachapp.zones import zone

ZONES = sorted(available_timezones() - {"localtime", "posixrules", "Factory"})


@given(
    key=st.sampled_from(ZONES),
    first=st.dates(date(2020, 1, 1), date(2060, 12, 31)),
    minute=st.integers(0, 1439),
    weeks=st.sampled_from([1, 2, 4]),
    times=st.integers(2, 26),
)
def test_a_clock_on_the_wall_shows_it_each_time(key, first, minute, weeks, times):
    where, at = zone(key), time(minute // 60, minute % 60)
    found = repeated(first, at, where, weeks, times)
    assert list(found) == [first + timedelta(weeks=weeks * number) for number in range(times)]
    for day, moment in found.items():
        local = moment.at.astimezone(where)
        shown = (local.date(), local.time().replace(tzinfo=None))
        if moment.reading is Reading.MOVED:
            assert shown != (day, at)
        else:
            assert shown == (day, at)
    moments = [moment.at for moment in found.values()]
    assert moments == sorted(moments) and len(set(moments)) == times


@pytest.mark.parametrize(
    ("key", "first", "at", "hours"),
    [
        (
            "Europe/Madrid",
            date(2026, 10, 18),
            time(2, 30),
            [0, 0, 1, 1],
        ),  # back on the 25th: the first of the two
        (
            "Europe/Madrid",
            date(2027, 3, 21),
            time(2, 30),
            [1, 1, 0, 0],
        ),  # forward on the 28th: moved on to 03:30
        (
            "America/Santiago",
            date(2026, 8, 30),
            time(0, 0),
            [4, 4, 3, 3],
        ),  # forward at midnight of 6 September
        ("Australia/Lord_Howe", date(2026, 9, 27), time(2, 15), [15, 15, 15, 15]),
    ],
)
def test_known_nights(key, first, at, hours):
    found = [moment.at for moment in repeated(first, at, zone(key), 1, 4).values()]
    assert [moment.tzinfo for moment in found] == [UTC] * 4
    assert [moment.hour for moment in found] == hours

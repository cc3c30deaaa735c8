"""By when a message is read: the next reading day after the one it came on, on the coach's clock."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from coachapp.messages.rules import read_on

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("written", "weekday", "day"),
    [
        (datetime(2026, 11, 23, 9, tzinfo=UTC), 3, date(2026, 11, 26)),
        (datetime(2026, 11, 26, 9, tzinfo=UTC), 3, date(2026, 12, 3)),
        (datetime(2026, 11, 25, 23, 30, tzinfo=UTC), 3, date(2026, 12, 3)),
        (datetime(2026, 11, 27, 9, tzinfo=UTC), 4, date(2026, 12, 4)),
        (datetime(2026, 12, 31, 9, tzinfo=UTC), 0, date(2027, 1, 4)),
    ],
)
def test_read_on(written, weekday, day):
    assert read_on(written, weekday, MADRID) == day


def test_never_later_than_a_week_and_always_that_weekday():
    for number in range(14):
        written = datetime(2026, 11, 1 + number, 12, tzinfo=UTC)
        for weekday in range(7):
            found = read_on(written, weekday, MADRID)
            assert found.weekday() == weekday and 1 <= (found - written.date()).days <= 7

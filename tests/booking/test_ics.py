"""The calendar file: byte for byte as kept beside this test, read back, and nothing in it that tells."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from coachapp.booking.ics import Summary, calendar_file

GOLDEN = Path(__file__).parent / "golden"
START = datetime(2026, 11, 18, 15, 30, tzinfo=ZoneInfo("Europe/Madrid"))
STAMP = datetime(2026, 11, 10, 11, 42, 7, 900, tzinfo=UTC)
UID = "0b6a3f0e-5c1d-4c5e-9a51-0f4b8d6d2c11"


def written(sequence=0, starts_at=START, summary=Summary.APPOINTMENT, **more):
    return calendar_file(UID, sequence, starts_at, starts_at + timedelta(hours=1), summary, STAMP, **more)


def event(data):
    [found] = Calendar.from_ical(data).walk("VEVENT")
    return found


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("confirmed.ics", written()),
        ("moved.ics", written(1, START + timedelta(days=1), Summary.CALL)),
        ("cancelled.ics", written(2, summary=Summary.BUSY, cancelled=True)),
    ],
)
def test_is_byte_for_byte_the_golden_file(name, data):
    assert data == (GOLDEN / name).read_bytes()


def test_reads_back_as_given():
    found = event(written(3))
    assert found.decoded("dtstart") == START
    assert found.decoded("dtstart").utcoffset() == timedelta(0)
    assert found.decoded("dtend") == START + timedelta(hours=1)
    assert found.decoded("dtstamp") == STAMP.replace(microsecond=0)
    assert (str(found["uid"]), found["sequence"], str(found["status"])) == (UID, 3, "CONFIRMED")


def test_half_an_hour_in_the_hour_that_comes_twice():
    # 02:45 to 02:15 on the clock in Madrid.
    starts_at = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    ends_at = starts_at + timedelta(minutes=30)
    madrid = (at.astimezone(ZoneInfo("Europe/Madrid")) for at in (starts_at, ends_at))
    found = event(calendar_file(UID, 0, *madrid, Summary.BUSY, STAMP))
    assert (found.decoded("dtstart"), found.decoded("dtend")) == (starts_at, ends_at)


@pytest.mark.parametrize("summary", Summary)
def test_holds_nothing_but_these(summary):
    calendar = Calendar.from_ical(written(summary=summary))
    assert {name: str(value) for name, value in calendar.items()} == {
        "PRODID": "-//Calendar//EN",
        "VERSION": "2.0",
    }
    assert set(event(written())) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"}
    assert [part.name for part in calendar.walk()] == ["VCALENDAR", "VEVENT"]
    assert str(event(written(summary=summary))["summary"]) in {"Appointment", "Call", "Busy", "Blocked"}


def test_a_word_outside_the_list_is_refused():
    with pytest.raises(ValueError, match="Coaching"):
        written(summary="Coaching")


def test_times_without_a_zone_or_turned_round_are_refused():
    with pytest.raises(ValueError, match="zone"):
        written(starts_at=START.replace(tzinfo=None))
    with pytest.raises(ValueError, match="ends after"):
        calendar_file(UID, 0, START, START, Summary.CALL, STAMP)

"""Hostile calendars cost the reading process its time, never ours; and what else came in that round is kept."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from coachapp.booking.outside.apart import read_apart
from coachapp.booking.outside.rules import Copy, Trouble, Wanted
from tests.booking.outside.feeds import calendar, event

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOUR = Copy(((int(AT.timestamp()) // 60, int(AT.timestamp()) // 60 + 60),), False)
PLENTY = 60.0


def wanted():
    return Wanted(uuid4(), None, "http://calendar.example/", "Europe/Madrid", NOW, NOW + timedelta(days=67))


def read_all(*texts, seconds=PLENTY):
    """The outcome for each text, in order."""
    known = [wanted() for _ in texts]
    files = {each.id: text.encode() for each, text in zip(known, texts, strict=True)}
    found = read_apart(files, {each.id: each for each in known}, seconds)
    assert found.keys() == files.keys()
    return [found[each.id] for each in known]


ALL_DAY_LONG = ";".join(
    ("FREQ=YEARLY", *(f"{part}={','.join(map(str, range(most)))}" for part, most in (("BYHOUR", 24), ("BYMINUTE", 60), ("BYSECOND", 60))))
)  # fmt: skip


def test_several_files_each_by_its_own_name():
    good = calendar(event(AT))
    assert read_all(good, "<html>", calendar(), good) == [HOUR, Trouble.NOT_A_CALENDAR, Copy((), False), HOUR]
    assert read_all() == []


@pytest.mark.parametrize(
    "rule",
    [ALL_DAY_LONG, "FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=" + ",".join(map(str, range(60)))],
    ids=["every second", "every minute"],
)
def test_a_rule_without_end_takes_no_more_than_its_time(rule):
    """Not followed to its end: it is stopped, and the files before it are kept."""
    bomb = calendar(("UID:b", "DTSTART:00010101T000000Z", "DURATION:PT1S", f"RRULE:{rule}"))
    began = time.monotonic()
    found = read_all(calendar(event(AT)), bomb, seconds=5)
    assert found == [HOUR, Trouble.TOO_MUCH]
    assert time.monotonic() - began < PLENTY / 2


def test_a_file_after_a_bomb_is_read_too():
    bomb = calendar(("UID:b", "DTSTART:00010101T000000Z", "DURATION:PT1S", f"RRULE:{ALL_DAY_LONG}"))
    assert read_all(bomb, calendar(event(AT)), seconds=PLENTY) == [Trouble.TOO_MUCH, HOUR]


def test_a_file_full_of_the_past_is_read_within_its_time():
    old = datetime(2010, 1, 1, tzinfo=UTC)
    block = "BEGIN:VEVENT\r\nUID:{0}\r\nDTSTART:{0}\r\nDTEND:{0}\r\nEND:VEVENT\r\n"
    past = "".join(block.format(f"{old + timedelta(hours=n):%Y%m%dT%H%M%SZ}") for n in range(50_000))
    text = calendar(event(AT)).replace("END:VCALENDAR", past + "END:VCALENDAR")
    assert 4_000_000 < len(text) < 5_000_000
    assert read_all(text) == [HOUR]


@pytest.mark.proof
@pytest.mark.parametrize("more", ["", "RRULE:FREQ=DAILY\r\n"], ids=["once", "daily"])
def test_a_file_full_of_the_present_costs_no_more_than_its_time(more):
    block = "BEGIN:VEVENT\r\nUID:{}\r\nDTSTART:{:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H\r\n{}END:VEVENT\r\n"
    full = "".join(block.format(n, AT + timedelta(minutes=n), more) for n in range(50_000))
    began = time.monotonic()
    [found] = read_all(calendar().replace("END:VCALENDAR", full + "END:VCALENDAR"))
    assert found is Trouble.TOO_MUCH or isinstance(found, Copy)
    assert time.monotonic() - began < PLENTY / 2


def test_a_reader_that_is_too_late_brings_nothing_and_is_ended():
    assert read_all(calendar(event(AT)), seconds=0.01) == [Trouble.TOO_MUCH]
    assert read_all(calendar(event(AT)), seconds=-1) == [Trouble.TOO_MUCH]


def test_a_file_of_five_megabytes_of_one_line():
    assert read_all("BEGIN:VCALENDAR\r\n" + "X" * 5_000_000 + "\r\nEND:VCALENDAR") == [Copy((), False)]
    folded = "BEGIN:VCALENDAR\r\nX:" + "\r\n y" * 1_200_000 + "\r\nEND:VCALENDAR"
    assert read_all(folded) == [Copy((), False)]

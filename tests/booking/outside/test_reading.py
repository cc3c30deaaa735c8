"""What calendars say is taken: repeating events, exceptions, zones, whole days, broken lines,
and files that are none."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.booking.outside.reading import NotReadable, read, utc
from coachapp.booking.outside.rules import MOST_STRETCHES, Trouble
from tests.booking.outside.feeds import calendar, event

MADRID = ZoneInfo("Europe/Madrid")
START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 15, tzinfo=UTC)


def copy(text, where=MADRID, start=START, end=END):
    return read(text.encode() if isinstance(text, str) else text, where, start, end)


def taken(text, where=MADRID, start=START, end=END):
    """The stretches as `DD HH:MM-HH:MM` in UTC (with the end's day if that is another); nothing may be broken."""
    found = copy(text, where, start, end)
    assert not found.partly
    return said(found)


def said(found):
    return [said_one(utc(opens), utc(closes)) for opens, closes in found.busy]


def said_one(opens, closes):
    end = f"{closes:%H:%M}" if opens.date() == closes.date() else f"{closes:%d %H:%M}"
    return f"{opens:%d %H:%M}-{end}"


def one(*lines, top=()):
    return calendar(lines, top=top)


def test_an_event_takes_its_time():
    assert taken(one("DTSTART:20261124T100000Z", "DTEND:20261124T113000Z")) == ["24 10:00-11:30"]
    assert taken(one("DTSTART:20261124T100000Z", "DURATION:PT45M")) == ["24 10:00-10:45"]
    assert taken(calendar()) == []


def test_seconds_are_rounded_outwards():
    assert taken(one("DTSTART:20261124T100030Z", "DTEND:20261124T110001Z")) == ["24 10:00-11:01"]


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:20261124T100000Z", "DTEND:20261124T110000Z", "TRANSP:TRANSPARENT"),
        ("DTSTART:20261124T100000Z", "DTEND:20261124T110000Z", "STATUS:CANCELLED"),
        ("DTSTART:20261124T100000Z", "DTEND:20261124T110000Z", "transp:transparent"),
        ("DTSTART:20261124T100000Z",),
        ("DTSTART:20261124T100000Z", "DTEND:20261124T100000Z"),
        ("DTSTART:20261231T100000Z", "DTEND:20261231T110000Z"),
        ("DTSTART:20200124T100000Z", "DTEND:20200124T110000Z"),
        ("DTSTART:20200124T100000Z", "DTEND:20200124T110000Z", "RRULE:FREQ=DAILY;COUNT=5"),
    ],
    ids=[
        "free",
        "cancelled",
        "small-letters",
        "no-length",
        "no-length-either",
        "too-late",
        "long-ago",
        "ended",
    ],
)
def test_this_takes_no_time(lines):
    assert taken(one(*lines)) == []


def test_tentative_time_is_kept():
    assert taken(one("DTSTART:20261124T100000Z", "DTEND:20261124T110000Z", "STATUS:TENTATIVE"))


def test_a_weekly_class_with_its_exceptions():
    """Mondays at six; one left out, one moved to Tuesday, one cancelled, one more on a Friday."""
    zone = ";TZID=Europe/Madrid"
    weekly = calendar(
        (
            "UID:class",
            f"DTSTART{zone}:20260105T180000",
            f"DTEND{zone}:20260105T190000",
            "RRULE:FREQ=WEEKLY;UNTIL=20261207T170000Z",
            f"EXDATE{zone}:20261109T180000",
            f"RDATE{zone}:20261127T180000",
        ),
        (
            "UID:class",
            f"RECURRENCE-ID{zone}:20261116T180000",
            f"DTSTART{zone}:20261117T200000",
            f"DTEND{zone}:20261117T203000",
        ),
        (
            "UID:class",
            f"RECURRENCE-ID{zone}:20261123T180000",
            f"DTSTART{zone}:20261123T180000",
            f"DTEND{zone}:20261123T190000",
            "STATUS:CANCELLED",
        ),
    )
    assert taken(weekly) == [
        "02 17:00-18:00",
        "17 19:00-19:30",
        "27 17:00-18:00",
        "30 17:00-18:00",
        "07 17:00-18:00",
    ]


def test_a_weekly_hour_keeps_to_the_clock_when_the_clocks_change():
    weekly = one(
        "DTSTART;TZID=Europe/Madrid:20261012T180000",
        "DTEND;TZID=Europe/Madrid:20261012T190000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
    )
    assert taken(weekly, start=datetime(2026, 10, 1, tzinfo=UTC)) == [
        "12 16:00-17:00",
        "19 16:00-17:00",
        "26 17:00-18:00",
        "02 17:00-18:00",
    ]


def test_a_yearly_birthday_takes_the_coach_s_day():
    birthday = one("DTSTART;VALUE=DATE:19610212", "DTEND;VALUE=DATE:19610213", "RRULE:FREQ=YEARLY")
    february = {"start": datetime(2027, 2, 1, tzinfo=UTC), "end": datetime(2027, 3, 1, tzinfo=UTC)}
    assert taken(birthday, **february) == ["11 23:00-12 23:00"]
    assert taken(birthday, ZoneInfo("Asia/Tokyo"), **february) == ["11 15:00-12 15:00"]
    free = one("DTSTART;VALUE=DATE:19610212", "RRULE:FREQ=YEARLY", "TRANSP:TRANSPARENT")
    assert taken(free, **february) == []


def test_a_leap_day_s_birthday():
    leap = one("DTSTART;VALUE=DATE:19960229", "RRULE:FREQ=YEARLY")
    year = {"start": datetime(2027, 2, 1, tzinfo=UTC), "end": datetime(2028, 3, 10, tzinfo=UTC)}
    assert taken(leap, ZoneInfo("UTC"), **year) == ["29 00:00-01 00:00"]


def test_whole_days_and_a_week_away():
    assert taken(one("DTSTART;VALUE=DATE:20261124")) == ["23 23:00-24 23:00"]
    away = one("DTSTART;VALUE=DATE:20261123", "DTEND;VALUE=DATE:20261130")
    assert taken(away) == ["22 23:00-29 23:00"]
    assert taken(one("DTSTART:20261124", "DTEND:20261125")) == ["23 23:00-24 23:00"]


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Madrid", "20261025", "24 22:00-25 23:00"),  # 25 hours
        ("Europe/Madrid", "20260329", "28 23:00-29 22:00"),  # 23 hours
        ("America/Santiago", "20260906", "06 04:00-07 03:00"),  # begins at one: there is no midnight
        ("Atlantic/Azores", "20261025", "25 00:00-26 01:00"),  # begins at the first of two midnights
        ("Atlantic/Azores", "20261024", "24 00:00-25 01:00"),  # ends at the second of two midnights
        ("Australia/Lord_Howe", "20261004", "03 13:30-04 13:00"),  # half an hour
    ],
)
def test_a_day_on_which_the_clocks_change(zone, day, expected):
    year = {"start": datetime(2026, 1, 1, tzinfo=UTC), "end": datetime(2026, 12, 31, tzinfo=UTC)}
    assert taken(one(f"DTSTART;VALUE=DATE:{day}"), ZoneInfo(zone), **year) == [expected]


# ---- zones ----


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Madrid",
        "Romance Standard Time",
        "/freeassociation.sourceforge.net/Europe/Madrid",
        "/citadel.org/20210210_1/Europe/Madrid",
        '"Europe/Madrid"',
    ],
)
def test_names_of_zones(name):
    text = one(f"DTSTART;TZID={name}:20261124T100000", f"DTEND;TZID={name}:20261124T110000")
    assert taken(text) == ["24 09:00-10:00"]
    assert taken(text, ZoneInfo("Asia/Tokyo")) == ["24 09:00-10:00"]


OWN = (
    "BEGIN:VTIMEZONE",
    "TZID:Customized Time Zone",
    "BEGIN:STANDARD",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:{summer}",
    "TZOFFSETTO:{winter}",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    "DTSTART:16010101T020000",
    "TZOFFSETFROM:{winter}",
    "TZOFFSETTO:{summer}",
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
    "END:DAYLIGHT",
    "END:VTIMEZONE",
)


def own_zone(winter, summer, *, last=False):
    lines = [line.format(winter=winter, summer=summer) for line in OWN]
    text = one(
        "DTSTART;TZID=Customized Time Zone:20261124T100000",
        "DTEND;TZID=Customized Time Zone:20261124T110000",
    )
    if last:
        return text.replace("END:VCALENDAR", "\r\n".join([*lines, "END:VCALENDAR"]))
    return text.replace("BEGIN:VEVENT", "\r\n".join([*lines, "BEGIN:VEVENT"]))


def test_a_zone_that_the_file_describes_itself():
    assert taken(own_zone("+0100", "+0200")) == ["24 09:00-10:00"]
    assert taken(own_zone("+0100", "+0200", last=True)) == ["24 09:00-10:00"]


def test_what_one_file_calls_its_zone_means_nothing_in_the_next():
    assert taken(own_zone("+0100", "+0200")) == ["24 09:00-10:00"]
    assert taken(own_zone("-0500", "-0400")) == ["24 15:00-16:00"]
    unknown = copy(own_zone("+0100", "+0200").replace("VTIMEZONE", "VOTHER"), ZoneInfo("Asia/Tokyo"))
    assert (said(unknown), unknown.partly) == (["24 01:00-02:00"], True)


def test_times_without_a_zone_are_the_coach_s_or_the_calendar_s_own():
    floating = ("DTSTART:20261124T100000", "DTEND:20261124T110000")
    assert taken(one(*floating)) == ["24 09:00-10:00"]
    assert taken(one(*floating), ZoneInfo("Asia/Tokyo")) == ["24 01:00-02:00"]
    assert taken(one(*floating, top=("X-WR-TIMEZONE:America/New_York",))) == ["24 15:00-16:00"]
    assert taken(one(*floating, top=("X-WR-TIMEZONE:Nowhere/Land",))) == ["24 09:00-10:00"]
    weekly = one(*floating, "RRULE:FREQ=WEEKLY;COUNT=2", top=("X-WR-TIMEZONE:America/New_York",))
    assert taken(weekly) == ["24 15:00-16:00", "01 15:00-16:00"]


def test_a_zone_nobody_knows_is_read_on_the_coach_s_clock_and_said():
    found = copy(one("DTSTART;TZID=Nowhere/Land:20261124T100000", "DURATION:PT1H"))
    assert (said(found), found.partly) == (["24 09:00-10:00"], True)


# ---- broken things ----


GOOD = event(datetime(2026, 11, 25, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    "lines",
    [
        ("DTSTART:2026-11-24 10:00", "DTEND:20261124T110000Z"),
        ("DTSTART:", "DTEND:20261124T110000Z"),
        ("SUMMARY:no beginning",),
        ("DTSTART:20261124T100000Z", "DTEND:20261124T090000Z"),
        ("DTSTART;VALUE=DATE:20261124", "DTEND:20261124T110000Z"),
        ("DTSTART:20261399T100000Z", "DTEND:20261399T110000Z"),
        ("DTSTART;TZID=UTC+02:00:20261124T100000",),
        ("DTSTART:20261124T100000Z", "DTSTART:20261125T100000Z", "DURATION:PT1H"),
    ],
    ids=[
        "date-with-lines",
        "empty",
        "no-start",
        "backwards",
        "mixed",
        "no-such-day",
        "colon-in-zone",
        "two-starts",
    ],
)
def test_a_broken_event_is_left_out_and_said(lines):
    found = copy(calendar(lines, GOOD))
    assert (said(found), found.partly) == (["25 10:00-11:00"], True)


@pytest.mark.parametrize(
    "rule", ["FREQ=SOMETIMES", "FREQ=WEEKLY;UNTIL=soon", "FREQ=SECONDLY", "FREQ=MINUTELY", "x"]
)
def test_a_rule_nobody_can_follow_leaves_the_one_time_that_is_named(rule):
    found = copy(calendar((*event(datetime(2026, 11, 24, 10, tzinfo=UTC)), f"RRULE:{rule}"), GOOD))
    assert (said(found), found.partly) == (["24 10:00-11:00", "25 10:00-11:00"], True)


@pytest.mark.parametrize(
    "line", ["this line has no colon", ":", "=", "X-ODD;=:", "ATTACH;VALUE=BINARY:" + "A" * 9999, "\x07"]
)
def test_a_broken_line_that_says_nothing_of_time_does_not_matter(line):
    event_lines = ("DTSTART:20261124T100000Z", line, "DTEND:20261124T110000Z")
    assert taken(calendar(event_lines)) == ["24 10:00-11:00"]
    assert taken(calendar(("DTSTART:20261124T100000Z", "DTEND:20261124T110000Z"), top=(line,))) == [
        "24 10:00-11:00"
    ]


def test_an_event_that_never_ends_is_said_and_the_next_one_counts():
    text = calendar(GOOD, GOOD).replace("END:VEVENT\r\n", "", 1)
    found = copy(text)
    assert (said(found), found.partly) == (["25 10:00-11:00"], True)


def test_an_alarm_that_never_ends_does_not_swallow_what_follows():
    alarm = (*event(datetime(2026, 11, 24, 10, tzinfo=UTC)), "BEGIN:VALARM", "TRIGGER:-PT15M")
    found = copy(calendar(alarm, GOOD, (*GOOD, "BEGIN:VALARM", "TRIGGER:-PT15M", "END:VALARM")))
    assert (said(found), found.partly) == (["24 10:00-11:00", "25 10:00-11:00"], True)


def test_what_stands_inside_an_event_is_not_its_own_time():
    alarm = ("BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:PT9H", "DTSTART:20200101T000000Z", "END:VALARM")
    assert taken(one(*GOOD[:2], *alarm)) == ["25 10:00-11:00"]
    todo = "BEGIN:VTODO\r\nDTSTART:20261124T100000Z\r\nDUE:20261124T120000Z\r\nEND:VTODO\r\nEND:VCALENDAR"
    assert taken(calendar(GOOD).replace("END:VCALENDAR", todo)) == ["25 10:00-11:00"]


def test_line_ends_folds_and_marks_of_every_kind():
    text = calendar(("DTSTART:20261124T100000Z", "DTEND:20261124T110000Z"))
    for variant in (
        text.replace("\r\n", "\n"),
        text.replace("\r\n", "\r"),
        "\ufeff" + text,
        "\r\n" + text + "\r\n\r\n",
        text.replace("DTSTART:2026", "DTST\r\n ART:20\r\n\t26"),
        text.replace("BEGIN:VEVENT", "begin:vevent").replace("DTSTART", "dtstart"),
    ):
        assert taken(variant) == ["24 10:00-11:00"]
    latin = text.encode().replace(b"DTEND", b"SUMMARY:Caf\xe9\r\nDTEND")
    assert taken(latin) == ["24 10:00-11:00"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"<!doctype html><title>Sign in</title>",
        b"\x1f\x8b\x08\x00gzip",
        b"BEGIN:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261124T100000Z\r\nEND:VEVENT\r\n",
        b"BEGIN:VCARD\r\nEND:VCARD",
        b'{"error": "gone"}',
    ],
)
def test_a_file_that_is_no_calendar_or_breaks_off_is_refused_whole(data):
    with pytest.raises(NotReadable) as caught:
        copy(data)
    assert caught.value.trouble is Trouble.NOT_A_CALENDAR


# ---- joined, clipped, bounded ----


def test_what_touches_or_overlaps_is_one_stretch_within_the_window():
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    hours = [event(at + timedelta(minutes=n)) for n in (0, 60, 30, 180)]
    assert taken(calendar(*hours, *hours)) == ["24 10:00-12:00", "24 13:00-14:00"]
    window = {"start": at + timedelta(minutes=15), "end": at + timedelta(minutes=190)}
    assert taken(calendar(*hours), **window) == ["24 10:15-12:00", "24 13:00-13:10"]
    for_ever = one("DTSTART:20000101T000000Z", "DTEND:29991231T000000Z")
    assert copy(for_ever).busy == ((int(START.timestamp()) // 60, int(END.timestamp()) // 60),)


def test_events_that_share_a_name_by_mistake_all_count():
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    same = [
        ("UID:", *event(at)),
        ("UID:", *event(at + timedelta(hours=5))),
        ("UID:x", *event(at, 90)),
        ("UID:x", *event(at + timedelta(days=1))),
    ]
    assert taken(calendar(*same)) == ["24 10:00-11:30", "24 15:00-16:00", "25 10:00-11:00"]


def test_more_stretches_than_anyone_has_are_refused():
    start = datetime(2026, 11, 1, tzinfo=UTC)
    many = calendar(*(event(start + timedelta(minutes=4 * n), 2) for n in range(MOST_STRETCHES + 1)))
    with pytest.raises(NotReadable) as caught:
        copy(many)
    assert caught.value.trouble is Trouble.TOO_MUCH


lines = st.sampled_from(
    [
        "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:VALARM", "END:VALARM", "BEGIN:STANDARD",
        "END:STANDARD", "UID:1", "UID:2", "DTSTART:20261124T100000Z", "DTEND:20261124T110000Z", "DTSTART:x",
        "DTSTART;VALUE=DATE:20261124", "DURATION:PT1H", "DURATION:-PT1H", "RRULE:FREQ=DAILY", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RDATE:20261126T100000Z", "EXDATE:20261125T100000Z", "RECURRENCE-ID:20261125T100000Z", "TZID:Own", "TZOFFSETTO:+0100",
        "TZOFFSETFROM:+0100", "DTSTART;TZID=Own:20261124T100000", "STATUS:CANCELLED", "", " folded", "no colon", "END:VCALENDAR",
        "BEGIN:VCALENDAR", "DTSTART:99991231T235959Z", "DTEND:00010101T000000Z", "SEQUENCE:x", "RRULE:FREQ=DAILY;INTERVAL=0",
    ]
)  # fmt: skip


@given(st.lists(lines, max_size=40))
def test_no_heap_of_lines_does_more_than_be_refused(heap):
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *heap, "END:VCALENDAR"])
    found = copy(text)
    assert list(found.busy) == sorted(found.busy)
    assert all(opens < closes for opens, closes in found.busy)
    assert all(one[1] < other[0] for one, other in zip(found.busy, found.busy[1:], strict=False))

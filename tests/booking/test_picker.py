"""The page for choosing a time: which month and day it opens, how times are grouped, what it says about clocks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from coachapp.booking.picker import Part, YearMonth, clocks, picker_for, read_day, read_month
from coachapp.booking.slots import by_local_day

LISBON, MADRID = ZoneInfo("Europe/Lisbon"), ZoneInfo("Europe/Madrid")
NEW_YORK, SYDNEY = ZoneInfo("America/New_York"), ZoneInfo("Australia/Sydney")
NOW = datetime(2026, 11, 10, 11, 42, tzinfo=UTC)


def minutes(*texts):
    return sorted(int(datetime.fromisoformat(f"{text}+00:00").timestamp()) // 60 for text in texts)


def days(*texts, zone=LISBON):
    return by_local_day(minutes(*texts), zone)


OPEN = days(
    "2026-11-11T09:00",
    "2026-11-18T09:00",
    "2026-11-18T11:30",
    "2026-11-18T12:00",
    "2026-11-18T17:30",
    "2026-11-18T18:00",
    "2027-01-04T10:00",
)


def shown(given=OPEN, *, length=60, zone=LISBON, now=NOW, **asked):
    return picker_for(given, length, zone, MADRID, now, **asked)


def test_opens_at_the_first_open_day():
    page = shown()
    assert page.month.month == YearMonth(2026, 11)
    assert page.day.date == date(2026, 11, 11)
    assert (page.empty_month, page.empty_day) == (None, None)


def test_the_month_is_a_table_of_whole_weeks_from_monday():
    weeks = shown(day=date(2026, 11, 18)).month.weeks
    assert [len(week) for week in weeks] == [7] * 6
    assert [cell and cell.date.day for cell in weeks[0]] == [None] * 6 + [1]
    cells = {cell.date.day: cell for week in weeks for cell in week if cell}
    assert list(cells) == list(range(1, 31))
    assert {day: cell.open for day, cell in cells.items() if cell.open} == {11: 1, 18: 5}
    assert [day for day, cell in cells.items() if cell.is_today] == [10]
    assert [day for day, cell in cells.items() if cell.is_chosen] == [18]


def test_today_is_the_clients_date():
    page = shown(zone=SYDNEY, now=datetime(2026, 11, 10, 20, 0, tzinfo=UTC))
    assert [cell.date.day for week in page.month.weeks for cell in week if cell and cell.is_today] == [11]


def test_arrows_lead_to_months_with_openings():
    november, january = shown().month, shown(month=YearMonth(2027, 1)).month
    assert (november.earlier, november.later) == (None, YearMonth(2027, 1))
    assert (january.earlier, january.later) == (YearMonth(2026, 11), None)


def test_an_empty_month_gives_way_to_the_next_that_is_not():
    page = shown(month=YearMonth(2026, 12))
    assert (page.month.month, page.empty_month) == (YearMonth(2027, 1), YearMonth(2026, 12))
    assert page.day.date == date(2027, 1, 4)


def test_after_the_last_open_month_comes_the_last_one():
    page = shown(month=YearMonth(9999, 12))
    assert (page.month.month, page.empty_month) == (YearMonth(2027, 1), YearMonth(9999, 12))


def test_nothing_open_this_month_is_said_too():
    page = shown(days("2027-01-04T10:00"))
    assert (page.month.month, page.empty_month) == (YearMonth(2027, 1), YearMonth(2026, 11))


def test_nothing_open_at_all_shows_this_month_and_no_day():
    page = shown([], day=date(9999, 12, 31))
    assert (page.month.month, page.day, page.empty_month, page.empty_day) == (
        YearMonth(2026, 11),
        None,
        None,
        None,
    )
    assert (page.month.earlier, page.month.later) == (None, None)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (date(2026, 11, 12), date(2026, 11, 18)),
        (date(2026, 11, 30), date(2026, 11, 18)),
        (date(2026, 12, 24), date(2027, 1, 4)),
        (date(2027, 2, 1), date(2027, 1, 4)),
        (date(1, 1, 1), date(2026, 11, 11)),
    ],
)
def test_a_day_without_times_gives_way_to_the_nearest(asked, found):
    page = shown(day=asked)
    assert (page.day.date, page.empty_day) == (found, asked)


def test_times_by_part_of_the_day_in_both_writings():
    page = shown(day=date(2026, 11, 18))
    written = {
        part: [(one.label, one.label_12, one.is_pm, one.ends) for one in choices]
        for part, choices in page.day.parts
    }
    assert written == {
        Part.MORNING: [("09:00", "9:00", False, "10:00"), ("11:30", "11:30", False, "12:30")],
        Part.AFTERNOON: [("12:00", "12:00", True, "13:00"), ("17:30", "5:30", True, "18:30")],
        Part.EVENING: [("18:00", "6:00", True, "19:00")],
    }
    assert page.day.count == 5


def test_empty_parts_are_left_out_and_midnight_is_twelve_am():
    page = shown(days("2026-11-18T00:15"))
    [(part, [choice])] = page.day.parts
    assert (part, choice.label, choice.label_12, choice.is_pm) == (Part.MORNING, "00:15", "12:15", False)


def test_a_clock_time_that_comes_twice_is_told_apart():
    # New York, 1 November 2026: 01:30 is 05:30 and again 06:30 UTC.
    given = days(
        "2026-11-01T04:30", "2026-11-01T05:30", "2026-11-01T06:30", "2026-11-01T07:30", zone=NEW_YORK
    )
    [(_, choices)] = shown(given, zone=NEW_YORK).day.parts
    assert [(one.label, one.ends, one.reading) for one in choices] == [
        ("00:30", "01:30", 0),
        ("01:30", "01:30", 1),
        ("01:30", "02:30", 2),
        ("02:30", "03:30", 0),
    ]


# ── clocks ──────────────────────────────────────────────────────────────────────────────────────────────────


def seen(now, on, client, at="12:00"):
    found = clocks(
        date.fromisoformat(on), minutes(f"{on}T{at}")[0], client, MADRID, datetime.fromisoformat(now)
    )
    return found.ahead_now, found.ahead_then, found.own_shift, found.changes_that_day, found.to_mention


def test_no_change_is_not_mentioned():
    assert seen("2026-11-10T12:00+00:00", "2026-11-18", LISBON) == (60, 60, 0, False, False)


def test_both_clocks_moving_together_is_mentioned():
    assert seen("2026-10-20T12:00+00:00", "2026-10-27", LISBON) == (60, 60, -60, False, True)


def test_only_the_coachs_clock_moving_is_mentioned():
    assert seen("2026-10-20T12:00+00:00", "2026-10-27", NEW_YORK) == (360, 300, 0, False, True)


def test_only_the_clients_clock_moving_is_mentioned():
    assert seen("2026-03-01T12:00+00:00", "2026-03-10", NEW_YORK) == (360, 300, 60, False, True)


def test_the_day_of_the_change_is_mentioned_whatever_the_hour():
    assert seen("2026-10-24T12:00+00:00", "2026-10-25", LISBON, "00:30") == (60, 60, 0, True, True)
    assert seen("2026-10-24T12:00+00:00", "2026-10-25", LISBON, "12:00") == (60, 60, -60, True, True)


def test_behind_is_negative():
    assert seen("2026-11-10T12:00+00:00", "2026-11-18", SYDNEY)[0] == -600


# ── what an address may hold ────────────────────────────────────────────────────────────────────────────────


def test_days_and_months_are_read_strictly():
    assert read_day("2026-11-18") == date(2026, 11, 18)
    assert read_month("2026-11") == YearMonth(2026, 11)
    assert (str(YearMonth(2026, 3)), YearMonth(2026, 3).first) == ("2026-03", date(2026, 3, 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20261118",
        "2026-W47-3",
        "2026-02-30",
        "0000-01-01",
        "2026-11-18\n",
        " 2026-11-18",
        "٢٠٢٦-11-18",
        "x" * 9999,
    ],
)
def test_other_days_are_none(text):
    assert read_day(text) is None


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "0000-01", "2026-1", "2026-11-18", "2026-11\n"]
)
def test_other_months_are_none(text):
    assert read_month(text) is None

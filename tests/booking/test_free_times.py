"""Free times: opening hours over clock changes, buffers, notice, horizon,
each rule by an example one can check by hand."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from coachapp.booking.limits import Counts
from coachapp.booking.slots import (
    BadHours,
    Busy,
    DayException,
    Opening,
    Rules,
    by_local_day,
    free_times,
    instant,
    is_free,
    utc_text,
)
from coachapp.zones import local_days, zone

HOUR = 60
LONG_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
EVERY_DAY = range(7)


def daily(*ranges):
    return [Opening(weekday, start, end) for weekday in EVERY_DAY for start, end in ranges]


def starts(host, day, hours, *, length=30, interval=30, until=None, exceptions=(), busy=(), now=None, **more):
    """UTC labels of the free times of some days in the coach's zone; the horizon is out of the way unless given."""
    where = ZoneInfo(host)
    rules = Rules(length=length, interval=interval, **{"horizon_days": 3660, **more})
    window = local_days(day, until or day, where)
    found = free_times(hours, exceptions, busy, rules, where, *window, now or LONG_BEFORE)
    return [f"{instant(start):%d %H:%M}" for start in found]


def busy_at(begins, ends, before=0, after=0, counts=Counts.BOOKED):
    minutes = (begins.timestamp() // 60, -(-ends.timestamp() // 60))
    return Busy(*map(int, minutes), before, after, counts)


def at(text, host="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(host))


def test_an_ordinary_day():
    assert starts("Europe/Madrid", date(2026, 11, 18), daily((9 * HOUR, 11 * HOUR)), length=60) == [
        "18 08:00",
        "18 08:30",
        "18 09:00",
    ]


def test_only_the_weekday_of_the_opening():
    friday = [Opening(4, 9 * HOUR, 10 * HOUR)]
    found = starts("Europe/Madrid", date(2026, 11, 16), friday, until=date(2026, 11, 29), length=60)
    assert found == ["20 08:00", "27 08:00"]


def test_a_range_shorter_than_the_length_gives_nothing():
    assert starts("Europe/Madrid", date(2026, 11, 18), daily((540, 590)), length=60) == []


def test_ranges_that_touch_are_not_joined():
    found = starts("UTC", date(2026, 11, 18), daily((540, 600), (600, 660)), length=60, interval=30)
    assert found == ["18 09:00", "18 10:00"]


def test_overlapping_ranges_give_a_start_once_and_in_order():
    found = starts("UTC", date(2026, 11, 18), daily((570, 660), (540, 660), (550, 640)), length=60)
    assert found == ["18 09:00", "18 09:10", "18 09:30", "18 09:40", "18 10:00"]


def test_starts_count_from_the_opening_edge_not_from_the_hour_or_the_window():
    hours = daily((9 * HOUR + 10, 11 * HOUR))
    found = free_times(
        hours, [], [], Rules(30, 45), UTC, at("2026-11-18 09:20"), at("2026-11-18 10:41"), at("2026-11-01")
    )
    assert [f"{instant(start):%H:%M}" for start in found] == ["09:55"]


# ── ranges past midnight ────────────────────────────────────────────────────────────────────────────────────


def test_a_range_past_midnight_gives_times_on_both_days():
    friday_night = [Opening(4, 22 * HOUR, 26 * HOUR)]
    assert starts("UTC", date(2026, 11, 20), friday_night, length=60, interval=60) == ["20 22:00", "20 23:00"]
    assert starts("UTC", date(2026, 11, 21), friday_night, length=60, interval=60) == ["21 00:00", "21 01:00"]


def test_a_whole_following_day_is_the_longest_range():
    assert len(starts("UTC", date(2026, 11, 21), [Opening(4, 0, 2880)], length=60, interval=60)) == 24
    assert starts("UTC", date(2026, 11, 22), [Opening(4, 0, 2880)], length=60, interval=60) == []


def test_the_night_before_runs_into_a_closed_day():
    nights = daily((22 * HOUR, 26 * HOUR))
    closed = [DayException(date(2026, 11, 21))]
    found = starts("UTC", date(2026, 11, 21), nights, length=60, interval=60, exceptions=closed)
    assert found == ["21 00:00", "21 01:00"]


# ── exceptions ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_day_is_closed_and_its_neighbours_are_not():
    closed = [DayException(date(2026, 11, 18))]
    found = starts(
        "Europe/Madrid", date(2026, 11, 17), daily((540, 570)), until=date(2026, 11, 19), exceptions=closed
    )
    assert found == ["17 08:00", "19 08:00"]


def test_other_hours_replace_the_weeks_hours():
    other = [DayException(date(2026, 11, 18), ((600, 630), (1200, 1230)))]
    found = starts("Europe/Madrid", date(2026, 11, 18), daily((540, 570)), exceptions=other)
    assert found == ["18 09:00", "18 19:00"]


# ── clock changes ───────────────────────────────────────────────────────────────────────────────────────────

EVERY_HOUR = {"length": 60, "interval": 60}


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2027, 3, 28)])
def test_madrid_spring_night_has_an_hour_less(day):
    # 00:00 to 05:00 on the clock is four hours; 02:00 does not exist.
    found = starts("Europe/Madrid", day, daily((0, 5 * HOUR)), **EVERY_HOUR)
    before = f"{day - timedelta(days=1):%d}"
    assert found == [f"{before} 23:00", f"{day:%d} 00:00", f"{day:%d} 01:00", f"{day:%d} 02:00"]


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 10, 31)])
def test_madrid_autumn_night_has_an_hour_more(day):
    found = starts("Europe/Madrid", day, daily((0, 3 * HOUR)), **EVERY_HOUR)
    before = f"{day - timedelta(days=1):%d}"
    assert found == [f"{before} 22:00", f"{before} 23:00", f"{day:%d} 00:00", f"{day:%d} 01:00"]


def test_an_opening_at_a_missing_time_moves_on_by_the_gap():
    # 02:30 is read as 03:30 = 01:30 UTC.
    assert starts("Europe/Madrid", date(2026, 3, 29), daily((150, 270))) == ["29 01:30", "29 02:00"]


def test_a_closing_at_a_missing_time_moves_on_by_the_gap():
    # 01:00 to 02:30 becomes 01:00 to 03:30, which is still an hour and a half.
    found = starts("Europe/Madrid", date(2026, 3, 29), daily((60, 150)))
    assert found == ["29 00:00", "29 00:30", "29 01:00"]


def test_hours_that_meet_the_change_exactly_are_read_after_it():
    # Spring: 03:00 is the change itself, 01:00 UTC. Autumn: 02:00 comes twice, 03:00 once, at 02:00 UTC.
    assert starts("Europe/Madrid", date(2026, 3, 29), daily((180, 210))) == ["29 01:00"]
    assert starts("Europe/Madrid", date(2026, 3, 29), daily((90, 180))) == ["29 00:30"]
    assert starts("Europe/Madrid", date(2026, 10, 25), daily((180, 210))) == ["25 02:00"]
    assert starts("Europe/Madrid", date(2026, 10, 25), daily((90, 120))) == [
        "24 23:30",
        "25 00:00",
        "25 00:30",
    ]


def test_a_range_that_moving_on_turns_round_gives_nothing():
    # 02:30 becomes 03:30, after the closing at 03:15.
    assert starts("Europe/Madrid", date(2026, 3, 29), daily((150, 195))) == []


def test_a_repeated_time_opens_at_its_first_and_closes_at_its_second_reading():
    found = starts("Europe/Madrid", date(2026, 10, 25), daily((120, 150)))
    assert found == ["25 00:00", "25 00:30", "25 01:00"]


def test_working_hours_keep_the_wall_clock_over_both_changes():
    nine = daily((9 * HOUR, 10 * HOUR))
    spring = starts("Europe/Madrid", date(2026, 3, 28), nine, until=date(2026, 3, 30), length=60)
    autumn = starts("Europe/Madrid", date(2026, 10, 24), nine, until=date(2026, 10, 26), length=60)
    assert spring == ["28 08:00", "29 07:00", "30 07:00"]
    assert autumn == ["24 07:00", "25 08:00", "26 08:00"]


def test_lord_howe_moves_half_an_hour():
    # 4 October 2026, 02:00 becomes 02:30; 5 April 2026, 02:00 becomes 01:30. +10:30 in winter, +11 in summer.
    spring = starts("Australia/Lord_Howe", date(2026, 10, 4), daily((60, 180)))
    autumn = starts("Australia/Lord_Howe", date(2026, 4, 5), daily((60, 120)))
    assert spring == ["03 14:30", "03 15:00", "03 15:30"]
    assert autumn == ["04 14:00", "04 14:30", "04 15:00"]


def test_santiago_skips_midnight():
    # 6 September 2026: midnight does not exist, the day begins at 01:00 = 04:00 UTC and has 23 hours.
    assert len(starts("America/Santiago", date(2026, 9, 6), daily((0, 1440)), **EVERY_HOUR)) == 23
    assert starts("America/Santiago", date(2026, 9, 6), daily((0, 120)), **EVERY_HOUR) == ["06 04:00"]


def test_santiago_repeats_the_last_hour_of_saturday():
    # 4 April 2026: at midnight the clock goes back to 23:00, so 23:00 to 24:00 lasts two hours.
    found = starts("America/Santiago", date(2026, 4, 4), daily((23 * HOUR, 1440)), **EVERY_HOUR)
    assert found == ["05 02:00", "05 03:00"]


def test_cairo_changes_at_midnight():
    # 24 April 2026: no 00:00 to 01:00. 29 October 2026: 23:00 to 24:00 twice.
    assert starts("Africa/Cairo", date(2026, 4, 24), daily((30, 120)), length=30) == ["23 22:30"]
    assert starts("Africa/Cairo", date(2026, 10, 29), daily((23 * HOUR, 1440)), **EVERY_HOUR) == [
        "29 20:00",
        "29 21:00",
    ]


def test_azores_go_back_to_midnight():
    # 25 October 2026: at 01:00 the clock goes back to 00:00; 29 March 2026: 00:00 to 01:00 is missing.
    assert starts("Atlantic/Azores", date(2026, 10, 25), daily((0, 60)), **EVERY_HOUR) == [
        "25 00:00",
        "25 01:00",
    ]
    assert starts("Atlantic/Azores", date(2026, 3, 29), daily((0, 120)), **EVERY_HOUR) == ["29 01:00"]


def test_a_night_range_over_the_change_counts_real_minutes():
    # Saturday 22:00 to Sunday 04:00 in Madrid, five real hours in spring and seven in autumn.
    night = [Opening(5, 22 * HOUR, 28 * HOUR)]
    spring = starts("Europe/Madrid", date(2026, 3, 28), night, until=date(2026, 3, 29), **EVERY_HOUR)
    autumn = starts("Europe/Madrid", date(2026, 10, 24), night, until=date(2026, 10, 25), **EVERY_HOUR)
    assert (len(spring), len(autumn)) == (5, 7)


def test_a_date_that_never_was_moves_on_whole():
    # Samoa had no 30 December 2011; the 29th's hours from 25:00 to 27:00 are read as 01:00 to 03:00 of the 31st.
    late = [Opening(3, 25 * HOUR, 27 * HOUR)]
    now = at("2011-12-28")
    assert starts("Pacific/Apia", date(2011, 12, 31), late, now=now, **EVERY_HOUR) == ["30 11:00", "30 12:00"]


def test_new_york_sees_madrid_an_hour_shifted_in_the_weeks_between_their_changes():
    nine = daily((15 * HOUR, 16 * HOUR))
    madrid, new_york = ZoneInfo("Europe/Madrid"), ZoneInfo("America/New_York")

    def local(day):
        window = local_days(day, day, new_york)
        found = free_times(nine, [], [], Rules(60, 60, horizon_days=3660), madrid, *window, LONG_BEFORE)
        return [time.local for one in by_local_day(found, new_york) for time in one.times]

    assert local(date(2026, 3, 7)) == ["09:00"]  # six hours
    assert local(date(2026, 3, 9)) == ["10:00"]  # five, until Madrid changes on the 29th
    assert local(date(2026, 3, 28)) == ["10:00"]
    assert local(date(2026, 3, 30)) == ["09:00"]
    assert local(date(2026, 10, 26)) == ["10:00"]
    assert local(date(2026, 11, 2)) == ["09:00"]


# ── appointments and buffers ────────────────────────────────────────────────────────────────────────────────

NOON = [busy_at(at("2026-11-18 12:00"), at("2026-11-18 13:00"))]


def round_noon(busy, **more):
    found = starts("UTC", date(2026, 11, 18), daily((600, 900)), length=60, interval=15, busy=busy, **more)
    before = [label for label in found if label < "18 12"]
    return before[-1][3:], next(label for label in found if label >= "18 12")[3:]


def test_without_buffers_appointments_may_touch():
    assert round_noon(NOON) == ("11:00", "13:00")


@pytest.mark.parametrize(
    ("own", "other", "last_before", "first_after"),
    [
        # (before, after) of the new appointment and of the one that stands
        ((0, 15), (0, 0), "10:45", "13:00"),
        ((15, 0), (0, 0), "11:00", "13:15"),
        ((0, 0), (15, 0), "10:45", "13:00"),
        ((0, 0), (0, 15), "11:00", "13:15"),
        ((15, 15), (15, 15), "10:45", "13:15"),  # the larger, not the sum
        ((15, 30), (45, 0), "10:15", "13:15"),
        ((30, 45), (15, 15), "10:15", "13:30"),
    ],
)
def test_between_two_lies_the_larger_buffer(own, other, last_before, first_after):
    busy = [busy_at(at("2026-11-18 12:00"), at("2026-11-18 13:00"), *other)]
    assert round_noon(busy, before=own[0], after=own[1]) == (last_before, first_after)


def test_a_start_that_touches_two_appointments_is_free():
    busy = [
        busy_at(at("2026-11-18 10:00"), at("2026-11-18 11:00")),
        busy_at(at("2026-11-18 12:00"), at("2026-11-18 13:00")),
    ]
    found = starts("UTC", date(2026, 11, 18), daily((600, 780)), length=60, interval=15, busy=busy)
    assert found == ["18 11:00"]


def test_an_appointment_with_odd_seconds_counts_to_the_full_minute():
    busy = [busy_at(at("2026-11-18 12:00:30"), at("2026-11-18 12:59:30"))]
    found = starts("UTC", date(2026, 11, 18), daily((660, 840)), length=60, interval=1, busy=busy)
    assert found == ["18 11:00", "18 13:00"]


def test_appointments_in_any_order_and_overlapping():
    busy = [
        busy_at(at("2026-11-18 12:00"), at("2026-11-18 13:00")),
        busy_at(at("2026-11-18 09:00"), at("2026-11-18 12:30")),
        busy_at(at("2026-11-18 10:00"), at("2026-11-18 10:30")),
    ]
    assert starts("UTC", date(2026, 11, 18), daily((540, 840)), length=60, busy=busy) == ["18 13:00"]


# ── notice, horizon, window ─────────────────────────────────────────────────────────────────────────────────


def test_notice_is_kept_to_the_minute():
    hours = daily((540, 660))
    day = date(2026, 11, 18)
    exactly = starts("UTC", day, hours, notice=1440, now=at("2026-11-17 09:30"))
    late = starts("UTC", day, hours, notice=1440, now=at("2026-11-17 09:30:01"))
    assert exactly == ["18 09:30", "18 10:00", "18 10:30"]
    assert late == ["18 10:00", "18 10:30"]


def test_nothing_in_the_past_even_without_notice():
    assert starts("UTC", date(2026, 11, 18), daily((540, 600)), now=at("2026-11-18 09:10")) == ["18 09:30"]


def test_the_horizon_counts_days_of_the_coachs_calendar():
    hours = daily((0, 30), (1410, 1440))
    # 23:30 UTC on the 17th is the 18th in Madrid: one day on is the 19th.
    found = starts(
        "Europe/Madrid",
        date(2026, 11, 18),
        hours,
        until=date(2026, 11, 25),
        now=at("2026-11-17 23:30"),
        horizon_days=1,
    )
    assert found == ["18 22:30", "18 23:00", "19 22:30"]


def test_a_night_range_ends_at_the_horizon_with_the_date_of_the_start():
    nights = daily((23 * HOUR, 25 * HOUR))
    found = starts(
        "UTC",
        date(2026, 11, 18),
        nights,
        until=date(2026, 11, 25),
        now=at("2026-11-18 00:00"),
        horizon_days=0,
        **EVERY_HOUR,
    )
    assert found == ["18 00:00", "18 23:00"]


def test_the_window_holds_its_first_minute_and_not_its_last():
    found = free_times(
        daily((0, 1440)),
        [],
        [],
        Rules(30, 30),
        UTC,
        at("2026-11-18 10:00"),
        at("2026-11-18 11:00"),
        at("2026-11-17"),
    )
    assert [utc_text(start) for start in found] == ["2026-11-18T10:00:00Z", "2026-11-18T10:30:00Z"]


def test_a_window_turned_round_is_empty():
    assert (
        free_times(
            daily((0, 1440)),
            [],
            [],
            Rules(30, 30),
            UTC,
            at("2026-11-18 13:00"),
            at("2026-11-18 12:00"),
            LONG_BEFORE,
        )
        == []
    )


def test_is_free_agrees_with_the_list():
    madrid, now = ZoneInfo("Europe/Madrid"), at("2026-11-17 09:00")
    given = (daily((600, 900)), [], NOON, Rules(60, 30, before=15, after=15, notice=60), madrid, now)
    *before, _, _ = given
    listed = free_times(*before, madrid, *local_days(date(2026, 11, 18), date(2026, 11, 18), madrid), now)
    first = listed[0]
    assert listed
    assert [minute for minute in range(first - 60, first + 400) if is_free(minute, *given)] == listed


def test_dates_at_the_end_of_the_calendar_are_no_trouble():
    where = zone("Pacific/Kiritimati")
    window = local_days(date.min, date.max, where)
    found = free_times(
        daily((540, 570)), [], [], Rules(30, 30, horizon_days=2), where, *window, at("2026-11-18 12:00")
    )
    assert len(found) == 3  # it is 02:00 there: today and two days more


# ── bad hours, labels, speed ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "bad", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, 90, 60), (0, -1, 60), (0, 0, 2881)]
)
def test_hours_that_cannot_be_are_refused(bad):
    with pytest.raises(BadHours):
        Opening(*bad)


def test_an_exception_that_cannot_be_is_refused():
    with pytest.raises(BadHours):
        DayException(date(2026, 11, 18), ((600, 540),))


@pytest.mark.parametrize(
    "bad",
    [
        {"length": 0, "interval": 15},
        {"length": 60, "interval": 0},
        {"length": 60, "interval": 15, "before": -1},
        {"length": 60, "interval": 15, "horizon_days": 4000},
    ],
)
def test_rules_that_cannot_be_are_refused(bad):
    with pytest.raises(BadHours):
        Rules(**bad)


def test_times_are_grouped_by_the_clients_date():
    where = ZoneInfo("America/New_York")
    given = [
        int(at(text).timestamp()) // 60
        for text in ("2026-11-18 04:30", "2026-11-18 05:00", "2026-11-18 14:00")
    ]
    days = by_local_day(given, where)
    assert [(day.date, [time.local for time in day.times]) for day in days] == [
        (date(2026, 11, 17), ["23:30"]),
        (date(2026, 11, 18), ["00:00", "09:00"]),
    ]
    assert by_local_day([], where) == []


def test_sixty_days_with_a_thousand_appointments_are_quick(capsys):
    madrid, new_york, now = ZoneInfo("Europe/Madrid"), ZoneInfo("America/New_York"), at("2026-10-01")
    spread = [now + timedelta(minutes=15 * (n * 2741 % 5760)) for n in range(1000)]
    busy = [busy_at(begin, begin + timedelta(minutes=5)) for begin in spread]
    begun = perf_counter()
    found = free_times(
        daily((480, 780), (840, 1200)),
        [],
        busy,
        Rules(30, 15, 5, 5),
        madrid,
        now,
        now + timedelta(days=60),
        now,
    )
    days = by_local_day(found, new_york)
    took = (perf_counter() - begun) * 1000
    with capsys.disabled():
        print(f"\n60 days, step 15, 1000 appointments: {len(found)} free times in {took:.1f} ms")
    assert sum(len(day.times) for day in days) == len(found) > 100

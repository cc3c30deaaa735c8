"""How a day and a week are laid out, and what the safe-contact answer means."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.desk.rules import (
    ROWS,
    Entry,
    EntryKind,
    Gap,
    NowMark,
    Pay,
    Placed,
    Reach,
    closed_times,
    day_rail,
    excerpt,
    first_hour,
    lapses_soon,
    minutes_within,
    pay_state,
    placed,
    reach,
    timeline,
    week_of,
)
from coachapp.money import Money
from coachapp.safe_contact.rules import Contact, Inbox

DAY = datetime(2026, 11, 10, tzinfo=UTC)
END = DAY + timedelta(days=1)


@dataclass(frozen=True)
class Card:
    starts_at: datetime
    ends_at: datetime


def card(start: float, end: float) -> Card:
    return Card(DAY + timedelta(hours=start), DAY + timedelta(hours=end))


def hours(rail):
    return [(type(line).__name__, (line.starts_at - DAY) / timedelta(hours=1)) for line in rail]


def test_rail_of_the_present_day():
    now = DAY + timedelta(hours=12.7)
    rail = day_rail([card(17, 17.5), card(10, 11), card(14.5, 15.5)], now, DAY, END)
    assert hours(rail) == [("Card", 10), ("NowMark", 12.7), ("Card", 14.5), ("Gap", 15.5), ("Card", 17)]
    assert rail[3] == Gap(DAY + timedelta(hours=15.5), DAY + timedelta(hours=17))
    assert rail[3].length_min == 90


def test_rail_of_a_day_to_come_has_every_gap_and_no_line():
    rail = day_rail([card(9, 10), card(10.25, 11), card(12, 13)], DAY - timedelta(days=2), DAY, END)
    assert hours(rail) == [("Card", 9), ("Card", 10.25), ("Gap", 11), ("Card", 12)]


def test_rail_of_a_day_gone_by_has_neither():
    rail = day_rail([card(9, 10), card(14, 15)], END + timedelta(days=1), DAY, END)
    assert hours(rail) == [("Card", 9), ("Card", 14)]


def test_line_of_the_present_comes_last_in_the_evening():
    now = DAY + timedelta(hours=20)
    assert day_rail([card(9, 10)], now, DAY, END)[-1] == NowMark(now)


def test_no_cards_no_rail():
    assert day_rail([], DAY, DAY, END) == []


def test_a_short_card_inside_a_long_one_leaves_no_gap_before_the_long_one_ends():
    rail = day_rail([card(9, 12), card(10, 10.5), card(12.25, 13)], DAY - timedelta(days=1), DAY, END)
    assert hours(rail) == [("Card", 9), ("Card", 10), ("Card", 12.25)]


def test_week_begins_on_monday():
    assert [day.day for day in week_of(date(2026, 11, 15))] == [9, 10, 11, 12, 13, 14, 15]


def test_timeline_is_latest_first():
    entries = [Entry(DAY, EntryKind.NOTE), Entry(END, EntryKind.BOOKED)]
    assert [each.kind for each in timeline(entries[:1], entries[1:])] == [EntryKind.BOOKED, EntryKind.NOTE]


@given(st.text(), st.integers(min_value=2, max_value=200))
def test_excerpt_is_one_line_and_never_longer_than_asked(text, most):
    short = excerpt(text, most)
    assert "\n" not in short
    assert len(short) <= most + 1


def test_excerpt_is_cut_at_a_word():
    assert excerpt("Agreed to wait a day, before any reply.", 22) == "Agreed to wait a day…"


KNOWN = Contact(Inbox.ONLY_ME, "maya@example.com", DAY)


@pytest.mark.parametrize(
    ("contact", "days", "means"),
    [
        (None, 0, Reach.NOT_ASKED),
        (Contact(Inbox.NONE, None, DAY), 0, Reach.NO_MAIL),
        (KNOWN, 59, Reach.OWN),
        (KNOWN, 60, Reach.LAPSED),
        (Contact(Inbox.SHARED, "maya@example.com", DAY), 0, Reach.SHARED),
        (Contact(Inbox.ONLY_ME, "maya@example.com", DAY, stopped_at=DAY), 0, Reach.STOPPED),
    ],
)
def test_what_the_answer_means(contact, days, means):
    assert reach(contact, DAY + timedelta(days=days)) is means


@pytest.mark.parametrize(("days", "soon"), [(45, False), (46, True), (59, True), (60, False)])
def test_the_coach_is_told_14_days_before_a_lapse(days, soon):
    assert lapses_soon(KNOWN, DAY + timedelta(days=days)) is soon


def euros(amount: int) -> Money:
    return Money(amount, "EUR")


@pytest.mark.parametrize(
    ("price", "paid", "refunded", "state"),
    [
        (0, None, None, Pay.FREE),
        (8000, None, None, Pay.NOT_HERE),
        (8000, 0, 0, Pay.NOT_HERE),
        (8000, 8000, 0, Pay.PAID),
        (8000, 8000, 4000, Pay.PART),
        (8000, 8000, 8000, Pay.RETURNED),
    ],
)
def test_pill_about_money(price, paid, refunded, state):
    assert (
        pay_state(euros(price), *(None if each is None else euros(each) for each in (paid, refunded)))
        is state
    )


def test_an_hour_at_ten_stands_on_the_grid():
    assert placed(10 * 60, 11 * 60, 8) == [Placed(8, 4)]


def test_a_long_stretch_comes_in_parts():
    assert placed(0, 24 * 60, 8) == [Placed(0, 24), Placed(24, 24, goes_on=True)]


@given(st.integers(0, 1440), st.integers(1, 1440), st.integers(0, 8))
def test_everything_stays_on_the_grid(start, length, hour):
    for part in placed(start, start + length, hour):
        assert 0 <= part.row < part.row + part.rows <= ROWS
        assert part.rows <= 24


def test_grid_begins_earlier_when_something_does():
    assert (first_hour([]), first_hour([9 * 60]), first_hour([6 * 60 + 30])) == (8, 8, 6)


def test_closed_times_lie_between_hours_and_appointments_on_whole_rows():
    taken = [(540, 780), (900, 1040), (1020, 1080)]
    assert closed_times(taken, 480, 1200) == [(480, 540), (780, 900), (1080, 1200)]
    assert closed_times([(480, 1040)], 480, 1200) == [(1050, 1200)]


def test_minutes_are_those_of_the_wall_clock_cut_at_midnight():
    zone = ZoneInfo("Europe/Madrid")
    late = card(22, 24.5)
    assert minutes_within(late, date(2026, 11, 10), zone) == (23 * 60, 24 * 60)
    assert minutes_within(late, date(2026, 11, 11), zone) == (0, 90)

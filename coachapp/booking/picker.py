"""What the page for choosing a time shows: a month of days, one day's times, and what the clocks do until then."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import NamedTuple

from coachapp.booking.slots import LocalDay, LocalTime, instant
from coachapp.zones import local_days, offset_at

_DAY_TEXT = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MONTH_TEXT = re.compile(r"(\d{4})-(\d\d)", re.ASCII)


class YearMonth(NamedTuple):
    """A month of the client's calendar."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        """Its first day, for templates that format dates."""
        return date(self.year, self.month, 1)


class Part(StrEnum):
    """Part of the day: before 12:00, before 18:00, after."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in the month's table and how many times are open on it."""

    date: date
    open: int
    is_today: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of seven cells, None outside the month; the nearest months with openings on both sides."""

    month: YearMonth
    weeks: tuple[tuple[Cell | None, ...], ...]
    earlier: YearMonth | None
    later: YearMonth | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One start: epoch minutes, its label in 24 h and 12 h, the end in 24 h.

    `reading` is 0, but 1 or 2 for a clock time that comes twice that day, because the clocks go back.
    """

    start: int
    label: str
    label_12: str
    is_pm: bool
    ends: str
    reading: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """What the clocks do between now and a chosen day, in minutes.

    `ahead_now` and `ahead_then`: how far the coach's clock is ahead of the client's (behind: negative).
    `own_shift`: how far the client's own clock will have moved; `changes_that_day`: whether it moves on that day.
    """

    ahead_now: int
    ahead_then: int
    own_shift: int
    changes_that_day: bool

    @property
    def to_mention(self) -> bool:
        """Whether the page has to say that the clocks change."""
        return bool(self.own_shift or self.ahead_now != self.ahead_then or self.changes_that_day)


@dataclass(frozen=True, slots=True)
class ChosenDay:
    """The open day on show: its times by part of the day, empty parts left out."""

    date: date
    parts: tuple[tuple[Part, tuple[Choice, ...]], ...]
    clocks: Clocks

    @property
    def count(self) -> int:
        """How many times are open."""
        return sum(len(choices) for _, choices in self.parts)


@dataclass(frozen=True, slots=True)
class Picker:
    """All of it. `day` is None when nothing at all is open.

    `empty_month`: the month asked for (this one, if none was), when it had no openings and another is shown.
    `empty_day`: the day asked for, when it had no openings and another is shown.
    """

    month: Month
    day: ChosenDay | None
    empty_month: YearMonth | None
    empty_day: date | None


def read_day(text: str) -> date | None:
    """The date written as YYYY-MM-DD, or None for anything else."""
    match = _DAY_TEXT.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def read_month(text: str) -> YearMonth | None:
    """The month written as YYYY-MM, or None for anything else."""
    match = _MONTH_TEXT.fullmatch(text)
    day = read_day(f"{text}-01") if match else None
    return _month_of(day) if day else None


def picker_for(
    days: Sequence[LocalDay],
    length: int,
    client_zone: tzinfo,
    host_zone: tzinfo,
    now: datetime,
    month: YearMonth | None = None,
    day: date | None = None,
) -> Picker:
    """The page for these open days (sorted, in the client's zone): all of them, not only one month's.

    `month` and `day` are what the person asked for. A day wins over a month; without either the first open day
    is shown. A month without openings gives way to the next that has some, else to the last one before.
    """
    today = now.astimezone(client_zone).date()
    wanted = _month_of(day) if day else month or _month_of(today)
    shown = _shown_month(days, wanted) if days else _month_of(today)
    open_day = _shown_day(days, shown, day)
    return Picker(
        month=_month_table(days, shown, today, open_day.date if open_day else None),
        day=_chosen_day(open_day, length, client_zone, host_zone, now) if open_day else None,
        empty_month=wanted if days and wanted != shown else None,
        empty_day=day if day and open_day and open_day.date != day else None,
    )


def without(days: Sequence[LocalDay], taken: datetime) -> list[LocalDay]:
    """The same days without one start; a day that has no other is left out."""
    left = [(day.date, [time for time in day.times if instant(time.start) != taken]) for day in days]
    return [
        LocalDay(on, [time.start for time in times], [time.local for time in times])
        for on, times in left
        if times
    ]


def clocks(on: date, first_start: int, client_zone: tzinfo, host_zone: tzinfo, now: datetime) -> Clocks:
    """The client's and the coach's clocks at `now` and at the first time (epoch minutes) of the client's day `on`."""
    present = int(now.timestamp()) // 60
    mine_now, mine_then = (offset_at(client_zone, minute) for minute in (present, first_start))
    begins, ends = local_days(on, on, client_zone)
    return Clocks(
        ahead_now=offset_at(host_zone, present) - mine_now,
        ahead_then=offset_at(host_zone, first_start) - mine_then,
        own_shift=mine_then - mine_now,
        changes_that_day=begins.utcoffset() != ends.utcoffset(),
    )


def _month_of(day: date) -> YearMonth:
    return YearMonth(day.year, day.month)


def _open_months(days: Sequence[LocalDay]) -> list[YearMonth]:
    return [YearMonth(*each) for each in sorted({(day.date.year, day.date.month) for day in days})]


def _shown_month(days: Sequence[LocalDay], asked: YearMonth) -> YearMonth:
    months = _open_months(days)
    return next((month for month in months if month >= asked), months[-1])


def _shown_day(days: Sequence[LocalDay], month: YearMonth, asked: date | None) -> LocalDay | None:
    """The open day of the month nearest to the one asked for, later ones first; the first if none was asked."""
    within = [day for day in days if (day.date.year, day.date.month) == month]
    from_asked = [day for day in within if asked is None or day.date >= asked]
    return next(iter(from_asked or within[-1:]), None)


def _month_table(days: Sequence[LocalDay], month: YearMonth, today: date, chosen: date | None) -> Month:
    counts = {day.date: len(day.starts) for day in days}
    months = _open_months(days)

    def cell(number: int) -> Cell | None:
        if not number:
            return None
        day = date(month.year, month.month, number)
        return Cell(day, counts.get(day, 0), day == today, day == chosen)

    return Month(
        month=month,
        weeks=tuple(tuple(map(cell, week)) for week in calendar.Calendar().monthdayscalendar(*month)),
        earlier=next((other for other in reversed(months) if other < month), None),
        later=next((other for other in months if other > month), None),
    )


def _chosen_day(
    day: LocalDay, length: int, client_zone: tzinfo, host_zone: tzinfo, now: datetime
) -> ChosenDay:
    choices = [_choice(time, length, client_zone) for time in day.times]
    parts = ((part, tuple(choice for choice in choices if part_of(choice.label) is part)) for part in Part)
    return ChosenDay(
        date=day.date,
        parts=tuple((part, inside) for part, inside in parts if inside),
        clocks=clocks(day.date, day.starts[0], client_zone, host_zone, now),
    )


def _choice(time: LocalTime, length: int, client_zone: tzinfo) -> Choice:
    begins = instant(time.start).astimezone(client_zone)
    comes_twice = begins.replace(fold=0).utcoffset() != begins.replace(fold=1).utcoffset()
    return Choice(
        start=time.start,
        label=time.local,
        label_12=f"{(begins.hour + 11) % 12 + 1}:{begins:%M}",
        is_pm=begins.hour >= 12,
        ends=f"{instant(time.start + length).astimezone(client_zone):%H:%M}",
        reading=1 + begins.fold if comes_twice else 0,
    )


def part_of(label: str) -> Part:
    """The part of the day of a clock time such as `09:30`."""
    if label < "12:00":
        return Part.MORNING
    return Part.AFTERNOON if label < "18:00" else Part.EVENING

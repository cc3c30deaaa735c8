"""A usual week as it is typed: rows of from and to for each weekday, read into opening ranges (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from coachapp.booking.slots import Opening
from coachapp.zones import DAY

_MOST_ROWS = 12


class Trouble(StrEnum):
    """What may be wrong with a row."""

    HALF = "half"
    NOT_A_TIME = "not a time"
    SAME = "same"
    OVERLAP = "overlap"


@dataclass(frozen=True)
class Row:
    """One pair of times as typed; `key` names its controls."""

    key: str
    opens: str = ""
    closes: str = ""
    trouble: Trouble | None = None

    @property
    def is_blank(self) -> bool:
        return not (self.opens or self.closes)


@dataclass(frozen=True)
class WeekSheet:
    """The rows of each weekday (Monday first), a spare blank one last, and the ranges they make."""

    days: tuple[tuple[Row, ...], ...]
    openings: tuple[Opening, ...] = field(default=())

    @property
    def troubles(self) -> list[Row]:
        return [row for rows in self.days for row in rows if row.trouble]


def sheet_of(openings: list[Opening]) -> WeekSheet:
    """The sheet that shows these hours."""
    typed: dict[str, str] = {}
    for weekday in range(7):
        ranges = sorted((each for each in openings if each.weekday == weekday), key=lambda one: one.start_min)
        for number, each in enumerate(ranges):
            typed[f"{weekday}-{number}-from"] = clock(each.start_min)
            typed[f"{weekday}-{number}-to"] = clock(each.end_min)
    return read_week(typed)


def read_week(typed: Mapping[str, str], without: str = "") -> WeekSheet:
    """Read rows named `<weekday>-<number>-from` and `-to`. Blank rows, and the one named `without`, fall away.

    A row that ends at or before its beginning runs into the next day.
    """
    days: list[tuple[Row, ...]] = []
    openings: list[Opening] = []
    for weekday in range(7):
        rows, ranges = _read_day(typed, weekday, without)
        openings += [Opening(weekday, low, high) for low, high in ranges]
        days.append((*rows, Row(f"{weekday}-{len(rows)}")))
    return WeekSheet(tuple(days), tuple(openings))


def clock(minute: int) -> str:
    """`09:30` of a minute of the day (past midnight: of the next day)."""
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


def minute_of(text: str) -> int | None:
    """The minute of the day of `09:30`; None when it is not a time."""
    hour, colon, minute = text.strip().partition(":")
    if not (colon and hour.isascii() and minute.isascii() and hour.isdigit() and minute.isdigit()):
        return None
    if len(hour) > 2 or len(minute) != 2 or int(hour) > 23 or int(minute) > 59:
        return None
    return int(hour) * 60 + int(minute)


def read_range(opens: str, closes: str) -> tuple[int, int] | Trouble:
    """A pair of times as minutes, the end past midnight if it is not after the beginning."""
    if not (opens and closes):
        return Trouble.HALF
    low, high = minute_of(opens), minute_of(closes)
    if low is None or high is None:
        return Trouble.NOT_A_TIME
    if low == high:
        return Trouble.SAME
    return low, high if high > low else high + DAY


def _read_day(
    typed: Mapping[str, str], weekday: int, without: str
) -> tuple[list[Row], list[tuple[int, int]]]:
    rows: list[Row] = []
    ranges: list[tuple[int, int]] = []
    for number in range(_MOST_ROWS):
        key = f"{weekday}-{number}"
        opens, closes = (typed.get(f"{key}-{edge}", "").strip()[:8] for edge in ("from", "to"))
        row = Row(f"{weekday}-{len(rows)}", opens, closes)
        if row.is_blank or key == without:
            continue
        found = read_range(row.opens, row.closes)
        if not isinstance(found, Trouble) and any(found[0] < high and low < found[1] for low, high in ranges):
            found = Trouble.OVERLAP
        if isinstance(found, Trouble):
            rows.append(Row(row.key, row.opens, row.closes, found))
        else:
            rows.append(row)
            ranges.append(found)
    return rows, ranges

"""The numbers of one scale over time, earliest first, and the small chart they make (pure).

Nothing here says whether a number is good: what is shown is what was written, when, and on which sheet.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

MOST_BARS = 24
WIDTH, HEIGHT, BASE, LEFT = 320, 120, 112, 24  # of the chart, in its own units
UNIT = 9
_BAR, _WIDEST, _NUMBERED = 0.6, 30.0, 17.0


@dataclass(frozen=True)
class Written:
    """One saved answer to a scale, in her zone; `replaced_at` is set where another one has taken its place."""

    sheet: int
    value: int
    written_at: datetime
    replaced_at: datetime | None = None

    @property
    def stood(self) -> bool:
        """Whether it was still there when its day was over: what is changed on the same day was not meant."""
        return self.replaced_at is None or self.replaced_at.date() > self.written_at.date()


@dataclass(frozen=True)
class Number:
    """One number of a course; `sheet` is where it stands."""

    value: int
    written_at: datetime
    sheet: int


@dataclass(frozen=True)
class Bar:
    """One number as it is drawn: the left top corner, and its size; `middle` is where its numeral stands."""

    x: float
    y: float
    width: float
    height: float
    value: int

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Course:
    """One question asked more than once, and what was answered. `neutral_title` is its sheet's on paper."""

    key: str
    field: str
    title: str
    neutral_title: str
    label: str
    low: str
    high: str
    numbers: tuple[Number, ...]

    @property
    def first(self) -> Number:
        return self.numbers[0]

    @property
    def last(self) -> Number:
        return self.numbers[-1]

    @property
    def is_over_time(self) -> bool:
        """One number alone is no course."""
        return len(self.numbers) > 1

    @property
    def shown(self) -> tuple[Number, ...]:
        """The numbers a small chart has room for: the last ones."""
        return self.numbers[-MOST_BARS:]

    @property
    def latest_first(self) -> list[Number]:
        return list(reversed(self.numbers))

    @property
    def spans_years(self) -> bool:
        return self.first.written_at.year != self.last.written_at.year

    def needs_time(self, number: Number) -> bool:
        """Whether the day alone does not say which number it is."""
        return self._on_each_day[number.written_at.date()] > 1

    @cached_property
    def _on_each_day(self) -> Counter[date]:
        return Counter(each.written_at.date() for each in self.numbers)

    @property
    def bars(self) -> list[Bar]:
        return list(bars_for([number.value for number in self.shown]))

    @property
    def has_numerals(self) -> bool:
        """Whether there is room for a numeral over each bar."""
        return _step(len(self.shown)) >= _NUMBERED


def in_order(written: Iterable[Written]) -> tuple[Number, ...]:
    """What stood, earliest first; of two in one moment that of the earlier sheet."""
    stood = (Number(each.value, each.written_at, each.sheet) for each in written if each.stood)
    return tuple(sorted(stood, key=lambda each: (each.written_at, each.sheet)))


def bars_for(values: list[int]) -> Iterator[Bar]:
    """Values from 0 to 10 as bars side by side; nought is a line, so that it is seen."""
    step = _step(len(values))
    for index, value in enumerate(values):
        height = max(value * UNIT, 2)
        x = LEFT + index * step + step * (1 - _BAR) / 2
        yield Bar(round(x, 1), BASE - height, round(step * _BAR, 1), height, value)


def _step(count: int) -> float:
    return min(_WIDEST, (WIDTH - LEFT) / max(count, 1))

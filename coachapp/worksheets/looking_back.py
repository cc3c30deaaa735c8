"""What stands on a page of looking back, and how it is kept: hers as it was, and nothing added (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from coachapp.worksheets.over_time import Course, Number
from coachapp.worksheets.rules import NoSuchSheet, WorksheetError


class NothingChosen(WorksheetError):
    """A page with nothing on it is not made."""


class NoSuchPage(NoSuchSheet):
    """There is no such page, or whoever asks may not see it."""


@dataclass(frozen=True)
class KeptWords:
    """Her own words as they stood, with the question and the sheet they were written on."""

    text: str
    label: str
    title: str
    neutral_title: str
    written_at: datetime


@dataclass(frozen=True)
class Sums:
    """What can be counted from the first day to the day of the page; nothing here starts over."""

    sheets: int
    answers: int
    sessions: int
    first_day: date
    last_day: date

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days


@dataclass(frozen=True)
class Contents:
    """Everything on the page. All times are in the zone she had when it was made."""

    words: tuple[KeptWords, ...] = ()
    courses: tuple[Course, ...] = ()
    sums: Sums | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.courses or self.sums)


def as_json(contents: Contents) -> dict[str, Any]:
    """The contents as plain JSON."""
    return {
        "words": [{**asdict(each), "written_at": each.written_at.isoformat()} for each in contents.words],
        "courses": [{**asdict(each), "numbers": _numbers(each)} for each in contents.courses],
        "sums": contents.sums and {name: _plain(value) for name, value in asdict(contents.sums).items()},
    }


def from_json(kept: Mapping[str, Any]) -> Contents:
    """The way back."""
    return Contents(
        tuple(KeptWords(**{**each, "written_at": _time(each["written_at"])}) for each in kept["words"]),
        tuple(Course(**{**each, "numbers": _course_numbers(each["numbers"])}) for each in kept["courses"]),
        _sums(kept["sums"]) if kept["sums"] else None,
    )


def _numbers(course: Course) -> list[list[Any]]:
    return [[each.value, each.written_at.isoformat(), each.sheet] for each in course.numbers]


def _course_numbers(kept: list[list[Any]]) -> tuple[Number, ...]:
    return tuple(Number(value, _time(at), sheet) for value, at, sheet in kept)


def _sums(kept: Mapping[str, Any]) -> Sums:
    days = {name: date.fromisoformat(kept[name]) for name in ("first_day", "last_day")}
    return Sums(kept["sheets"], kept["answers"], kept["sessions"], **days)


def _plain(value: int | date) -> int | str:
    return value.isoformat() if isinstance(value, date) else value


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)

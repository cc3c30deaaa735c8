"""From the fields of a filled PDF to the answers of a sheet (pure): only what this very sheet asks is taken."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time

from babel import Locale
from babel.dates import get_month_names

from coachapp.worksheets.answers import TICKED, AnswerError, Value, clean_answer, is_empty
from coachapp.worksheets.pdf import LANGUAGE, print_name
from coachapp.worksheets.rules import WorksheetError
from coachapp.worksheets.template import CHOSEN, TABULAR, Field, FieldType, Template

_CARD = "Card-"
_YES = "Yes"
_WRITTEN_DAY = re.compile(r"(\d{1,2})\.? (\w+) (\d{4})")
_WRITTEN_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")


class OtherSheet(WorksheetError):
    """The file's fields are not those of this sheet: another sheet, or another version of it."""


@dataclass(frozen=True)
class NotTaken:
    """Something that was written, but is nothing its question can hold: the field, and the words of the file."""

    field: Field
    words: str


@dataclass(frozen=True)
class Found:
    """The answers of a file by field key, empty ones left out; and what could not be taken."""

    answers: dict[str, Value]
    not_taken: tuple[NotTaken, ...]


def names_of(template: Template) -> set[str]:
    """The names of all fields in this template's fillable PDF, without those of its card."""
    return {name for field in template.fields for name in _names(field)}


def answers_in(template: Template, values: Mapping[str, str]) -> Found:
    """The answers that stand in a file's fields. A card repeats answers, so it is not read. OtherSheet."""
    if {name for name in values if not name.startswith(_CARD)} != names_of(template):
        raise OtherSheet(template.key)
    answers: dict[str, Value] = {}
    not_taken: list[NotTaken] = []
    for field in template.fields:
        raw = _raw(field, values) if field.asks else None
        try:
            value = clean_answer(field, raw)
        except AnswerError:
            not_taken.append(NotTaken(field, str(raw)))
        else:
            answers |= {} if is_empty(value) else {field.key: value}
    return Found(answers, tuple(not_taken))


def _names(field: Field) -> Iterator[str]:
    name = print_name(field.key)
    if field.type in TABULAR:
        for row in range(1, field.rows + 1):
            yield from (f"{name}_{row}_{n}" for n, _column in enumerate(field.answer_columns, 1))
    elif field.type is FieldType.CHOICES:
        yield from (f"{name}_{option.key}" for option in field.options)
    elif field.asks:
        yield name


def _raw(field: Field, values: Mapping[str, str]) -> object:
    """A field's value as a form would have sent it."""
    name = print_name(field.key)
    if field.type in TABULAR:
        return [_row(field, row, values) for row in range(1, field.rows + 1)]
    if field.type is FieldType.CHOICES:
        return [option.key for option in field.options if values[f"{name}_{option.key}"] == _YES]
    written = values[name] if field.type in CHOSEN else values[name].strip()
    if field.type is FieldType.DATE:
        return _day(written)
    return _time(written) if field.type is FieldType.TIME else written


def _row(field: Field, row: int, values: Mapping[str, str]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for number, column in enumerate(field.answer_columns, 1):
        written = values[f"{print_name(field.key)}_{row}_{number}"]
        cells[column.key] = (TICKED if written == _YES else "") if column.tick else written
    return cells


def _day(written: str) -> str:
    """A day as it is printed, “18 November 2026”, in the form answers have; anything else as it stands.

    Days in numbers alone are not guessed at: 11/12 is two days.
    """
    if found := _WRITTEN_DAY.fullmatch(written):
        months = {name.casefold(): number for number, name in _months()}
        with suppress(ValueError, KeyError):
            month = months[found[2].casefold()]
            return date(int(found[3]), month, int(found[1])).isoformat()
    return written


def _months() -> Iterator[tuple[int, str]]:
    locale = Locale.parse(LANGUAGE, sep="-")
    for width in ("wide", "abbreviated"):
        yield from get_month_names(width, locale=locale).items()


def _time(written: str) -> str:
    if found := _WRITTEN_TIME.fullmatch(written):
        with suppress(ValueError):
            return time(int(found[1]), int(found[2])).strftime("%H:%M")
    return written

"""Answers to a template's fields: the names forms use for them, and how typed values become stored ones.

A stored answer is plain JSON: text, date (YYYY-MM-DD) and time (HH:MM) are strings, a choice is the option's key,
choices are a list of keys, a scale is a whole number from 0 to 10, a table is a list of rows, each a dict of column
key to text, or true for a tick. Empty is "", None or []: every answer may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, time
from typing import Any, Protocol

from coachapp.worksheets.rules import WorksheetError
from coachapp.worksheets.template import (
    MAX_ROWS,
    SCALE,
    TABULAR,
    WRITTEN,
    Column,
    Field,
    FieldType,
    Template,
)

Value = str | int | list[str] | list[dict[str, str | bool]] | None
Row = dict[str, str | bool]

MAX_TEXT = 500
MAX_LONG_TEXT = 20_000
TICKED = "on"

# C0 and C1 controls (but not the line break) and lone surrogates; joiners and direction marks are part of writing.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")


def N_(words: str) -> str:  # the usual name for "translate this later"
    """Mark a sentence for translation; whoever shows it translates it."""
    return words


NO_ROOM = N_("“%(label)s” has room for %(limit)s characters. Make it a little shorter.")
NOT_OFFERED = N_("For “%(label)s”, choose from the answers shown.")
NOT_ON_SCALE = N_("For “%(label)s”, choose a number from 0 to 10.")
NOT_A_DATE = N_("For “%(label)s”, enter a date like 2026-11-18.")
NOT_A_TIME = N_("For “%(label)s”, enter a time like 14:30.")
NOT_UNDERSTOOD = N_("“%(label)s” did not arrive as we expected. Enter it once more.")


class AnswerError(WorksheetError):
    """One answer that cannot be stored. `words` is the sentence to translate, `params` what to put into it."""

    def __init__(self, field: Field, words: str, **params: str | int) -> None:
        self.field = field
        self.words = words
        self.params: dict[str, str | int] = {"label": field.label, **params}
        super().__init__(words % self.params)


class FormData(Protocol):
    """What we need of a submitted form; werkzeug's MultiDict has it."""

    def getlist(self, key: str, /) -> list[str]: ...


# -- names in forms ---------------------------------------------------------------------------------------


def field_name(field: Field) -> str:
    """The HTML name of a field that has one value; choices repeat it."""
    return f"f-{field.key}"


def cell_name(field: Field, row: int, column: Column) -> str:
    """The HTML name of one cell; rows count from 1."""
    return f"f-{field.key}-{row}-{column.key}"


def rows_shown(field: Field, value: Value) -> int:
    """How many rows a form offers: those of the template, or one more than are filled."""
    if field.row_heads or not isinstance(value, list):
        return field.rows
    return max(field.rows, min(len(value) + 1, MAX_ROWS))


def form_values(field: Field, value: Value) -> dict[str, list[str]]:
    """The stored value as a form would send it; `parse_form` is the way back."""
    if is_empty(value):
        return {}
    if field.type not in TABULAR:
        return {field_name(field): [str(each) for each in (value if isinstance(value, list) else [value])]}
    return {
        cell_name(field, number, column): [TICKED if column.tick else str(row[column.key])]
        for number, row in enumerate(_rows(value), 1)
        for column in field.answer_columns
        if row.get(column.key)
    }


def parse_form(
    template: Template, form: FormData, only: Collection[str] | None = None
) -> tuple[dict[str, Value], dict[str, AnswerError]]:
    """Answers and errors by field key. `only` names the fields this form carried; without it, all of them.

    A field with an error is not among the answers: keep what is stored and show again what was typed.
    """
    answers: dict[str, Value] = {}
    errors: dict[str, AnswerError] = {}
    for field in template.fields:
        if not field.asks or (only is not None and field.key not in only):
            continue
        try:
            answers[field.key] = clean_answer(field, _submitted(field, form))
        except AnswerError as error:
            errors[field.key] = error
    return answers, errors


def _submitted(field: Field, form: FormData) -> Any:
    if field.type in TABULAR:
        last = field.rows if field.row_heads else MAX_ROWS
        return [_submitted_row(field, number, form) for number in range(1, last + 1)]
    values = form.getlist(field_name(field))
    if field.type is FieldType.CHOICES:
        return values
    return values[-1] if values else ""


def _submitted_row(field: Field, number: int, form: FormData) -> dict[str, str]:
    sent = ((column, form.getlist(cell_name(field, number, column))) for column in field.answer_columns)
    return {column.key: values[-1] for column, values in sent if values}


# -- from typed to stored ---------------------------------------------------------------------------------


def clean_answer(field: Field, raw: Any) -> Value:
    """The value to store for what was typed; cleaning a stored value gives it back.

    Raises AnswerError when there is something, but nothing this type of field can hold.
    """
    if not field.asks or raw is None:
        return None
    if field.type in TABULAR:
        return _table(field, raw)
    if field.type is FieldType.CHOICES:
        return _chosen(field, raw)
    if field.type is FieldType.SCALE:
        return _number(field, raw)
    if field.type in WRITTEN:
        return _text(field, raw, MAX_LONG_TEXT)
    typed = " ".join(_text(field, raw, MAX_TEXT).split())
    if not typed:
        return ""
    return _one(field, typed)


def _one(field: Field, typed: str) -> str:
    if field.type is FieldType.CHOICE:
        if typed not in {option.key for option in field.options}:
            raise AnswerError(field, NOT_OFFERED)
        return typed
    if field.type is FieldType.DATE:
        return _date(field, typed)
    if field.type is FieldType.TIME:
        return _time(field, typed)
    return typed


def plain(raw: str) -> str:
    """Words as they are stored: line breaks alike, no control characters, nothing around them."""
    return _CONTROL.sub("", _LINE_BREAK.sub("\n", raw).replace("\t", " ")).strip()


def _text(field: Field, raw: Any, limit: int) -> str:
    if not isinstance(raw, str):
        raise AnswerError(field, NOT_UNDERSTOOD)
    text = plain(raw)
    if len(text) > limit:
        raise AnswerError(field, NO_ROOM, limit=limit)
    return text


def _chosen(field: Field, raw: Any) -> list[str]:
    if isinstance(raw, str) or not isinstance(raw, Sequence):
        raise AnswerError(field, NOT_UNDERSTOOD)
    keys = [option.key for option in field.options]
    wanted = [each for each in raw if each != ""]
    if any(each not in keys for each in wanted):
        raise AnswerError(field, NOT_OFFERED)
    return [key for key in keys if key in wanted]


def _number(field: Field, raw: Any) -> int | None:
    typed = str(raw).strip() if isinstance(raw, str | int) and not isinstance(raw, bool) else "no"
    if not typed:
        return None
    if not re.fullmatch(r"[0-9]{1,2}", typed) or int(typed) not in SCALE:
        raise AnswerError(field, NOT_ON_SCALE)
    return int(typed)


def _date(field: Field, typed: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
        raise AnswerError(field, NOT_A_DATE)
    try:
        return date.fromisoformat(typed).isoformat()
    except ValueError:
        raise AnswerError(field, NOT_A_DATE) from None


def _time(field: Field, typed: str) -> str:
    if not re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", typed):
        raise AnswerError(field, NOT_A_TIME)
    try:
        return time.fromisoformat(typed).strftime("%H:%M")
    except ValueError:
        raise AnswerError(field, NOT_A_TIME) from None


def _table(field: Field, raw: Any) -> list[Row]:
    """Rows below fixed heads keep their place; free rows close up where one is empty."""
    if not isinstance(raw, list) or len(raw) > MAX_ROWS or not all(isinstance(row, Mapping) for row in raw):
        raise AnswerError(field, NOT_UNDERSTOOD)
    rows = [_row(field, row) for row in raw]
    if not field.row_heads:
        return [row for row in rows if row]
    if not any(rows):
        return []
    return (rows + [{} for _ in field.row_heads])[: len(field.row_heads)]


def _row(field: Field, raw: Mapping[str, Any]) -> Row:
    cells = {column.key: _cell(field, column, raw.get(column.key)) for column in field.answer_columns}
    return {key: cell for key, cell in cells.items() if cell}


def _cell(field: Field, column: Column, raw: Any) -> str | bool:
    if raw is None or raw == "":
        return ""
    if column.tick:
        return raw is True or raw == TICKED
    return " ".join(_text(field, raw, MAX_TEXT).split())


# -- looking at stored answers ----------------------------------------------------------------------------


def is_empty(value: Value) -> bool:
    """Nothing was said. 0 on a scale is an answer."""
    if isinstance(value, list):
        return not any(value)
    return value is None or value == ""


def answered(template: Template, answers: Mapping[str, Value]) -> tuple[int, int]:
    """How many questions have an answer, and how many there are. Notes ask nothing and do not count."""
    asking = [field for field in template.fields if field.asks]
    return sum(1 for field in asking if not is_empty(answers.get(field.key))), len(asking)


def _rows(value: Value) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []

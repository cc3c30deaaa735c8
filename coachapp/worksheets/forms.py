"""A sheet as a form: what each question shows, from stored answers or from what was just typed."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from flask_babel import gettext as _

from coachapp.worksheets.answers import (
    AnswerError,
    FormData,
    Value,
    cell_name,
    field_name,
    form_values,
    is_empty,
    rows_shown,
)
from coachapp.worksheets.template import (
    MAX_ROWS,
    TABULAR,
    Column,
    Field,
    FieldType,
    Section,
    Template,
)

Typed = Mapping[str, list[str]]


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its name in the form, its column, and what stands in it."""

    name: str
    column: Column
    label: str
    value: str


@dataclass(frozen=True)
class Line:
    """One row of a table; `head` is the fixed word in front of it, if the template has one."""

    head: str
    cells: tuple[Cell, ...]

    @property
    def is_filled(self) -> bool:
        return any(cell.value for cell in self.cells)


@dataclass(frozen=True)
class Question:
    """One field as it is shown. `id` is where a link to it lands; `onward` the question after it."""

    field: Field
    name: str
    values: list[str]
    lines: tuple[Line, ...]
    error: str
    hint: str
    onward: str
    onward_label: str

    @property
    def value(self) -> str:
        return self.values[-1] if self.values else ""

    @property
    def options(self) -> list[tuple[str, str, str]]:
        """What can be chosen, as (value, words, what it may cost)."""
        return [(option.key, option.text, option.note) for option in self.field.options]

    @property
    def words(self) -> str:
        """What was chosen or written, as a person reads it."""
        chosen = [option.text for option in self.field.options if option.key in self.values]
        return "\n".join(chosen or self.values)

    @property
    def is_empty(self) -> bool:
        return not any(self.values) and not any(line.is_filled for line in self.lines)

    @property
    def first_id(self) -> str:
        """The id of its first control, for the links of an error summary."""
        if self.lines:
            return self.lines[0].cells[0].name
        grouped = self.field.type in (FieldType.CHOICE, FieldType.CHOICES, FieldType.SCALE)
        return f"{self.name}-0" if grouped else self.name

    @property
    def anchor(self) -> str:
        """The id of the whole question."""
        return f"q-{self.field.key}"


@dataclass(frozen=True)
class Part:
    """One section with its questions; `answered` says whether anything in it has an answer."""

    number: int
    of: Section
    questions: tuple[Question, ...]
    answered: bool

    @property
    def asks(self) -> bool:
        return any(question.field.asks for question in self.questions)


class SheetForm:
    """A sheet as a form. Give `typed` to show again what was sent, with its errors, over what is stored."""

    def __init__(
        self,
        template: Template,
        stored: Mapping[str, Value],
        typed: FormData | None = None,
        errors: Mapping[str, AnswerError] | None = None,
    ) -> None:
        self._template, self._stored, self._typed = template, stored, typed
        self._errors = errors or {}
        self._after = _next_fields(template)

    def parts(self) -> list[Part]:
        """Every section that has something to show, numbered from 1; a card alone is for paper only."""
        shown = [section for section in self._template.sections if section.fields]
        return [self._part(number, section) for number, section in enumerate(shown, 1)]

    def question(self, field: Field) -> Question:
        """One question on a page of its own: its scale says what the ends mean, and nothing follows it."""
        return replace(self._question(field, _hint(field, None)), onward="")

    def summary(self) -> list[tuple[str, str]]:
        """(id of the control to land on, message) for each answer that could not be kept."""
        return [
            (question.first_id, question.error)
            for part in self.parts()
            for question in part.questions
            if question.error
        ]

    def _part(self, number: int, section: Section) -> Part:
        questions = tuple(self._question(field, _hint(field, before)) for before, field in _pairs(section))
        answered = any(not is_empty(self._stored.get(field.key)) for field in section.fields)
        return Part(number, section, questions, answered)

    def _question(self, field: Field, hint: str) -> Question:
        error = self._errors.get(field.key)
        onward, label = self._after.get(field.key, ("end", ""))
        return Question(
            field=field,
            name=field_name(field),
            values=self._values(field).get(field_name(field), []),
            lines=self._lines(field) if field.type in TABULAR else (),
            error=words_of(error) if error else "",
            hint=hint,
            onward=onward,
            onward_label=label,
        )

    def _values(self, field: Field) -> Typed:
        if self._typed is None:
            return form_values(field, self._stored.get(field.key))
        names = {field_name(field)} | {name for row in all_cells(field) for name in row}
        sent = {name: self._typed.getlist(name) for name in names}
        return {name: values for name, values in sent.items() if values}

    def _lines(self, field: Field) -> tuple[Line, ...]:
        values = self._values(field)
        sent = [number for number, row in enumerate(all_cells(field), 1) if row & values.keys()]
        shown = max([rows_shown(field, self._stored.get(field.key)), *sent])
        return tuple(self._line(field, number, values) for number in range(1, shown + 1))

    def _line(self, field: Field, number: int, values: Typed) -> Line:
        head = field.row_heads[number - 1].text if field.row_heads else ""
        cells = tuple(
            Cell(
                cell_name(field, number, column),
                column,
                f"{field.label}, {head or number}: {column.label}",
                (values.get(cell_name(field, number, column)) or [""])[-1],
            )
            for column in field.answer_columns
        )
        return Line(head, cells)


def rows_offered(template: Template, form: FormData) -> dict[str, int]:
    """How many rows of each open table the page had, as its hidden fields say; nonsense counts as none said."""
    said = {
        field.key: (form.getlist(f"n-{field.key}") or [""])[-1]
        for field in template.fields
        if field.type in TABULAR and not field.row_heads
    }
    return {
        key: min(int(n), MAX_ROWS) for key, n in said.items() if n.isascii() and n.isdigit() and len(n) < 4
    }


def stood(form: FormData, only: Collection[str] | None) -> dict[str, datetime | None]:
    """When the answers this page showed had been saved, as its hidden fields say; None where nothing was there."""
    said = {key: form.getlist(f"at-{key}")[-1:] for key in only or ()}
    with suppress(ValueError):
        return {
            key: datetime.fromisoformat(at) if at else None for key, found in said.items() for at in found
        }
    return {}


def all_values(template: Template, stored: Mapping[str, Value]) -> dict[str, list[str]]:
    """Every name a form of this template can have, with its stored values; [] where nothing was said."""
    values: dict[str, list[str]] = {}
    for field in template.fields:
        if field.type in TABULAR:
            values.update({name: [] for row in all_cells(field) for name in row})
        elif field.asks:
            values[field_name(field)] = []
        values.update(form_values(field, stored.get(field.key)))
    return values


def all_cells(field: Field) -> Iterator[set[str]]:
    """The names of each row's cells, as many rows as the field can have."""
    if field.type in TABULAR:
        last = field.rows if field.row_heads else MAX_ROWS
        for number in range(1, last + 1):
            yield {cell_name(field, number, column) for column in field.answer_columns}


def words_of(error: AnswerError) -> str:
    """The sentence that says what to do about an answer."""
    return _(error.words) % error.params


def _next_fields(template: Template) -> dict[str, tuple[str, str]]:
    """(id, words) of what comes after each field: the next question, or the section it begins."""
    places = [
        (field.key, f"q-{field.key}", field.label if number else section.title)
        for section in template.sections
        for number, field in enumerate(section.fields)
    ]
    return {before[0]: after[1:] for before, after in pairwise(places)}


def _pairs(section: Section) -> Iterator[tuple[Field | None, Field]]:
    """Each field with the one before it in its section."""
    return zip((None, *section.fields), section.fields, strict=False)


def _hint(field: Field, before: Field | None) -> str:
    """The hint of a field; scales in a row with the same ends say what those mean only once."""
    if not (field.low or field.high) or (before and (before.low, before.high) == (field.low, field.high)):
        return field.hint
    ends = _("0: %(low)s. 10: %(high)s.", low=field.low, high=field.high)
    return f"{field.hint} {ends}".strip()

"""What of a household plan is for one person: the rows that name this person, and what everyone agreed on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from coachapp.worksheets.answers import Row, Value, is_empty
from coachapp.worksheets.fridge_words import (
    DayWords,
    Posted,
    PostedSection,
    is_wide,
    keys_of,
    named_words,
    pieces,
    rows_of,
    words_of,
)
from coachapp.worksheets.template import (
    CHOSEN,
    TABULAR,
    Column,
    Field,
    FieldType,
    Fridge,
    OnPage,
    Section,
    Template,
)
from coachapp.worksheets.template_json import template_as_json

ALL_OF_US = frozenset({"all", "all of us", "everybody", "everyone", "each of us", "we all", "both of us"})
_BETWEEN_NAMES = re.compile(r"[,;/&+()–]|\band\b|\bor\b")


@dataclass(frozen=True)
class Person:
    """Someone of the household, named as it was written.

    `words` are the name's words, `telling` those that nobody else there is called by. Initials have neither.
    """

    name: str
    words: frozenset[str]
    telling: frozenset[str]

    def is_named_in(self, text: str) -> bool:
        """Whether the text speaks of this person, or of everyone."""
        if " ".join(text.casefold().split()).strip(" .") in ALL_OF_US:
            return True
        said = {word.casefold() for is_word, word in pieces(text) if is_word}
        if self.telling:
            return any(word in said or (is_wide(word[0]) and word in text) for word in self.telling)
        if self.words:
            return self.words <= said
        return bool(_letters(self.name)) and _letters(self.name) in map(_letters, _BETWEEN_NAMES.split(text))

    def is_called(self, name: str) -> bool:
        """Whether a name given elsewhere is this one, or the part of it that nobody else there has."""
        said = frozenset(word.casefold() for is_word, word in pieces(name) if is_word)
        is_same = " ".join(name.casefold().split()) == self.name.casefold()
        return is_same or (bool(said & self.telling) and said <= self.words)


@dataclass(frozen=True)
class PersonPage:
    """What stands on one person's page: what names this person, then what is everyone's."""

    person: Person
    own: list[PostedSection]
    shared: list[PostedSection]


def is_marked_for_people(template: Template) -> bool:
    """Whether anybody thought about the pages for each person."""
    return any(field.person for field in template.fields)


def people_of(template: Template, answers: Mapping[str, Value]) -> list[Person]:
    """Everyone of the household who is named in the plan, once each, in the order of its tables."""
    known = words_of(template_as_json(template))
    names: dict[str, str] = {}
    for field in filter(_holds_people, template.fields):
        for row in rows_of(answers.get(field.key)):
            name = _name_in(field, row)
            if name:
                names.setdefault(name.casefold(), name)
    found = {name: frozenset(named_words(name, known, stated=True)) for name in names.values()}
    return [Person(name, words, words - _of_others(found, name)) for name, words in found.items()]


def pages_for_people(
    template: Template, answers: Mapping[str, Value], day_words: DayWords
) -> list[PersonPage]:
    """A page for each person of the plan; `day_words` writes a date out."""
    shared = _sections(template, _for_everyone(answers, day_words))
    return [
        PersonPage(person, _sections(template, _for_one(person, answers)), shared)
        for person in people_of(template, answers)
    ]


def on_page(field: Field) -> OnPage:
    """On whose page the answer stands: as it is marked, else wherever people of the household are named in it."""
    if field.person:
        return field.person
    names_people = field.type in TABULAR and field.fridge is not Fridge.OUT
    return OnPage.NAMED if names_people or field.fridge is Fridge.INITIALS else OnPage.NOBODY


def _sections(template: Template, posted: Callable[[Section, Field], Posted | None]) -> list[PostedSection]:
    found = [
        PostedSection(
            section.title, tuple(filter(None, (posted(section, field) for field in section.fields)))
        )
        for section in template.sections
    ]
    return [section for section in found if section.posted]


def _for_everyone(
    answers: Mapping[str, Value], day_words: DayWords
) -> Callable[[Section, Field], Posted | None]:
    def posted(_section: Section, field: Field) -> Posted | None:
        if on_page(field) is not OnPage.EVERYONE:
            return None
        if not field.asks:
            return Posted(field.label, field.steps or (field.hint,), numbered=bool(field.steps))
        return _posted(field, _said(field, answers.get(field.key), day_words))

    return posted


def _for_one(person: Person, answers: Mapping[str, Value]) -> Callable[[Section, Field], Posted | None]:
    def posted(section: Section, field: Field) -> Posted | None:
        if on_page(field) is not OnPage.NAMED:
            return None
        value = answers.get(field.key)
        if field.type in TABULAR:
            alone = sum(each.asks for each in section.fields) == 1  # its title says what it is
            return _posted(field, _rows_naming(person, field, value), "" if alone else field.label)
        return _posted(field, [value] if isinstance(value, str) and person.is_named_in(value) else [])

    return posted


def _posted(field: Field, lines: Iterable[str], label: str | None = None) -> Posted | None:
    kept = tuple(line for line in lines if line)
    return Posted(field.label if label is None else label, kept) if kept else None


def _said(field: Field, value: Value, day_words: DayWords) -> Iterator[str]:
    """An answer as it was written, a line for each row or choice."""
    if is_empty(value):
        return
    if field.type in TABULAR:
        yield from (_line(field, number, row) for number, row in enumerate(rows_of(value)))
    elif field.type in CHOSEN:
        yield from (option.text for option in field.options if option.key in keys_of(value))
    elif field.type is FieldType.DATE:
        yield day_words(date.fromisoformat(str(value)))
    elif field.type is FieldType.SCALE:
        yield f"{value}/10"
    else:
        yield str(value)


def _rows_naming(person: Person, field: Field, value: Value) -> Iterator[str]:
    for number, row in enumerate(rows_of(value)):
        if field.type is FieldType.PEOPLE and _name_in(field, row).casefold() == person.name.casefold():
            yield _joined(_cells(field.columns[1:], row))
        elif any(person.is_named_in(str(row.get(column.key) or "")) for column in _written(field)):
            yield _line(field, number, row)


def _line(field: Field, number: int, row: Row) -> str:
    """One row: what it is about, and every other cell under its column's words."""
    first, *others = field.columns
    head = field.row_heads[number].text if field.row_heads else str(row.get(first.key) or "").strip()
    cells = list(_cells(others, row))
    return _joined([head, *cells]) if cells or not field.row_heads else ""


def _joined(parts: Iterable[str]) -> str:
    return " – ".join(filter(None, parts))


def _cells(columns: Iterable[Column], row: Row) -> Iterator[str]:
    """What is written in the cells; ticks say only how far everyone is."""
    for column in columns:
        words = "" if column.tick else str(row.get(column.key) or "").strip()
        if words:
            yield f"{column.label}: {words}"


def _written(field: Field) -> list[Column]:
    return [column for column in field.answer_columns if not column.tick]


def _holds_people(field: Field) -> bool:
    return field.type is FieldType.PEOPLE and on_page(field) is not OnPage.NOBODY


def _name_in(field: Field, row: Row) -> str:
    return " ".join(str(row.get(field.columns[0].key) or "").split())


def _of_others(found: Mapping[str, frozenset[str]], name: str) -> frozenset[str]:
    return frozenset().union(*(words for other, words in found.items() if other != name))


def _letters(text: str) -> str:
    """The letters and numbers of initials, so that `A. R.` and `a.r.` are one."""
    return "".join(letter for letter in text.casefold() if letter.isalpha())

"""What of a plan may hang where visitors can read it: what was agreed, and of every name an initial."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from coachapp.worksheets.answers import Row, Value, is_empty
from coachapp.worksheets.template import CHOSEN, TABULAR, Column, Field, FieldType, Fridge, Template
from coachapp.worksheets.template_json import template_as_json

MOST_INITIALS = 4
_TWO_STOPS = re.compile(r"(\w)\.\.(?!\.)")  # an initial at the end of a sentence
_NUMBER = re.compile(r"[+(]?[0-9][0-9 ()/.:+-]*")

DayWords = Callable[[date], str]


@dataclass(frozen=True)
class Posted:
    """What one field says on the print: its lines, below a label. Steps are numbered, everything else is points."""

    label: str
    lines: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class PostedSection:
    title: str
    posted: tuple[Posted, ...]


def posted_sections(
    template: Template, answers: Mapping[str, Value], day_words: DayWords
) -> list[PostedSection]:
    """The sections of a plan that have something to show; `day_words` writes a date out."""
    reading = _Reading(template, answers, day_words)
    found = [
        PostedSection(section.title, tuple(filter(None, map(reading.posted, section.fields))))
        for section in template.sections
    ]
    return [section for section in found if section.posted]


def is_marked(template: Template) -> bool:
    """Whether anybody thought about the print of this template."""
    return any(field.fridge or any(column.fridge for column in field.columns) for field in template.fields)


def initials(text: str) -> str:
    """`Ana Ruiz, next door, 612 345 678` as `A. R. 612 345 678`: no word of it stays."""
    words = [word for is_word, word in pieces(text) if is_word]
    named = [word for word in words if not word[0].islower()] or words
    numbers = (found.strip(" .:/-") for found in _NUMBER.findall(text))
    return " ".join([*map(_initial, named[:MOST_INITIALS]), *numbers])


class _Reading:
    """One plan, read for its print."""

    def __init__(self, template: Template, answers: Mapping[str, Value], day_words: DayWords) -> None:
        self.answers, self.day_words = answers, day_words
        self.names = sorted(set(_names(template, answers)), key=lambda name: (-len(name), name))

    def posted(self, field: Field) -> Posted | None:
        how = _how(field)
        if how is Fridge.OUT:
            return None
        if not field.asks:
            return Posted(field.label, field.steps or (field.hint,), numbered=bool(field.steps))
        lines = tuple(filter(None, self._lines(field, self.answers.get(field.key), how)))
        return Posted(field.label, lines) if lines else None

    def _lines(self, field: Field, value: Value, how: Fridge) -> Iterator[str]:
        if is_empty(value):
            return
        if field.type in TABULAR:
            for number, row in enumerate(rows_of(value)):
                yield self._row(field, number, row)
        elif field.type in CHOSEN:
            yield from (option.text for option in field.options if option.key in keys_of(value))
        elif field.type is FieldType.DATE:
            yield self.day_words(date.fromisoformat(str(value)))
        elif field.type is FieldType.SCALE:
            yield f"{value}/10"
        else:
            yield self._said(str(value), how)

    def _row(self, field: Field, number: int, row: Row) -> str:
        """One row as a line: its head, or its first cell, and what else is said."""
        cells = [self._cell(column, _how_column(field, column), row) for column in field.answer_columns]
        said = [cell for cell in cells if cell]
        if not said:
            return ""
        head = field.row_heads[number].text if field.row_heads else said.pop(0)
        if not said:
            return head
        # An initial has a stop of its own, after which a colon looks odd.
        between = " – " if head.endswith(".") else ": "
        return between.join([head, " – ".join(said)])

    def _cell(self, column: Column, how: Fridge, row: Row) -> str:
        value = row.get(column.key)
        if how is Fridge.OUT or not value:
            return ""
        return column.label if column.tick else self._said(str(value), how)

    def _said(self, text: str, how: Fridge) -> str:
        return initials(text) if how is Fridge.INITIALS else self._without_names(text)

    def _without_names(self, text: str) -> str:
        """The text, each name (the longest first) that stands anywhere in the plan made into an initial."""
        shown = "".join(
            _initial(piece) if is_word and piece.casefold() in self.names else piece
            for is_word, piece in pieces(text)
        )
        for name in self.names:
            if is_wide(name[0]):  # scripts without spaces between words
                shown = shown.replace(name, _initial(name))
        return _TWO_STOPS.sub(r"\1.", shown)


def _how(field: Field) -> Fridge:
    if field.fridge:
        return field.fridge
    return Fridge.WHOLE if field.asks else Fridge.OUT


def _is_left_off_line(field: Field) -> bool:
    return field.type is FieldType.TEXT and _how(field) is Fridge.OUT


def _how_column(field: Field, column: Column) -> Fridge:
    if column.fridge:
        return column.fridge
    names_people = field.type is FieldType.PEOPLE and column is field.columns[0]
    return Fridge.INITIALS if names_people else _how(field)


def _names(template: Template, answers: Mapping[str, Value]) -> Iterator[str]:
    """Every name that is written where names belong, also where that is left off the print; case-folded.

    In a column of names each word is one, unless it is small and one of the template's own, like "and". A line that is
    left off may hold a child's name, or a word for insiders.
    """
    known = words_of(template_as_json(template))
    for field in template.fields:
        value = answers.get(field.key)
        if field.type in TABULAR:
            for column in field.answer_columns:
                stated = field.type is FieldType.PEOPLE and column is field.columns[0]
                if stated or _how_column(field, column) is Fridge.INITIALS:
                    for row in rows_of(value):
                        yield from named_words(str(row.get(column.key) or ""), known, stated=stated)
        elif isinstance(value, str) and (_how(field) is Fridge.INITIALS or _is_left_off_line(field)):
            yield from named_words(value, known, stated=False)


def named_words(text: str, known: frozenset[str], *, stated: bool) -> Iterator[str]:
    """The words of a cell that are taken for names: of a stated one all but "and" and its like; else the capital ones."""
    words = [word for is_word, word in pieces(text) if is_word and len(word) > 1]
    capital = [word for word in words if not word[0].islower()]
    strange = [word for word in words if word.casefold() not in known]
    found = ({*capital, *strange} or words) if stated else {*strange} & {*(capital or words)}
    yield from (word.casefold() for word in found)


def words_of(plain: object) -> frozenset[str]:
    if isinstance(plain, str):
        return frozenset(piece.casefold() for is_word, piece in pieces(plain) if is_word)
    parts = plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ()
    return frozenset().union(*map(words_of, parts))


def pieces(text: str) -> Iterator[tuple[bool, str]]:
    """The text in runs of letters (with their marks) and runs of everything else, each with whether it is letters."""
    whole = unicodedata.normalize("NFC", text)
    for is_word, run in groupby(whole, key=lambda letter: unicodedata.category(letter)[0] in "LM"):
        yield is_word, "".join(run)


def _initial(word: str) -> str:
    """Its first letter; nothing of a script in which one sign may be a whole name."""
    return "…" if is_wide(word[0]) else f"{word[0].upper()[0]}."


def is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def keys_of(value: Value) -> frozenset[str]:
    if isinstance(value, list):
        return frozenset(each for each in value if isinstance(each, str))
    return frozenset([str(value)])


def rows_of(value: Value) -> list[Row]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []

"""Prints a template: blank, to fill on screen, or with its answers; the whole sheet, or only its card to fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from babel import Locale
from babel.dates import format_date

from coachapp.documents import (
    CLOSER,
    CLOSEST,
    USUAL,
    Answer,
    CardSide,
    Mode,
    Paper,
    Sheet,
    Spacing,
    Words,
    bundle,
)
from coachapp.documents import Column as SheetColumn
from coachapp.documents import Option as SheetOption
from coachapp.worksheets.answers import Value, is_empty
from coachapp.worksheets.course_words import Spoken, add_course
from coachapp.worksheets.rules import WorksheetError
from coachapp.worksheets.template import (
    CHOSEN,
    SHORT,
    TABULAR,
    Card,
    Field,
    FieldType,
    Panel,
    Section,
    Template,
)

Beside = Mapping[str, Sequence[tuple[str, str]]]

LANGUAGE = "en-GB"
SIDE_BY_SIDE = 3
NARROW_LABEL = 32  # characters of a label that fit over a third of the width
WIDE_LABEL = 50  # and over a half


class NoCard(WorksheetError):
    """This template has no card to fold."""


@dataclass(frozen=True)
class Look:
    """How a sheet is printed: what for, on which paper, in large letters or with little ink, in which language.

    `lang` is a language tag such as en-GB, in which dates are written. `beside` holds, by
    field key, (heading, words) of what is printed below an answer; `courses`, by the key of a scale,
    what is charted below it, in the completed mode only.
    """

    mode: Mode = Mode.BLANK
    paper: Paper = Paper.A4
    large: bool = False
    ink: bool = False
    lang: str = LANGUAGE
    words: Words | None = None
    footer: str = ""
    beside: Beside | None = None
    courses: Mapping[str, Spoken] | None = None


def sheet_pdf(template: Template, answers: Mapping[str, Value] | None = None, **look: Any) -> bytes:
    """The whole sheet as a PDF. `answers` are stored values by field key, used in the completed mode only.

    Page and file show the template's neutral title; `look` is what `Look` takes.
    """
    return _sheet(template, answers or {}, Look(**look)).build()


def card_pdf(template: Template, answers: Mapping[str, Value] | None = None, **look: Any) -> bytes:
    """Only the card to cut out and fold, on a page of its own. Raises NoCard."""
    section = next((section for section in template.sections if section.card), None)
    if section is None or section.card is None:
        raise NoCard(template.key)
    sheet = _empty(template, answers or {}, Look(**look), purpose=section.hint)
    sheet.part_alone(section.title)
    _Printing(sheet, template, section).card(section.card)
    return sheet.build()


def bundle_pdf(
    sheets: Sequence[tuple[Template, Mapping[str, Value]]], neutral_title: str, **look: Any
) -> bytes:
    """Several sheets as one PDF, each with its answers; one that has none is blank."""
    how = Look(**look)
    blank = replace(how, mode=Mode.BLANK)
    made = [_sheet(template, answers, how if answers else blank) for template, answers in sheets]
    return bundle(neutral_title, made, lang=how.lang, words=how.words)


def _sheet(template: Template, answers: Mapping[str, Value], look: Look) -> Sheet:
    """The sheet as it is usually set; closer where that saves a page that would hold little."""
    first, *closer = (CLOSER, CLOSEST) if look.ink else (USUAL, CLOSER, CLOSEST)
    usual = _filled(template, answers, look, first)
    if look.large or not usual.needs_room():
        return usual
    tries = (_filled(template, answers, look, spacing) for spacing in closer)
    return next((sheet for sheet in tries if len(sheet.pages()) < len(usual.pages())), usual)


def _filled(template: Template, answers: Mapping[str, Value], look: Look, spacing: Spacing) -> Sheet:
    sheet = _empty(template, answers, look, spacing=spacing)
    for section in template.sections:
        _Printing(sheet, template, section, look).section()
    return sheet


def _empty(
    template: Template,
    answers: Mapping[str, Value],
    look: Look,
    *,
    purpose: str = "",
    spacing: Spacing = USUAL,
) -> Sheet:
    return Sheet(
        template.neutral_title,
        neutral_title=template.neutral_title,
        purpose=purpose or template.purpose,
        footer=look.footer,
        mode=look.mode,
        paper=look.paper,
        large=look.large,
        ink=look.ink,
        spacing=spacing,
        lang=look.lang,
        answers=_for_print(template, answers, look.lang),
        words=look.words,
    )


def print_name(key: str) -> str:
    """The name of a field inside the PDF.

    The kit joins names, option keys and cell numbers by _, so a name itself has none: no two can meet.
    """
    return key.replace("_", "-")


def _card_name(key: str) -> str:
    """The card's own line for a field; keys have no capitals, so it meets no other name."""
    return f"Card-{print_name(key)}"


def _for_print(template: Template, answers: Mapping[str, Value], lang: str) -> dict[str, Answer]:
    """Stored answers as the kit reads them, under the names of the PDF."""
    printed: dict[str, Answer] = {}
    for field in template.fields:
        value = answers.get(field.key)
        if field.asks and not is_empty(value):
            printed[print_name(field.key)] = printed[_card_name(field.key)] = _printed(field, value, lang)
    return printed


def _printed(field: Field, value: Value, lang: str) -> Answer:
    if isinstance(value, list) and field.type in TABULAR:
        rows = [row for row in value if isinstance(row, dict)]
        return [[row.get(column.key) for column in field.answer_columns] for row in rows]
    if field.type is FieldType.DATE and isinstance(value, str):
        return format_date(date.fromisoformat(value), "long", locale=Locale.parse(lang, sep="-"))
    if isinstance(value, list):
        return [key for key in value if isinstance(key, str)]
    return value


class _Printing:
    """Lays out one section on the sheet, from top to bottom."""

    def __init__(self, sheet: Sheet, template: Template, section: Section, look: Look | None = None) -> None:
        self.sheet, self.template, self.of = sheet, template, section
        self.beside = (look and look.beside) or {}
        self.courses = (look and look.courses) or {}
        self.scale_ends = ("", "")

    def section(self) -> None:
        if self.of.new_page:
            self.sheet.page_break()
        self.sheet.step(self.of.title, self.of.hint)
        for short, fields in groupby(self.of.fields, key=lambda field: field.type in SHORT):
            if short:
                self.short(list(fields))
            else:
                for field in fields:
                    self.field(field)
        if self.of.card:
            self.card(self.of.card)

    def short(self, fields: Sequence[Field]) -> None:
        """Short answers, as many side by side as their labels leave room for."""
        too_wide = any(len(field.label) > WIDE_LABEL for field in fields)
        if len(fields) == 1 or too_wide or any(field.key in self.beside for field in fields):
            for field in fields:
                self.sheet.answer(print_name(field.key), field.label, lines=1, hint=field.hint)
                self.margin(field)
            return
        wide = any(len(field.label) > NARROW_LABEL for field in fields)
        for row in _rows_of(fields, 2 if wide else SIDE_BY_SIDE):
            self.sheet.columns(*((print_name(field.key), field.label, field.hint) for field in row))

    def field(self, field: Field) -> None:
        if field.heads_up and self.sheet.mode is not Mode.COMPLETED:
            self.sheet.heads_up(field.heads_up)
        match field.type:
            case FieldType.NOTE:
                self.note(field)
            case FieldType.SCALE:
                self.scale(field)
            case FieldType.CHOICE | FieldType.CHOICES:
                self.options(field)
            case FieldType.TABLE | FieldType.PEOPLE:
                self.table(field)
            case _:
                name = print_name(field.key)
                self.sheet.answer(name, field.label, lines=field.lines, hint=field.hint, long=True)
        self.margin(field)

    def margin(self, field: Field) -> None:
        for heading, words in self.beside.get(field.key, ()):
            self.sheet.note(words, heading)

    def note(self, field: Field) -> None:
        """Words without an answer; the name of whoever signs them stands on a line of its own."""
        if not field.steps:
            words = field.hint or field.label
            signed = f"{words}\n{field.signed}" if field.signed else words
            self.sheet.note(signed, field.label if field.hint else "")
            return
        self.sheet.steps(field.steps, field.label, field.hint)
        if field.signed:
            self.sheet.paragraph(field.signed)

    def scale(self, field: Field) -> None:
        """Scales in a row with the same ends say what those mean only once; in large print a page may come between."""
        ends = field.low, field.high
        low, high = ends if ends != self.scale_ends or self.sheet.look.large else ("", "")
        self.scale_ends = ends
        self.sheet.scale(print_name(field.key), field.label, low=low, high=high)
        if self.sheet.mode is Mode.COMPLETED and (found := self.courses.get(field.key)):
            add_course(self.sheet, found)

    def options(self, field: Field) -> None:
        options = [SheetOption(option.key, _joined(option.text, option.note)) for option in field.options]
        if field.type is FieldType.CHOICE:
            self.sheet.choice(print_name(field.key), field.label, options, hint=field.hint)
        else:
            label = self.label_needed(field)
            self.sheet.checks(print_name(field.key), options, label=label, hint=field.hint)

    def table(self, field: Field) -> None:
        columns = [SheetColumn(column.label, column.share, column.tick) for column in field.columns]
        heads = [head.text for head in field.row_heads]
        label = self.label_needed(field)
        self.sheet.table(
            print_name(field.key), columns, rows=field.rows, row_heads=heads, label=label, hint=field.hint
        )

    def label_needed(self, field: Field) -> str:
        """A list or table right below its section's title needs no label of its own, unless another follows."""
        others = [each for each in self.of.fields if each.type in CHOSEN | TABULAR]
        if field is self.of.fields[0] and others == [field]:
            return ""
        return field.label

    def card(self, card: Card) -> None:
        left, right = (self.side(panel) for panel in card.panels)
        self.sheet.card(left, right)

    def side(self, panel: Panel) -> CardSide:
        """One half of the card; words that follow one another are numbered."""
        numbered = sum(1 for item in panel.items if not item.field) > 1
        entries: list[str | tuple[str, str]] = []
        for number, item in enumerate(panel.items, 1):
            if item.field:
                label = item.text or self.template.field(item.field).label
                entries.append((_card_name(item.field), label))
            else:
                entries.append(f"{number}. {item.text}" if numbered else item.text)
        return CardSide(panel.title, entries)


def _joined(text: str, more: str) -> str:
    """A label and what explains it as running text."""
    if not more:
        return text
    return f"{text} {more}" if text.endswith((".", "?", ":")) else f"{text}. {more}"


def _rows_of(fields: Sequence[Field], most: int) -> list[Sequence[Field]]:
    """Fields in rows of at most `most`, as even as they can be: four are two and two."""
    rows = -(-len(fields) // most)
    size = -(-len(fields) // rows)
    return [fields[start : start + size] for start in range(0, len(fields), size)]

"""The template in what was typed into a draft's page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import count, takewhile

from coachapp.worksheets.answers import FormData
from coachapp.worksheets.draft_keys import columns_from_lines, options_from_lines
from coachapp.worksheets.reading import tidy
from coachapp.worksheets.template import (
    CHOSEN,
    MAX_FIELDS,
    MAX_LINES,
    MAX_ROWS,
    MAX_SECTIONS,
    TABULAR,
    WRITTEN,
    Card,
    CardItem,
    Field,
    FieldType,
    Fridge,
    OnPage,
    Panel,
    Section,
    Template,
)

MAX_MINUTES = 240


def typed_template(form: FormData, before: Template) -> Template:
    """The template in what was typed; `before` is the draft as it is stored, for the keys of choices and columns."""
    known = {field.key: field for field in before.fields}
    names = takewhile(lambda name: form.getlist(f"{name}-title"), (f"s{n}" for n in count(1)))
    sections = tuple(
        _section(form, name, known) for name, _n in zip(names, range(MAX_SECTIONS * 2), strict=False)
    )
    return replace(
        before,
        title=_words(form, "title"),
        neutral_title=_words(form, "neutral_title"),
        purpose=_words(form, "purpose"),
        minutes=_number(form, "minutes", MAX_MINUTES + 1, 0),
        sections=sections or (Section(""),),
    )


def _section(form: FormData, name: str, known: Mapping[str, Field]) -> Section:
    names = takewhile(lambda block: form.getlist(f"{block}-is"), (f"{name}-{n}" for n in count(1)))
    blocks = (_field(form, block, known) for block, _n in zip(names, range(MAX_FIELDS * 2), strict=False))
    return Section(
        _words(form, f"{name}-title"),
        _words(form, f"{name}-hint"),
        tuple(block for block in blocks if block),
        _card_from_text(_raw(form, f"{name}-card")),
        new_page=bool(_raw(form, f"{name}-new_page")),
    )


def _field(form: FormData, name: str, known: Mapping[str, Field]) -> Field | None:
    """The block in what was typed; None for a type that nobody offered."""
    kind, _space, key = _raw(form, f"{name}-is").partition(" ")
    if kind not in list(FieldType):
        return None
    field = Field(
        key[:60],
        FieldType(kind),
        _words(form, f"{name}-label"),
        _words(form, f"{name}-hint"),
        optional=bool(_raw(form, f"{name}-optional")),
        heads_up=_words(form, f"{name}-heads_up"),
    )
    before = known.get(field.key, field)
    marked = replace(field, fridge=_fridge(form, name, before), person=_person(form, name, before))
    return _with_type(marked, form, name, before)


def _fridge(form: FormData, name: str, before: Field) -> Fridge | None:
    """How the answer hangs where visitors see it; only plans ask, so elsewhere it stays as it is."""
    if not form.getlist(f"{name}-fridge"):
        return before.fridge
    chosen = _raw(form, f"{name}-fridge")
    return Fridge(chosen) if chosen in list(Fridge) else None


def _person(form: FormData, name: str, before: Field) -> OnPage | None:
    """On whose own page the answer stands; asked as the line above is."""
    if not form.getlist(f"{name}-person"):
        return before.person
    chosen = _raw(form, f"{name}-person")
    return OnPage(chosen) if chosen in list(OnPage) else None


def _with_type(field: Field, form: FormData, name: str, before: Field) -> Field:
    if field.type in CHOSEN:
        return replace(field, options=options_from_lines(_lines(form, f"{name}-options"), before.options))
    if field.type in TABULAR:
        heads = options_from_lines(_lines(form, f"{name}-row_heads"), before.row_heads)
        columns = columns_from_lines(_lines(form, f"{name}-columns"), before.columns)
        rows = len(heads) or _number(form, f"{name}-rows", MAX_ROWS, 1)
        return replace(field, columns=columns, row_heads=heads, rows=rows)
    if field.type in WRITTEN:
        return replace(field, lines=_number(form, f"{name}-lines", MAX_LINES, 1))
    if field.type is FieldType.SCALE:
        return replace(field, low=_words(form, f"{name}-low"), high=_words(form, f"{name}-high"))
    if field.type is FieldType.NOTE:
        steps = tuple(_lines(form, f"{name}-steps"))
        return replace(field, steps=steps, signed=_words(form, f"{name}-signed"))
    return field


def _raw(form: FormData, name: str) -> str:
    return (form.getlist(name) or [""])[-1]


def _words(form: FormData, name: str) -> str:
    return tidy(_raw(form, name))


def _lines(form: FormData, name: str) -> list[str]:
    return [line for line in map(tidy, _raw(form, name).splitlines()) if line]


def _number(form: FormData, name: str, most: int, least: int) -> int:
    """A number as it was typed, brought within its bounds; anything else is the least."""
    typed = _raw(form, name).strip()
    return (
        min(max(int(typed), least), most) if typed.isascii() and typed.isdigit() and len(typed) < 7 else least
    )


def _card_from_text(text: str) -> Card | None:
    """The card a page sent along; None for anything that is not one."""
    try:
        panels = [
            Panel(str(title), tuple(CardItem(str(words), str(field)) for words, field in items))
            for title, items in json.loads(text)
        ]
    except (ValueError, TypeError, RecursionError):
        return None
    return Card(tuple(panels)) if panels else None

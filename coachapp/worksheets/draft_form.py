"""A draft as a form: what each part and block shows, and what it still needs.

Parts are `s1`, `s2`, …, their blocks `s1-1`, `s1-2`, …; a page carries everything it shows, so that a page from
another window can be shown again as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import TextAreaField

from coachapp.web.forms import BaseForm
from coachapp.worksheets.draft_keys import (
    columns_as_lines,
    options_as_lines,
)
from coachapp.worksheets.draft_ready import Fault
from coachapp.worksheets.template import (
    Card,
    Field,
    Section,
    Template,
)

MAX_MINUTES = 240

KINDS: Mapping[str, Any] = {
    "text": _l("Short answer"),
    "long_text": _l("Long answer"),
    "own_words": _l("Own words"),
    "choices": _l("Tick any"),
    "choice": _l("Choose one"),
    "scale": _l("Scale 0 to 10"),
    "date": _l("Date"),
    "time": _l("Time of day"),
    "table": _l("Table"),
    "people": _l("People"),
    "note": _l("Heading or text"),
    "signed": _l("Words from you, signed"),
}
"""What can be added to a sheet, in the order of the list beside it."""

PARTS: Mapping[str, Any] = {
    "title": _l("Title"),
    "neutral_title": _l("Title on paper"),
    "purpose": _l("What it is for"),
    "minutes": _l("Minutes"),
    "label": _l("Question"),
    "hint": _l("Hint"),
    "heads_up": _l("Heads-up"),
    "options": _l("Choices"),
    "columns": _l("Columns"),
    "rows": _l("Rows"),
    "row_heads": _l("Words in front of the rows"),
    "lines": _l("Lines on paper"),
    "low": _l("What 0 means"),
    "high": _l("What 10 means"),
    "steps": _l("Steps"),
    "signed": _l("Signed"),
    "fields": _l("Blocks"),
}
"""What the page calls the keys of a file."""

OF_A_NOTE: Mapping[str, Any] = {"label": _l("Heading"), "hint": _l("Text")}

KINDER: Mapping[str, Any] = {
    "Expected text, found nothing.": _l("It is still empty."),
    "Expected at least one field, or a card.": _l("There is no block in this part yet."),
}
"""What a page can say better than a file's reader, who does not see it."""


@dataclass(frozen=True)
class Block:
    """One block as it is shown. `name` begins the names of its controls; `at` is its place for the buttons."""

    number: int
    name: str
    at: str
    of: Field
    faults: tuple[str, ...] = ()
    first: bool = False
    last: bool = False

    @property
    def type(self) -> str:
        return self.of.type.value

    @property
    def kind(self) -> str:
        return str(KINDS["signed" if self.of.signed else self.type])

    @property
    def options(self) -> str:
        return options_as_lines(self.of.options)

    @property
    def columns(self) -> str:
        return columns_as_lines(self.of.columns)

    @property
    def row_heads(self) -> str:
        return options_as_lines(self.of.row_heads)

    @property
    def steps(self) -> str:
        return "\n".join(self.of.steps)


@dataclass(frozen=True)
class DraftPart:
    """One part of a draft as it is shown; `card` is its card, to be sent along."""

    number: int
    name: str
    of: Section
    card: str
    blocks: tuple[Block, ...]
    faults: tuple[str, ...] = ()


class DraftForm:
    """A draft as a form, with what it still needs beside each block."""

    def __init__(self, template: Template, faults: Sequence[Fault] = ()) -> None:
        self.template, self.faults = template, faults

    def parts(self) -> list[DraftPart]:
        """Every part with its blocks, which are numbered through the whole sheet."""
        numbers, last = count(1), len(list(self.template.fields))
        return [
            self._part(number, section, numbers, last)
            for number, section in enumerate(self.template.sections, 1)
        ]

    def usual_part(self) -> int:
        """Where a new block most likely belongs: the last part that does not only hold a card."""
        sections = enumerate(self.template.sections, 1)
        return max((number for number, of in sections if of.fields or not of.card), default=1)

    def about(self) -> tuple[str, ...]:
        """What the sheet as a whole still needs."""
        return self._words_at(0, 0)

    def summary(self) -> list[tuple[str, str]]:
        """(id to land on, where and what) for everything the draft still needs."""
        return [(_anchor(fault), f"{self._where(fault)}: {self._words(fault)}") for fault in self.faults]

    def _part(self, number: int, section: Section, numbers: Iterator[int], last: int) -> DraftPart:
        blocks = tuple(
            self._block(number, at, of, next(numbers), last) for at, of in enumerate(section.fields, 1)
        )
        card = _card_as_text(section.card)
        return DraftPart(number, f"s{number}", section, card, blocks, self._words_at(number, 0))

    def _block(self, section: int, at: int, of: Field, number: int, last: int) -> Block:
        return Block(
            number,
            f"s{section}-{at}",
            f"{section}-{at}",
            of,
            self._words_at(section, at),
            first=number == section == 1,
            last=number == last and section == len(self.template.sections),
        )

    def _words_at(self, section: int, field: int) -> tuple[str, ...]:
        return tuple(
            self._words(fault) for fault in self.faults if (fault.section, fault.field) == (section, field)
        )

    def _words(self, fault: Fault) -> str:
        """What is needed, in the words of the page instead of those of a file."""
        part, words = fault.part, str(KINDER.get(fault.words, fault.words))
        of = self.template.sections[fault.section - 1].fields[fault.field - 1] if fault.field else None
        for key, name in {**PARTS, **(OF_A_NOTE if of and not of.asks else {})}.items():
            part, words = part.replace(f"“{key}”", str(name)), words.replace(f"“{key}”", f"“{name}”")
        return f"{part}: {words}" if part else words

    def _where(self, fault: Fault) -> str:
        if not fault.section:
            return _("The sheet")
        if not fault.field:
            return _("Part %(number)s", number=fault.section)
        before = sum(len(section.fields) for section in self.template.sections[: fault.section - 1])
        return _("Block %(number)s", number=before + fault.field)


def _anchor(fault: Fault) -> str:
    if not fault.section:
        return "about"
    return f"b-{fault.section}-{fault.field}" if fault.field else f"p-{fault.section}"


def _card_as_text(card: Card | None) -> str:
    if card is None:
        return ""
    panels = [[panel.title, [[item.text, item.field] for item in panel.items]] for panel in card.panels]
    return json.dumps(panels, ensure_ascii=False)


class SourceForm(BaseForm):
    """A template as a file, or its text."""

    upload = FileField(_l("A file"), description=_l("A template that was saved here or elsewhere, as YAML."))
    text = TextAreaField(_l("Or its text"))

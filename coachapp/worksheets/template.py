"""What a worksheet template is made of, and its limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_SECTIONS = 30
MAX_FIELDS = 120
MAX_OPTIONS = 30
MAX_COLUMNS = 8
MAX_ROWS = 30
MAX_LINES = 30
SCALE = range(11)


class Kind(StrEnum):
    WORKSHEET = "worksheet"
    PLAN = "plan"


class FieldType(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    SCALE = "scale"
    DATE = "date"
    TIME = "time"
    TABLE = "table"
    PEOPLE = "people"
    NOTE = "note"
    OWN_WORDS = "own_words"


class Fridge(StrEnum):
    """How an answer stands on the print that hangs where visitors can see it: no name may be read there."""

    WHOLE = "whole"
    INITIALS = "initials"
    OUT = "out"


class OnPage(StrEnum):
    """Who finds an answer on a page of their own: everyone, whoever is named in it, or nobody."""

    EVERYONE = "everyone"
    NAMED = "named"
    NOBODY = "nobody"


WRITTEN = frozenset({FieldType.LONG_TEXT, FieldType.OWN_WORDS})
CHOSEN = frozenset({FieldType.CHOICE, FieldType.CHOICES})
TABULAR = frozenset({FieldType.TABLE, FieldType.PEOPLE})
SHORT = frozenset({FieldType.TEXT, FieldType.DATE, FieldType.TIME})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose, or the head of one fixed row; answers are stored under `key`."""

    key: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `share` is its width beside the others, `tick` makes its cells tick boxes."""

    key: str
    label: str
    tick: bool = False
    share: int = 1
    fridge: Fridge | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One question, or a note. What does not belong to its type keeps its empty default."""

    key: str
    type: FieldType
    label: str
    hint: str = ""
    optional: bool = False
    heads_up: str = ""
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    row_heads: tuple[Option, ...] = ()
    rows: int = 0
    lines: int = 0
    low: str = ""
    high: str = ""
    steps: tuple[str, ...] = ()
    signed: str = ""
    fridge: Fridge | None = None
    person: OnPage | None = None

    @property
    def asks(self) -> bool:
        return self.type is not FieldType.NOTE

    @property
    def answer_columns(self) -> tuple[Column, ...]:
        """The columns a person fills; where rows have heads, the first column shows those."""
        return self.columns[1:] if self.row_heads else self.columns


@dataclass(frozen=True, slots=True)
class CardItem:
    """One line of a fold-up card: words that are always there, or the answer to the field `field`.

    Beside a field, `text` is a shorter label than the field's own.
    """

    text: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    title: str
    items: tuple[CardItem, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A card to cut out and fold; its two panels lie side by side."""

    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together; `new_page` begins it on a page of its own, to be handed over without the rest."""

    title: str
    hint: str = ""
    fields: tuple[Field, ...] = ()
    card: Card | None = None
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A worksheet or plan at one version. `title` is for the screen; `neutral_title` for paper and files."""

    key: str
    version: int
    kind: Kind
    title: str
    neutral_title: str
    purpose: str
    minutes: int
    sections: tuple[Section, ...]

    @property
    def fields(self) -> Iterator[Field]:
        return (field for section in self.sections for field in section.fields)

    @property
    def card(self) -> Card | None:
        return next((section.card for section in self.sections if section.card), None)

    def field(self, key: str) -> Field:
        """The field called `key`; KeyError when the template has none."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)

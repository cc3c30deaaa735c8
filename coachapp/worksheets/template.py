"""What a worksheet template is made of, its limits, and its plain form as stored in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

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

    @property
    def asks(self) -> bool:
        return self.type is not FieldType.NOTE

    @property
    def answer_columns(self) -> tuple[Column, ...]:
        """The columns a person fills; where rows have heads, the first column shows those."""
        return self.columns[1:] if self.row_heads else self.columns


@dataclass(frozen=True, slots=True)
class CardItem:
    """One line of a fold-up card: words that are always there, or the answer to the field `field`."""

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
    title: str
    hint: str = ""
    fields: tuple[Field, ...] = ()
    card: Card | None = None


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


def template_as_json(template: Template) -> dict[str, Any]:
    """The template as plain dicts, lists, strings and numbers, in the shape of the YAML files.

    The order of keys carries meaning (options, columns): store it as text, not as jsonb.
    """
    return {
        "key": template.key,
        "version": template.version,
        "kind": template.kind.value,
        "title": template.title,
        "neutral_title": template.neutral_title,
        "purpose": template.purpose,
        "minutes": template.minutes,
        "sections": [_section_as_json(section) for section in template.sections],
    }


def _section_as_json(section: Section) -> dict[str, Any]:
    plain = _said({"title": section.title, "hint": section.hint})
    plain["fields"] = [_field_as_json(field) for field in section.fields]
    if section.card:
        plain["card"] = {"panels": [_panel_as_json(panel) for panel in section.card.panels]}
    return plain


def _field_as_json(field: Field) -> dict[str, Any]:
    return _said(
        {
            "key": field.key,
            "type": field.type.value,
            "label": field.label,
            "hint": field.hint,
            "optional": field.optional,
            "heads_up": field.heads_up,
            "low": field.low,
            "high": field.high,
            "lines": field.lines,
            "rows": 0 if field.row_heads else field.rows,
            "steps": list(field.steps),
            "options": {option.key: _option_as_json(option) for option in field.options},
            "columns": {column.key: _column_as_json(column) for column in field.columns},
            "row_heads": {head.key: head.text for head in field.row_heads},
        }
    )


def _option_as_json(option: Option) -> str | dict[str, str]:
    return {"text": option.text, "note": option.note} if option.note else option.text


def _column_as_json(column: Column) -> str | dict[str, Any]:
    if not column.tick and column.share == 1:
        return column.label
    plain: dict[str, Any] = {"label": column.label}
    if column.tick:
        plain["tick"] = True
    if column.share != 1:
        plain["share"] = column.share
    return plain


def _panel_as_json(panel: Panel) -> dict[str, Any]:
    return {
        "title": panel.title,
        "items": [{"field": item.field} if item.field else item.text for item in panel.items],
    }


def _said(plain: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was never said, so that files stay short."""
    return {name: value for name, value in plain.items() if value}


def template_from_json(plain: Mapping[str, Any]) -> Template:
    """The template again, from what `template_as_json` made.

    For versions we stored ourselves: trusts the shape. Files from outside go through `read_template`.
    """
    return Template(
        key=plain["key"],
        version=plain["version"],
        kind=Kind(plain["kind"]),
        title=plain["title"],
        neutral_title=plain["neutral_title"],
        purpose=plain["purpose"],
        minutes=plain["minutes"],
        sections=tuple(_section_from_json(section) for section in plain["sections"]),
    )


def _section_from_json(plain: Mapping[str, Any]) -> Section:
    return Section(
        title=plain["title"],
        hint=plain.get("hint", ""),
        fields=tuple(_field_from_json(field) for field in plain["fields"]),
        card=_card_from_json(plain["card"]) if "card" in plain else None,
    )


def _field_from_json(plain: Mapping[str, Any]) -> Field:
    row_heads = _options_from_json(plain.get("row_heads", {}))
    return Field(
        key=plain["key"],
        type=FieldType(plain["type"]),
        label=plain["label"],
        hint=plain.get("hint", ""),
        optional=plain.get("optional", False),
        heads_up=plain.get("heads_up", ""),
        options=_options_from_json(plain.get("options", {})),
        columns=tuple(_column_from_json(key, of) for key, of in plain.get("columns", {}).items()),
        row_heads=row_heads,
        rows=plain.get("rows", len(row_heads)),
        lines=plain.get("lines", 0),
        low=plain.get("low", ""),
        high=plain.get("high", ""),
        steps=tuple(plain.get("steps", ())),
    )


def _options_from_json(plain: Mapping[str, Any]) -> tuple[Option, ...]:
    return tuple(
        Option(key, of) if isinstance(of, str) else Option(key, of["text"], of.get("note", ""))
        for key, of in plain.items()
    )


def _column_from_json(key: str, plain: str | Mapping[str, Any]) -> Column:
    if isinstance(plain, str):
        return Column(key, plain)
    return Column(key, plain["label"], plain.get("tick", False), plain.get("share", 1))


def _card_from_json(plain: Mapping[str, Any]) -> Card:
    return Card(tuple(Panel(panel["title"], _items_from_json(panel["items"])) for panel in plain["panels"]))


def _items_from_json(plain: Sequence[str | Mapping[str, str]]) -> tuple[CardItem, ...]:
    return tuple(
        CardItem(text=item) if isinstance(item, str) else CardItem(field=item["field"]) for item in plain
    )

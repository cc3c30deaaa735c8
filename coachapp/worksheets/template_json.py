"""A template in plain dicts and lists, as one version is stored in the database and as its file is laid out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coachapp.worksheets.template import (
    Card,
    CardItem,
    Column,
    Field,
    FieldType,
    Fridge,
    Kind,
    OnPage,
    Option,
    Panel,
    Section,
    Template,
)


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
    plain = _said({"title": section.title, "hint": section.hint, "new_page": section.new_page})
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
            "fridge": field.fridge.value if field.fridge else "",
            "person": field.person.value if field.person else "",
            "low": field.low,
            "high": field.high,
            "lines": field.lines,
            "rows": 0 if field.row_heads else field.rows,
            "steps": list(field.steps),
            "signed": field.signed,
            "options": {option.key: _option_as_json(option) for option in field.options},
            "columns": {column.key: _column_as_json(column) for column in field.columns},
            "row_heads": {head.key: head.text for head in field.row_heads},
        }
    )


def _option_as_json(option: Option) -> str | dict[str, str]:
    return {"text": option.text, "note": option.note} if option.note else option.text


def _column_as_json(column: Column) -> str | dict[str, Any]:
    if not column.tick and column.share == 1 and not column.fridge:
        return column.label
    plain: dict[str, Any] = {"label": column.label}
    if column.tick:
        plain["tick"] = True
    if column.share != 1:
        plain["share"] = column.share
    if column.fridge:
        plain["fridge"] = column.fridge.value
    return plain


def _panel_as_json(panel: Panel) -> dict[str, Any]:
    return {"title": panel.title, "items": [_item_as_json(item) for item in panel.items]}


def _item_as_json(item: CardItem) -> str | dict[str, Any]:
    return _said({"field": item.field, "label": item.text}) if item.field else item.text


def _said(plain: dict[str, Any]) -> dict[str, Any]:
    """Leave out what was never said, so that files stay short."""
    return {name: value for name, value in plain.items() if value}


def template_from_json(plain: Mapping[str, Any]) -> Template:
    """The template again, from what `template_as_json` made.

    For versions and drafts we stored ourselves: trusts the shape; what a draft does not say yet is empty.
    Files from outside go through `read_template`.
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
        title=plain.get("title", ""),
        hint=plain.get("hint", ""),
        fields=tuple(_field_from_json(field) for field in plain["fields"]),
        card=_card_from_json(plain["card"]) if "card" in plain else None,
        new_page=plain.get("new_page", False),
    )


def _field_from_json(plain: Mapping[str, Any]) -> Field:
    row_heads = _options_from_json(plain.get("row_heads", {}))
    return Field(
        key=plain.get("key", ""),
        type=FieldType(plain["type"]),
        label=plain.get("label", ""),
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
        signed=plain.get("signed", ""),
        fridge=_fridge_from_json(plain),
        person=OnPage(plain["person"]) if "person" in plain else None,
    )


def _options_from_json(plain: Mapping[str, Any]) -> tuple[Option, ...]:
    return tuple(
        Option(key, of) if isinstance(of, str) else Option(key, of["text"], of.get("note", ""))
        for key, of in plain.items()
    )


def _column_from_json(key: str, plain: str | Mapping[str, Any]) -> Column:
    if isinstance(plain, str):
        return Column(key, plain)
    return Column(
        key, plain["label"], plain.get("tick", False), plain.get("share", 1), _fridge_from_json(plain)
    )


def _fridge_from_json(plain: Mapping[str, Any]) -> Fridge | None:
    return Fridge(plain["fridge"]) if "fridge" in plain else None


def _card_from_json(plain: Mapping[str, Any]) -> Card:
    return Card(tuple(Panel(panel["title"], _items_from_json(panel["items"])) for panel in plain["panels"]))


def _items_from_json(plain: Sequence[str | Mapping[str, str]]) -> tuple[CardItem, ...]:
    return tuple(
        CardItem(text=item) if isinstance(item, str) else CardItem(item.get("label", ""), item["field"])
        for item in plain
    )

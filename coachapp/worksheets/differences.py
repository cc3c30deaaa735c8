"""Two versions of a sheet beside each other, in words a person reads (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass

from coachapp.worksheets.answers import Value, is_empty
from coachapp.worksheets.template import Field, Template


@dataclass(frozen=True)
class Difference:
    """One answer that two devices gave differently, both as a person reads them."""

    field: Field
    mine: str
    theirs: str


def differences(
    template: Template, mine: Mapping[str, Value], theirs: Mapping[str, Value]
) -> list[Difference]:
    """The answers that differ, in the order of the sheet."""
    return [
        Difference(field, in_words(field, mine[field.key]), in_words(field, theirs.get(field.key)))
        for field in template.fields
        if field.key in mine
        and mine[field.key] != theirs.get(field.key)
        and not (is_empty(mine[field.key]) and is_empty(theirs.get(field.key)))
    ]


def in_words(field: Field, value: Value) -> str:
    """An answer as a person reads it; a table's rows each on a line. Empty for no answer."""
    if is_empty(value):
        return ""
    if isinstance(value, list):
        items: list[str | dict[str, str | bool]] = [*value]
        return "\n".join(_item_words(field, each, number) for number, each in enumerate(items) if each)
    return next((option.text for option in field.options if option.key == value), str(value))


def _item_words(field: Field, item: str | dict[str, str | bool], number: int) -> str:
    if isinstance(item, str):
        return next((option.text for option in field.options if option.key == item), item)
    said = [
        column.label if column.tick else f"{column.label}: {item[column.key]}"
        for column in field.answer_columns
        if item.get(column.key)
    ]
    head = [field.row_heads[number].text] if field.row_heads else []
    return " · ".join([*head, *said])

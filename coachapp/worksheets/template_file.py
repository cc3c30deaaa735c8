"""Templates as YAML files: read with exact, kind errors, and written back the same each time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import yaml

from coachapp.worksheets import template as t
from coachapp.worksheets.reading import Reading, meant
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
)
from coachapp.worksheets.template_json import template_as_json
from coachapp.worksheets.yaml_source import TemplateError, read_nodes

MAX_FILE_KEY = 60
DEFAULT_LINES = {FieldType.LONG_TEXT: 4, FieldType.OWN_WORDS: 3}
DEFAULT_ROWS = 4
DEFAULT_ENDS = ("Not at all", "As strong as it gets")

# What only some types of field understand; everything else is common to all.
_BELONGS = {
    "options": t.CHOSEN,
    "columns": t.TABULAR,
    "rows": t.TABULAR,
    "row_heads": frozenset({FieldType.TABLE}),
    "lines": t.WRITTEN,
    "low": frozenset({FieldType.SCALE}),
    "high": frozenset({FieldType.SCALE}),
    "steps": frozenset({FieldType.NOTE}),
    "signed": frozenset({FieldType.NOTE}),
}
_COMMON = ("key", "type", "label", "hint", "optional", "heads_up", "fridge", "person")
_TOP = ("key", "version", "kind", "title", "neutral_title", "purpose", "minutes", "sections")
_ON_A_CARD = t.SHORT | t.WRITTEN

_FILE_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TELLING = re.compile(
    r"narciss|abus|no.?contact|contact.?free|trauma|victim|surviv|heal(?!th)|therap|coach|gaslight|monkey|toxic",
    re.IGNORECASE,
)


def read_template(text: str, name: str) -> t.Template:
    """The template in a file's text; `name` is what errors call the file.

    Raises TemplateError holding every problem found, each with its line, its place and what was expected.
    """
    reader = _Reader()
    template = reader.template(read_nodes(text, name))
    if reader.problems:
        raise TemplateError(name, reader.problems)
    return template


class _Reader(Reading):
    """Walks the nodes once; a wrong part is noted and read as empty, so that later ones are seen too."""

    def __init__(self) -> None:
        super().__init__()
        self.key_lines: dict[str, int] = {}
        self.cards: list[tuple[yaml.Node, str]] = []
        self.card_names: list[tuple[yaml.Node, str, str]] = []

    # -- the template and its parts ------------------------------------------------------------------

    def template(self, node: yaml.Node) -> t.Template:
        parts = self.mapping(node, "", _TOP, required=_TOP)
        template = t.Template(
            key=self.part(parts, "", "key", "", self.file_key),
            version=self.part(parts, "", "version", 1, self.number_to(9999)),
            kind=Kind(self.part(parts, "", "kind", Kind.WORKSHEET.value, self.one_of(Kind))),
            title=self.part(parts, "", "title", "", self.title),
            neutral_title=self.part(parts, "", "neutral_title", "", self.neutral_title),
            purpose=self.part(parts, "", "purpose", "", self.words),
            minutes=self.part(parts, "", "minutes", 1, self.number_to(240)),
            sections=self.part(parts, "", "sections", (), self.sections),
        )
        self.look_at_card(template)
        return template

    def sections(self, node: yaml.Node, where: str) -> tuple[Section, ...]:
        nodes = self.items(node, where, t.MAX_SECTIONS)
        sections = tuple(self.section(each, f"section {n}") for n, each in enumerate(nodes, 1))
        if sum(len(section.fields) for section in sections) > t.MAX_FIELDS:
            self.note(node, where, f"Expected at most {t.MAX_FIELDS} fields in one template.")
        return sections

    def section(self, node: yaml.Node, where: str) -> Section:
        parts = self.mapping(
            node, where, ("title", "hint", "new_page", "fields", "card"), required=("title", "fields")
        )
        section = Section(
            title=self.part(parts, where, "title", "", self.title),
            hint=self.part(parts, where, "hint", "", self.words),
            fields=self.part(parts, where, "fields", (), self.fields_of(where)),
            card=self.part(parts, where, "card", None, self.card),
            new_page=self.part(parts, where, "new_page", False, self.flag),
        )
        if "fields" in parts and _is_empty_list(parts["fields"]) and "card" not in parts:
            self.note(parts["fields"], f"{where}, “fields”", "Expected at least one field, or a card.")
        return section

    def fields_of(self, section: str) -> Callable[[yaml.Node, str], tuple[Field, ...]]:
        def fields(node: yaml.Node, where: str) -> tuple[Field, ...]:
            nodes = self.items(node, where, t.MAX_FIELDS, at_least=0)
            return tuple(self.field(each, f"{section}, field {n}") for n, each in enumerate(nodes, 1))

        return fields

    def field(self, node: yaml.Node, where: str) -> Field:
        parts = self.mapping(node, where, (*_COMMON, *_BELONGS), required=("key", "type", "label"))
        before = len(self.problems)
        kind = FieldType(self.part(parts, where, "type", FieldType.TEXT.value, self.one_of(FieldType)))
        if "type" not in parts or len(self.problems) > before:
            return Field("", FieldType.NOTE, "")
        self.refuse_foreign(parts, where, kind)
        field = Field(
            key=self.part(parts, where, "key", "", self.field_key),
            type=kind,
            label=self.part(parts, where, "label", "", self.title),
            hint=self.part(parts, where, "hint", "", self.words),
            optional=self.part(parts, where, "optional", False, self.flag),
            heads_up=self.part(parts, where, "heads_up", "", self.words),
            fridge=self.part(parts, where, "fridge", None, self.fridge),
            person=self.part(parts, where, "person", None, self.person),
        )
        return self.with_type(field, parts, where)

    def with_type(self, field: Field, parts: dict[str, yaml.Node], where: str) -> Field:
        """The field with what only its type has, and the defaults of that type."""
        if field.type in t.WRITTEN:
            default = DEFAULT_LINES[field.type]
            return replace(
                field, lines=self.part(parts, where, "lines", default, self.number_to(t.MAX_LINES))
            )
        if field.type in t.CHOSEN:
            return replace(
                field, options=self.needed(parts, where, "options", self.options(2, t.MAX_OPTIONS))
            )
        if field.type in t.TABULAR:
            return self.table(field, parts, where)
        if field.type is FieldType.SCALE:
            low = self.part(parts, where, "low", DEFAULT_ENDS[0], self.title)
            return replace(field, low=low, high=self.part(parts, where, "high", DEFAULT_ENDS[1], self.title))
        if field.type is FieldType.NOTE:
            signed = self.part(parts, where, "signed", "", self.title)
            return replace(field, steps=self.part(parts, where, "steps", (), self.steps), signed=signed)
        return field

    def table(self, field: Field, parts: dict[str, yaml.Node], where: str) -> Field:
        columns = self.needed(parts, where, "columns", self.columns)
        no_heads: tuple[Option, ...] = ()
        heads = self.part(parts, where, "row_heads", no_heads, self.options(1, t.MAX_ROWS))
        if heads and "rows" in parts:
            self.note(parts["rows"], f"{where}, “rows”", "Expected either “rows” or “row_heads”, not both.")
        if heads and len(columns) == 1:
            self.note(
                parts["columns"], f"{where}, “columns”", "Expected a second column beside the row heads."
            )
        if field.type is FieldType.PEOPLE and columns and columns[0].key != "name":
            self.note(
                parts["columns"], f"{where}, “columns”", "Expected the first column of people to be “name”."
            )
        if columns and columns[0].tick:
            self.note(
                parts["columns"], f"{where}, “columns”", "Expected words, not ticks, in the first column."
            )
        rows = len(heads) or self.part(parts, where, "rows", DEFAULT_ROWS, self.number_to(t.MAX_ROWS))
        return replace(field, columns=columns, row_heads=heads, rows=rows)

    def columns(self, node: yaml.Node, where: str) -> tuple[Column, ...]:
        pairs = self.pairs(node, where, 1, t.MAX_COLUMNS)
        return tuple(self.column(key, of, f"{where}, column “{key}”") for key, of in pairs)

    def column(self, key: str, node: yaml.Node, where: str) -> Column:
        if isinstance(node, yaml.ScalarNode):
            return Column(key, self.title(node, where))
        parts = self.mapping(node, where, ("label", "tick", "share", "fridge"), required=("label",))
        return Column(
            key,
            self.part(parts, where, "label", "", self.title),
            self.part(parts, where, "tick", False, self.flag),
            self.part(parts, where, "share", 1, self.number_to(20)),
            self.part(parts, where, "fridge", None, self.fridge),
        )

    def fridge(self, node: yaml.Node, where: str) -> Fridge:
        return Fridge(self.one_of(Fridge)(node, where))

    def person(self, node: yaml.Node, where: str) -> OnPage:
        return OnPage(self.one_of(OnPage)(node, where))

    def options(self, at_least: int, at_most: int) -> Callable[[yaml.Node, str], tuple[Option, ...]]:
        def options(node: yaml.Node, where: str) -> tuple[Option, ...]:
            pairs = self.pairs(node, where, at_least, at_most)
            return tuple(self.option(key, of, f"{where}, “{key}”") for key, of in pairs)

        return options

    def option(self, key: str, node: yaml.Node, where: str) -> Option:
        if isinstance(node, yaml.ScalarNode):
            return Option(key, self.title(node, where))
        parts = self.mapping(node, where, ("text", "note"), required=("text",))
        text = self.part(parts, where, "text", "", self.title)
        return Option(key, text, self.part(parts, where, "note", "", self.words))

    def steps(self, node: yaml.Node, where: str) -> tuple[str, ...]:
        return tuple(
            self.words(each, f"{where}, {n}") for n, each in enumerate(self.items(node, where, 12), 1)
        )

    def card(self, node: yaml.Node, where: str) -> Card:
        self.cards.append((node, where))
        parts = self.mapping(node, where, ("panels",), required=("panels",))
        return Card(self.part(parts, where, "panels", (), self.panels))

    def panels(self, node: yaml.Node, where: str) -> tuple[Panel, ...]:
        nodes = self.items(node, where, 2, at_least=2)
        return tuple(self.panel(each, f"{where}, panel {n}") for n, each in enumerate(nodes, 1))

    def panel(self, node: yaml.Node, where: str) -> Panel:
        parts = self.mapping(node, where, ("title", "items"), required=("title", "items"))
        title = self.part(parts, where, "title", "", self.title)
        return Panel(title, self.part(parts, where, "items", (), self.card_items))

    def card_items(self, node: yaml.Node, where: str) -> tuple[CardItem, ...]:
        return tuple(
            self.card_item(each, f"{where}, {n}") for n, each in enumerate(self.items(node, where, 6), 1)
        )

    def card_item(self, node: yaml.Node, where: str) -> CardItem:
        if isinstance(node, yaml.ScalarNode):
            return CardItem(text=self.title(node, where))
        parts = self.mapping(node, where, ("field", "label"), required=("field",))
        key = self.part(parts, where, "field", "", self.words)
        if key:
            self.card_names.append((node, where, key))
        return CardItem(self.part(parts, where, "label", "", self.title), key)

    def neutral_title(self, node: yaml.Node, where: str) -> str:
        text = self.title(node, where)
        if telling := telling_word(text):
            self.note(
                node, where, f"This is printed on paper and files. Expected a title without “{telling}”."
            )
        return text

    def file_key(self, node: yaml.Node, where: str) -> str:
        text = self.words(node, where, MAX_FILE_KEY)
        if text and not _FILE_KEY.fullmatch(text):
            self.note(
                node,
                where,
                f"Expected small letters, numbers and hyphens, like a-message-came, found “{text}”.",
            )
        elif telling := telling_word(text):
            self.note(node, where, f"The key stands in addresses. Expected one without “{telling}”.")
        return text

    def checked_key(self, text: str, node: yaml.Node, where: str) -> str:
        if telling := telling_word(text):
            self.note(node, where, f"This key stands in pages and files. Expected one without “{telling}”.")
        return super().checked_key(text, node, where)

    def field_key(self, node: yaml.Node, where: str) -> str:
        text = self.words(node, where)
        if text in self.key_lines:
            self.note(node, where, f"“{text}” is used twice; the first is on line {self.key_lines[text]}.")
        self.key_lines.setdefault(text, node.start_mark.line + 1)
        return self.checked_key(text, node, where)

    # -- what can only be seen at the end, or beside other parts ----------------------------------------

    def look_at_card(self, template: t.Template) -> None:
        types = {field.key: field.type for field in template.fields}
        for node, where, key in self.card_names:
            if key not in types:
                self.note(node, where, f"There is no field “{key}” in this template.{meant(key, types)}")
            elif types[key] not in _ON_A_CARD:
                self.note(
                    node,
                    where,
                    f"A field of type {types[key]} has no room on a card. Expected one that is written in words.",
                )
        for node, where in self.cards[1:]:
            self.note(node, where, "This is a second card. Expected at most one in a template.")

    def refuse_foreign(self, parts: dict[str, yaml.Node], where: str, kind: FieldType) -> None:
        for name, types in _BELONGS.items():
            if name in parts and kind not in types:
                owners = ", ".join(sorted(types))
                self.note(
                    parts[name],
                    f"{where}, “{name}”",
                    f"A field of type {kind} has no “{name}”. It belongs to {owners}.",
                )


def telling_word(text: str) -> str:
    """The first thing in some words that says why someone has a sheet; empty when there is none."""
    found = _TELLING.search(text)
    return found[0] if found else ""


def _is_empty_list(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode) and not node.value


class _TidyDumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists below their key, as the library's files do."""
        super().increase_indent(flow, False)


def write_template(template: t.Template) -> str:
    """The template as a YAML file that `read_template` reads back to an equal one."""
    plain = template_as_json(template)
    return yaml.dump(plain, Dumper=_TidyDumper, sort_keys=False, allow_unicode=True, width=100)

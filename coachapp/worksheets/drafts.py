"""A template while it is being written: a Template that may be unfinished, and what a coach can do to its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from coachapp.worksheets import template as t
from coachapp.worksheets.draft_keys import number_key
from coachapp.worksheets.rules import WorksheetError
from coachapp.worksheets.template import Field, FieldType, Kind, Section, Template
from coachapp.worksheets.template_file import (
    DEFAULT_ENDS,
    DEFAULT_LINES,
    DEFAULT_ROWS,
)
from coachapp.worksheets.template_json import template_as_json, template_from_json

KEPT_APART = 40
SIGNED = "signed"


class NoSuchDraft(WorksheetError):
    """There is no such draft; it may have been published or removed."""


class DraftTaken(WorksheetError):
    """A template with this key is being written already."""


class DraftChanged(WorksheetError):
    """The draft was saved elsewhere since this page was opened: what it says there now."""

    def __init__(self, revision: int, draft: Draft) -> None:
        super().__init__(revision)
        self.revision, self.draft = revision, draft


class NothingNew(WorksheetError):
    """A file says what is published already."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@dataclass(frozen=True, slots=True)
class Draft:
    """A template being written, and the blocks taken out of it, whose words are kept until it is published."""

    template: Template
    removed: tuple[Field, ...] = ()


Change = Callable[["Draft"], "Draft"]
"""What one press does to a draft."""


class Act(StrEnum):
    """What the buttons beside a block or a part do."""

    UP = "up"
    DOWN = "down"
    REMOVE = "remove"
    PART_UP = "part-up"
    PART_DOWN = "part-down"
    PART_JOIN = "part-join"


# ---- how a draft is stored ----------------------------------------------------------------------------


def draft_as_json(draft: Draft) -> dict[str, Any]:
    """The draft in the shape its versions are stored in, with the removed blocks beside."""
    apart = replace(draft.template, sections=(Section("", fields=draft.removed),))
    return {
        **template_as_json(draft.template),
        "removed": template_as_json(apart)["sections"][0]["fields"],
    }


def draft_from_json(plain: dict[str, Any]) -> Draft:
    """The draft again, from what `draft_as_json` made."""
    apart = template_from_json({**plain, "sections": [{"fields": plain.get("removed", [])}]})
    return Draft(template_from_json(plain), tuple(apart.fields))


# ---- beginning ----------------------------------------------------------------------------------------


def blank_template(kind: Kind, key: str) -> Template:
    """A new sheet: one part, nothing in it yet, and a title for paper that says nothing."""
    neutral = "Household sheet" if kind is Kind.PLAN else "Notes"
    return Template(key, 1, kind, "", neutral, "", 10, (Section(""),))


def new_block(of: str, name: str) -> Field:
    """An empty block; `of` is a type of field, or `signed` for words in the coach's own voice. ValueError."""
    if of == SIGNED:
        return Field("", FieldType.NOTE, "", signed=name)
    kind = FieldType(of)
    rows = DEFAULT_ROWS if kind in t.TABULAR else 0
    low, high = DEFAULT_ENDS if kind is FieldType.SCALE else ("", "")
    return Field("", kind, "", rows=rows, lines=DEFAULT_LINES.get(kind, 0), low=low, high=high)


# ---- moving, removing, putting back -------------------------------------------------------------------


def changed(draft: Draft, act: Act, section: int, field: int = 0) -> Draft:
    """The draft after one press; places count from 0. One that is not there, or has no way to go, changes nothing."""
    sections = draft.template.sections
    if not 0 <= section < len(sections):
        return draft
    if act in (Act.PART_UP, Act.PART_DOWN, Act.PART_JOIN):
        return _CHANGE_PART[act](draft, section)
    if not 0 <= field < len(sections[section].fields):
        return draft
    return _CHANGE_BLOCK[act](draft, section, field)


def with_block(draft: Draft, section: int, block: Field) -> Draft:
    """The draft with one block more at the end of a part (of the last one, if there is no such part), if it has room."""
    sections = list(draft.template.sections)
    if len(list(draft.template.fields)) >= t.MAX_FIELDS:
        return draft
    at = section if 0 <= section < len(sections) else len(sections) - 1
    block = block if block.key else replace(block, key=number_key(_keys_in(draft)))
    sections[at] = replace(sections[at], fields=(*sections[at].fields, block))
    return _with(draft, sections)


def with_part(draft: Draft) -> Draft:
    """The draft with one part more at the end, if it has room."""
    if len(draft.template.sections) >= t.MAX_SECTIONS:
        return draft
    return _with(draft, [*draft.template.sections, Section("")])


def put_back(draft: Draft, number: int) -> Draft:
    """A removed block again, at the end of the last part; `number` counts from 0."""
    if not 0 <= number < len(draft.removed):
        return draft
    rest = draft.removed[:number] + draft.removed[number + 1 :]
    again = with_block(draft, -1, draft.removed[number])
    return draft if again is draft else replace(again, removed=rest)


def apart(draft: Draft, *blocks: Field) -> Draft:
    """The draft with these blocks among the removed ones; those nobody wrote in are let go."""
    kept = tuple(block for block in blocks if _says_something(block))
    return replace(draft, removed=(*kept, *draft.removed)[:KEPT_APART])


def _keys_in(draft: Draft) -> list[str]:
    return [field.key for field in (*draft.template.fields, *draft.removed)]


def _says_something(block: Field) -> bool:
    return any((block.label, block.hint, block.heads_up, block.options, block.columns, block.steps))


def _with(draft: Draft, sections: Sequence[Section]) -> Draft:
    return replace(draft, template=replace(draft.template, sections=tuple(sections)))


def _moved(step: int) -> Callable[[Draft, int, int], Draft]:
    def moved(draft: Draft, section: int, field: int) -> Draft:
        """One place up or down; beyond the edge of its part into the next one."""
        lists = [list(each.fields) for each in draft.template.sections]
        block = lists[section].pop(field)
        if 0 <= field + step <= len(lists[section]):
            lists[section].insert(field + step, block)
        elif 0 <= section + step < len(lists):
            there = lists[section + step]
            there.insert(len(there) if step < 0 else 0, block)
        else:
            return draft
        pairs = zip(draft.template.sections, lists, strict=True)
        return _with(draft, [replace(each, fields=tuple(fields)) for each, fields in pairs])

    return moved


def _removed(draft: Draft, section: int, field: int) -> Draft:
    sections = list(draft.template.sections)
    fields = list(sections[section].fields)
    block = fields.pop(field)
    sections[section] = replace(sections[section], fields=tuple(fields))
    return apart(_with(draft, sections), block)


def _part_moved(step: int) -> Callable[[Draft, int], Draft]:
    def moved(draft: Draft, section: int) -> Draft:
        sections = list(draft.template.sections)
        if not 0 <= section + step < len(sections):
            return draft
        sections.insert(section + step, sections.pop(section))
        return _with(draft, sections)

    return moved


def _joined(draft: Draft, section: int) -> Draft:
    """A part goes; its blocks and card join the one before (or after), and its words are kept as a note."""
    sections = list(draft.template.sections)
    if len(sections) == 1:
        return draft
    gone = sections.pop(section)
    at = max(section - 1, 0)
    other = sections[at]
    fields = other.fields + gone.fields if section else gone.fields + other.fields
    sections[at] = replace(other, fields=fields, card=other.card or gone.card)
    words = Field(number_key(_keys_in(draft)), FieldType.NOTE, gone.title, gone.hint)
    return apart(_with(draft, sections), words)


_CHANGE_BLOCK: dict[Act, Callable[[Draft, int, int], Draft]] = {
    Act.UP: _moved(-1),
    Act.DOWN: _moved(1),
    Act.REMOVE: _removed,
}
_CHANGE_PART: dict[Act, Callable[[Draft, int], Draft]] = {
    Act.PART_UP: _part_moved(-1),
    Act.PART_DOWN: _part_moved(1),
    Act.PART_JOIN: _joined,
}


# ---- two windows --------------------------------------------------------------------------------------


def kept_over(mine: Draft, theirs: Draft) -> Draft:
    """`mine`, saved over `theirs`: blocks that stand only there are kept among the removed ones."""
    there = {field.key for field in mine.template.fields}
    removed = tuple(field for field in theirs.removed if field.key not in there)
    only_theirs = [field for field in theirs.template.fields if field.key not in there]
    return apart(replace(mine, removed=removed), *only_theirs)

"""Whether a draft can be published, what it still needs, and what of it can be shown already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coachapp.worksheets import template as t
from coachapp.worksheets.draft_keys import with_word_keys
from coachapp.worksheets.rules import WorksheetError
from coachapp.worksheets.template import Card, Field, Template
from coachapp.worksheets.template_file import read_template, write_template
from coachapp.worksheets.yaml_source import Problem, TemplateError

_PLACE = re.compile(r"section (\d+)(?:, field (\d+))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a draft still needs. `section` and `field` count from 1; 0 where it concerns more than that."""

    section: int
    field: int
    part: str
    words: str


class NotReady(WorksheetError):
    """The draft cannot be published yet; `faults` says why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(len(faults))
        self.faults = tuple(faults)


def finished(template: Template) -> Template:
    """The template as it would be published, read by the same strict rules as a file. NotReady."""
    whole = with_word_keys(template)
    try:
        return read_template(write_template(whole), whole.key)
    except TemplateError as error:
        raise NotReady([_fault(problem) for problem in error.problems]) from None


def _fault(problem: Problem) -> Fault:
    found = _PLACE.match(problem.where)
    part = problem.where[found.end() :] if found else problem.where
    section, field = (int(number or 0) for number in found.groups()) if found else (0, 0)
    return Fault(section, field, part.strip(", "), problem.words)


def presentable(template: Template) -> tuple[Template, int]:
    """What of a draft can be shown already, and how many blocks cannot; words that are missing are stood in for."""
    whole = with_word_keys(template)
    sections = [
        replace(
            section,
            title=section.title or f"{number}",
            fields=tuple(field for field in section.fields if _can_be_shown(field)),
            card=section.card if section.card and _fits(section.card, whole) else None,
        )
        for number, section in enumerate(whole.sections, 1)
    ]
    shown = replace(
        whole,
        sections=tuple(section for section in sections if section.fields or section.card),
        title=whole.title or whole.neutral_title,
        neutral_title=whole.neutral_title or "Notes",
    )
    return shown, len(list(whole.fields)) - len(list(shown.fields))


def _can_be_shown(field: Field) -> bool:
    if field.type in t.CHOSEN:
        return bool(field.label) and len(field.options) > 1
    if field.type in t.TABULAR:
        return bool(field.label) and bool(field.answer_columns) and not field.columns[0].tick
    return bool(field.label)


def _fits(card: Card, template: Template) -> bool:
    shown = {field.key for field in template.fields if field.type in t.SHORT | t.WRITTEN and field.label}
    names = {item.field for panel in card.panels for item in panel.items}
    whole = len(card.panels) == 2 and all(panel.title and panel.items for panel in card.panels)
    return whole and names - {""} <= shown

"""A sheet one question at a time: what stands at each place, and where to go on (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coachapp.worksheets.template import Field, Section, Template


@dataclass(frozen=True, slots=True)
class Stop:
    """One question on its own. `notes` stand between the question before it and this one.

    `begins` says whether it is the first question of its section; `number` counts questions from 1.
    """

    number: int
    section: Section
    field: Field
    notes: tuple[Field, ...]
    begins: bool


def stops(template: Template) -> list[Stop]:
    """Every question of a sheet, in its order; tables are one each."""
    found: list[Stop] = []
    notes: list[Field] = []
    for section in template.sections:
        begins = True
        for field in section.fields:
            if not field.asks:
                notes.append(field)
                continue
            found.append(Stop(len(found) + 1, section, field, tuple(notes), begins))
            notes, begins = [], False
    return found


def last_notes(template: Template) -> list[Field]:
    """The notes that stand after the last question."""
    fields = list(template.fields)
    asking = [number for number, field in enumerate(fields, 1) if field.asks]
    return fields[asking[-1] :] if asking else fields


def where_to_go_on(template: Template, saved: Mapping[str, datetime]) -> int | None:
    """The number of the question to go on at, or None when each has an answer.

    `saved` says when each answer there is was written. It is the next one without an answer after what she wrote
    last; if there is none, the first that was left out.
    """
    places = stops(template)
    open_ = [stop.number for stop in places if stop.field.key not in saved]
    done = [(saved[stop.field.key], stop.number) for stop in places if stop.field.key in saved]
    last = max(done)[1] if done else 0
    return next((number for number in open_ if number > last), open_[0] if open_ else None)

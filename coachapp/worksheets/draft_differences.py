"""What two windows on one draft say differently."""

from dataclasses import dataclass

from flask_babel import gettext as _

from coachapp.worksheets.draft_form import PARTS
from coachapp.worksheets.draft_keys import columns_as_lines, options_as_lines
from coachapp.worksheets.template import Field, Template


@dataclass(frozen=True)
class Difference:
    """One thing that two windows say differently."""

    name: str
    mine: str
    theirs: str


def differing(mine: Template, theirs: Template) -> list[Difference]:
    """What differs between the page and what was saved elsewhere, in the order of the page."""
    here, there = _everything(mine), _everything(theirs)
    found = [
        Difference(name, here.get(key, ("", ""))[1], there.get(key, ("", ""))[1])
        for key, (name, _words) in {**there, **here}.items()
    ]
    return [each for each in found if each.mine != each.theirs]


def _everything(template: Template) -> dict[str, tuple[str, str]]:
    """Each thing a draft says: its name on the page and its words, by something that stays the same."""
    said = {
        name: (str(PARTS[name]), str(getattr(template, name)))
        for name in ("title", "neutral_title", "purpose", "minutes")
    }
    parts = "\n".join(f"{section.title} {section.hint}".strip() for section in template.sections)
    order = "\n".join(field.label for field in template.fields)
    blocks = {f"+{field.key}": (field.label or _("A block"), _all_words(field)) for field in template.fields}
    return {**said, "parts": (_("Parts"), parts), "order": (_("Blocks, in their order"), order), **blocks}


def _all_words(field: Field) -> str:
    ends = f"{field.low} – {field.high}" if field.low or field.high else ""
    lists = (
        options_as_lines(field.options),
        columns_as_lines(field.columns),
        options_as_lines(field.row_heads),
        "\n".join(field.steps),
    )
    kept = (field.label, field.hint, field.heads_up, ends, *lists, field.signed)
    numbers = (str(number) for number in (field.lines, field.rows) if number)
    marks = (_("optional"),) if field.optional else ()
    return "\n".join([*(words for words in kept if words), *numbers, *marks])

"""The buttons of a draft's page: what each does to the draft, and where the page opens afterwards."""

from collections.abc import Mapping, Sequence

from coachapp.worksheets.draft_form import KINDS
from coachapp.worksheets.drafts import Act, Change, changed, new_block, put_back, with_block, with_part
from coachapp.worksheets.template import Template


def pressed(do: str, where: str, signature: str) -> Change:
    """What a button of the page does to the draft; one nobody made changes nothing."""
    what, _bar, at = do.partition(":")
    if what == "add" and at in KINDS:
        part = int(where) - 1 if where.isascii() and where.isdigit() and len(where) < 4 else -1
        return lambda draft: with_block(draft, part, new_block(at, signature))
    numbers = _numbers(at)
    if what == "part":
        return with_part
    if what == "back" and numbers:
        return lambda draft: put_back(draft, numbers[0])
    if what in list(Act) and numbers:
        return lambda draft: changed(draft, Act(what), *numbers[:2])
    return lambda draft: draft


def landing_after(do: str, typed: Template, now: Template) -> str:
    """The id of what was pressed, where it stands now; empty for the top of the page."""
    what, _bar, at = do.partition(":")
    places = {
        field.key: f"b-{s}-{f}"
        for s, of in enumerate(now.sections, 1)
        for f, field in enumerate(of.fields, 1)
    }
    if what in ("add", "back"):
        known = {field.key for field in typed.fields}
        return next((place for key, place in places.items() if key not in known), "")
    if what == "part":
        return f"p-{len(now.sections)}" if len(now.sections) > len(typed.sections) else ""
    if what in _MOVES and (numbers := _numbers(at)):
        return f"p-{max(1, min(numbers[0] + 1 + _MOVES[what], len(now.sections)))}"
    if what in (Act.UP, Act.DOWN):
        return places.get(_key_at(typed, _numbers(at)), "")
    return "removed" if what == Act.REMOVE else ""


_MOVES: Mapping[str, int] = {Act.PART_UP: -1, Act.PART_DOWN: 1, Act.PART_JOIN: -1}


def _key_at(template: Template, numbers: Sequence[int]) -> str:
    """The key of the block at this place, counted from 0."""
    blocks = [[field.key for field in section.fields] for section in template.sections]
    try:
        section, field = numbers
        return blocks[section][field]
    except (ValueError, IndexError):
        return ""


def _numbers(at: str) -> list[int]:
    """Places as buttons name them, `2-1`, counted from 0."""
    return [int(n) - 1 for n in at.split("-") if n.isascii() and n.isdigit() and len(n) < 4]

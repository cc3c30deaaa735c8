"""The library that comes with the product: its templates, read once from the files beside this module."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files

from coachapp.worksheets.template import Template
from coachapp.worksheets.template_file import read_template


@cache
def library() -> tuple[Template, ...]:
    """Every template of the library, in the order of its keys. Raises TemplateError when a file is wrong."""
    shelf = files("coachapp.worksheets") / "library"
    names = sorted(entry.name for entry in shelf.iterdir() if entry.name.endswith(".yaml"))
    return tuple(read_template((shelf / name).read_text(encoding="utf-8"), name) for name in names)


def with_marks(template: Template, is_marked: Callable[[Template], bool]) -> Template:
    """The template, or what the library has under its key: sheets begun before there were marks keep their versions."""
    if is_marked(template):
        return template
    return next((each for each in library() if each.key == template.key), template)

"""Paths that come with the product: which sheet of the library on which day, read once from the files in `paths`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True)
class ReadyStep:
    """One sheet of the library, so many days after the start."""

    day: int
    sheet: str


@dataclass(frozen=True, slots=True)
class ReadyPath:
    """A path to give as it is, and to change afterwards. `key` is the name of its file."""

    key: str
    title: str
    text: str
    steps: tuple[ReadyStep, ...]


@cache
def ready_paths() -> tuple[ReadyPath, ...]:
    """Every ready-made path, in the order of their names."""
    shelf = files("coachapp.worksheets") / "paths"
    names = sorted(entry.name for entry in shelf.iterdir() if entry.name.endswith(".yaml"))
    return tuple(_read((shelf / name).read_text(encoding="utf-8"), name) for name in names)


def _read(text: str, name: str) -> ReadyPath:
    known = yaml.safe_load(text)
    steps = tuple(ReadyStep(each["day"], each["sheet"]) for each in known["steps"])
    return ReadyPath(name.removesuffix(".yaml"), known["title"], known["text"], steps)

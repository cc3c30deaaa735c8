"""Reads YAML from anyone into plain nodes that know their line, refusing what could do harm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import yaml

from coachapp.worksheets.rules import WorksheetError
from coachapp.worksheets.yaml_words import meaning

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
MAX_NODES = 10_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in a file that needs another look; `where` names the place inside the template."""

    line: int
    where: str
    words: str

    def __str__(self) -> str:
        place = f"Line {self.line}, {self.where}" if self.where else f"Line {self.line}"
        return f"{place}: {self.words}"


class TemplateError(WorksheetError):
    """A file that is not a template; `problems` holds everything found, in the order of its lines."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.name = name
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join([self._heading(), *map(str, self.problems)]))

    def _heading(self) -> str:
        if len(self.problems) == 1:
            return f"{self.name}: one thing needs another look. Nothing was changed."
        return f"{self.name}: {len(self.problems)} things need another look. Nothing was changed."


class _Refused(Exception):
    def __init__(self, line: int, words: str) -> None:
        self.problem = Problem(line, "", words)
        super().__init__(words)


class _PlainLoader(yaml.SafeLoader):
    """Composes nodes only: no aliases, no anchors, no tags, no depth, so nothing can grow or run."""

    depth = 0
    nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._refuse_harm(self.next_event())
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def next_event(self) -> yaml.Event:
        return cast(yaml.Event, self.peek_event())  # type: ignore[no-untyped-call]  # not in the stubs

    def _refuse_harm(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        self.nodes += 1
        if self.depth >= MAX_DEPTH:
            raise _Refused(line, f"Lists and keys stand inside each other more than {MAX_DEPTH} deep.")
        if self.nodes > MAX_NODES:
            raise _Refused(line, f"Expected at most {MAX_NODES} entries in one file.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _Refused(line, "References with & and * are not accepted here. Write the words out.")
        if getattr(event, "tag", None) is not None:
            raise _Refused(line, f"Tags are not accepted here. Take “{getattr(event, 'tag', '')}” out.")


def decoded(data: bytes, name: str) -> str:
    """The text of a file. Raises TemplateError naming the line that is not UTF-8, and for what is no text at all."""
    if len(data) > MAX_BYTES:
        raise TemplateError(name, [_too_large()])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        words = "This text is saved as UTF-16. Expected UTF-8; most programs ask for it under “Save as”."
        raise TemplateError(name, [Problem(1, "", words)])
    if b"\0" in data:
        raise TemplateError(name, [Problem(_line(data, data.index(0)), "", _NO_TEXT)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        words = "There is a letter here that is not saved as UTF-8. Save the file as UTF-8 and try again."
        raise TemplateError(name, [Problem(_line(data, error.start), "", words)]) from None


_NO_TEXT = "This is not a file of text. Expected a template as YAML."


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _too_large() -> Problem:
    return Problem(1, "", f"Expected a file of at most {MAX_BYTES // 1024} KB.")


def read_nodes(text: str, name: str) -> yaml.Node:
    """The one document in `text`. Raises TemplateError naming the line and what was expected."""
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise TemplateError(name, [_too_large()])
    try:
        node = _compose(text)
    except _Refused as refused:
        raise TemplateError(name, [refused.problem]) from None
    except yaml.reader.ReaderError as error:
        raise TemplateError(name, [_unreadable_character(text, error)]) from None
    except yaml.MarkedYAMLError as error:
        line, words = meaning(error)
        raise TemplateError(name, [Problem(line, "", words)]) from None
    if node is None:
        raise TemplateError(
            name, [Problem(1, "", "The file is empty. Expected “key”, “version”, “kind” and so on.")]
        )
    return node


def _compose(text: str) -> yaml.Node | None:
    loader = _PlainLoader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _unreadable_character(text: str, error: yaml.reader.ReaderError) -> Problem:
    line = text.count("\n", 0, error.position) + 1
    return Problem(line, "", "There is a character here that cannot be read. Delete it or type it again.")

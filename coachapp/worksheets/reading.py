"""Reads single values, lists and keys out of YAML nodes, noting each problem instead of stopping at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeVar

import yaml

from coachapp.worksheets.yaml_source import Problem

Read = TypeVar("Read")

MAX_TITLE = 120
MAX_WORDS = 600

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]")
_NULL = "tag:yaml.org,2002:null"


class Reading:
    """Notes what is wrong and reads it as empty, so that later problems are seen in the same pass."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    # -- single values -----------------------------------------------------------------------------

    def part(
        self,
        parts: dict[str, yaml.Node],
        where: str,
        name: str,
        default: Read,
        read: Callable[[yaml.Node, str], Read],
    ) -> Read:
        place = f"{where}, “{name}”" if where else f"“{name}”"
        return read(parts[name], place) if name in parts else default

    def needed(
        self,
        parts: dict[str, yaml.Node],
        where: str,
        name: str,
        read: Callable[[yaml.Node, str], tuple[Read, ...]],
    ) -> tuple[Read, ...]:
        if name not in parts:
            self.note(parts["type"], where, f"“{name}” is missing; this type of field needs it.")
        return self.part(parts, where, name, (), read)

    def words(self, node: yaml.Node, where: str, limit: int = MAX_WORDS) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self.note(node, where, f"Expected text, found {_found(node)}.")
            return ""
        written = "" if node.tag == _NULL else str(node.value)
        text = tidy(written)
        if not text:
            self.note(node, where, "Expected text, found nothing.")
        if len(text) > limit:
            self.note(node, where, f"Expected at most {limit} characters, found {len(text)}.")
        return text

    def title(self, node: yaml.Node, where: str) -> str:
        return self.words(node, where, MAX_TITLE)

    def checked_key(self, text: str, node: yaml.Node, where: str) -> str:
        if text and not _KEY.fullmatch(text):
            self.note(
                node,
                where,
                f"Expected small letters, numbers and _, at most 40, like my_words, found “{text}”.",
            )
        return text

    def number_to(self, most: int) -> Callable[[yaml.Node, str], int]:
        def number(node: yaml.Node, where: str) -> int:
            value = node.value if isinstance(node, yaml.ScalarNode) else ""
            if re.fullmatch(r"[0-9]{1,6}", value) and 1 <= int(value) <= most:
                return int(value)
            self.note(node, where, f"Expected a whole number from 1 to {most}, found {_found(node)}.")
            return 1

        return number

    def flag(self, node: yaml.Node, where: str) -> bool:
        value = node.value if isinstance(node, yaml.ScalarNode) else ""
        if value not in ("true", "false"):
            self.note(node, where, f"Expected true or false, found {_found(node)}.")
        return value == "true"

    def one_of(self, choices: Iterable[str]) -> Callable[[yaml.Node, str], str]:
        known = [str(choice) for choice in choices]

        def choice(node: yaml.Node, where: str) -> str:
            value = node.value if isinstance(node, yaml.ScalarNode) else ""
            if value in known:
                return str(value)
            self.note(
                node,
                where,
                f"Expected one of {', '.join(known)}; found {_found(node)}.{meant(value, known)}",
            )
            return known[0]

        return choice

    # -- lists and keys -----------------------------------------------------------------------------

    def items(self, node: yaml.Node, where: str, at_most: int, at_least: int = 1) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.note(node, where, f"Expected a list, each entry after a hyphen; found {_found(node)}.")
            return []
        found: list[yaml.Node] = node.value
        if not at_least <= len(found) <= at_most:
            self.note(node, where, f"Expected {_span(at_least, at_most)} entries, found {len(found)}.")
        return found[:at_most]

    def pairs(self, node: yaml.Node, where: str, at_least: int, at_most: int) -> list[tuple[str, yaml.Node]]:
        """Entries the template names itself, like options: each a key, a colon and its words."""
        if not isinstance(node, yaml.MappingNode):
            self.note(node, where, f"Expected entries like “key: words”, found {_found(node)}.")
            return []
        parts = self.keys(node, where)
        for key, of in parts.items():
            self.checked_key(key, of, where)
        if not at_least <= len(parts) <= at_most:
            self.note(node, where, f"Expected {_span(at_least, at_most)} entries, found {len(parts)}.")
        return list(parts.items())[:at_most]

    def mapping(
        self, node: yaml.Node, where: str, known: tuple[str, ...], required: tuple[str, ...]
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self.note(node, where, f"Expected keys like “{known[0]}:”, found {_found(node)}.")
            return {}
        parts = self.keys(node, where)
        guessed = self.refuse_strangers(node, where, parts, known)
        for name in required:
            if name not in parts and name not in guessed:
                self.note(node, where, f"“{name}” is missing.")
        return parts

    def refuse_strangers(
        self, node: yaml.MappingNode, where: str, parts: dict[str, yaml.Node], known: tuple[str, ...]
    ) -> set[str]:
        """Take unknown keys out of `parts`; returns the known ones that were probably meant."""
        guessed = set()
        for key in [
            key
            for key, _ in node.value
            if isinstance(key, yaml.ScalarNode) and key.value in parts and key.value not in known
        ]:
            hint = meant(key.value, known) or f" Known here: {', '.join(known)}."
            self.note(key, where, f"“{key.value}” is not known here.{hint}")
            guessed.add(closest(key.value, known))
            parts.pop(key.value, None)
        return guessed

    def keys(self, node: yaml.MappingNode, where: str) -> dict[str, yaml.Node]:
        parts: dict[str, yaml.Node] = {}
        for name, value in node.value:
            text = name.value if isinstance(name, yaml.ScalarNode) else ""
            if not text:
                self.note(name, where, f"Expected a key before the colon, found {_found(name)}.")
            elif text in parts:
                self.note(name, where, f"“{text}” stands here twice. Keep one.")
            else:
                parts[text] = value
        return parts

    def note(self, node: yaml.Node, where: str, words: str) -> None:
        self.problems.append(Problem(node.start_mark.line + 1, where, words))


def _span(at_least: int, at_most: int) -> str:
    return str(at_most) if at_least == at_most else f"{at_least} to {at_most}"


def _found(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if isinstance(node, yaml.MappingNode):
        return "more keys"
    value = str(node.value)
    return f"“{value[:40]}”" if value else "nothing"


def tidy(words: str) -> str:
    """Words on one line, without anything that cannot be seen."""
    return " ".join(_CONTROL.sub(" ", words).split())


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or an empty one."""
    return next(iter(get_close_matches(word, list(known), n=1)), "")


def meant(word: str, known: Iterable[str]) -> str:
    close = closest(word, known)
    return f" Did you mean “{close}”?" if close else ""

"""Decoding of Stripe's form bodies: `a[0][b]=c` becomes nested dictionaries of strings."""

import re
from typing import Any
from urllib.parse import parse_qsl

from coachapp.demo.stripe_standin.answers import Refusal

_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_PART = re.compile(r"\[([^\[\]]*)\]")


def decode(text: str) -> dict[str, Any]:
    """Nested dictionaries whose leaves are strings; list items stand under their index. Bad nesting is refused."""
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        match = _KEY.match(key)
        if match is None:
            raise Refusal(f"Invalid request (check that your parameters are well formed): {key}", param=key)
        _place(tree, [match[1], *_PART.findall(match[2])], key, value)
    return tree


def _place(tree: dict[str, Any], path: list[str], key: str, value: str) -> None:
    for part in path[:-1]:
        step = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(step, dict):
            raise Refusal(f"Invalid nesting of parameter: {key}", param=key)
        tree = step
    last = path[-1] or str(len(tree))
    if last in tree:
        raise Refusal(f"Parameter given twice: {key}", param=key)
    tree[last] = value

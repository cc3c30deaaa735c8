"""Passphrases: four words to offer, which ones will not do, and codes as people type them (pure)."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import cache
from itertools import pairwise
from pathlib import Path

from coachapp.accounts.rules import MOST_CHARACTERS

_HERE = Path(__file__).parent
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb",
)
_LEET = str.maketrans("013457@$!", "oleastasi")
_LEAST_RUN = 4
_LEAST_LEFT = 6


class Trouble(Enum):
    """Why a passphrase will not do."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PATTERN = "pattern"
    CONTEXT = "context"


def four_words() -> str:
    """Four random words, as `amber-lantern-river-stone`: over 45 bits, easy to say and to write down."""
    return "-".join(secrets.choice(words()) for _ in range(4))


def name_ideas() -> tuple[str, str, str]:
    """Three sign-in names that say nothing about anyone, as `quiet river 48`."""
    first, second, third = (
        f"{secrets.choice(words())} {secrets.choice(words())} {secrets.randbelow(90) + 10}" for _ in range(3)
    )
    return first, second, third


def normal_code(typed: str) -> str:
    """A code of words as it is compared: `Amber, lantern  RIVER-stone` becomes `amber-lantern-river-stone`."""
    plain = unicodedata.normalize("NFKC", typed).casefold()
    return "-".join(re.findall(r"[^\W_]+", plain))


def trouble(passphrase: str, least: int, context: Iterable[str] = ()) -> Trouble | None:
    """Why this passphrase will not do, or None. `least` in characters; `context` holds names it may not lean on."""
    if len(passphrase) < least:
        return Trouble.SHORT
    if len(passphrase) > MOST_CHARACTERS:
        return Trouble.LONG
    plain = unicodedata.normalize("NFKC", passphrase).casefold()
    if _is_pattern(plain):
        return Trouble.PATTERN
    if _is_common(plain):
        return Trouble.COMMON
    return Trouble.CONTEXT if _leans_on(plain, context) else None


@cache
def words() -> tuple[str, ...]:
    """The list that words are drawn from (see words.README)."""
    return tuple((_HERE / "words.txt").read_text(encoding="ascii").split())


@cache
def _common() -> frozenset[str]:
    return frozenset((_HERE / "common.txt").read_text(encoding="ascii").split())


def _is_common(plain: str) -> bool:
    """One frequent password, dressed up with figures and signs at its ends or in place of letters, or said twice."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    squeezed = re.sub(r"[\W_]+", "", plain)
    forms = {plain, core, squeezed, plain.translate(_LEET), core.translate(_LEET)}
    return any(_once(form) in _common() for form in forms if form)


def _once(text: str) -> str:
    """`abcabc` as `abc`: the part that, repeated, makes the whole."""
    size = (text + text).find(text, 1)
    return text[:size] if size < len(text) else text


def _is_pattern(plain: str) -> bool:
    """A short piece repeated, a handful of different characters, or runs along the alphabet or the keyboard."""
    squeezed = re.sub(r"[\W_]+", "", plain)
    return (
        len(set(plain)) < 5
        or len(_once(plain)) < _LEAST_LEFT
        or len(squeezed) < _LEAST_LEFT
        or _outside_runs(squeezed) < _LEAST_LEFT - 2
    )


def _outside_runs(text: str) -> int:
    """How many characters belong to no run of four or more neighbours (either way) on a keyboard or alphabet row."""
    in_run, start = 0, 0
    joined = [_are_neighbours(a, b) for a, b in pairwise(text)] + [False]
    for at, goes_on in enumerate(joined):
        if not goes_on:
            length = at - start + 1
            in_run += length if length >= _LEAST_RUN else 0
            start = at + 1
    return len(text) - in_run


def _are_neighbours(a: str, b: str) -> bool:
    return a == b or any(a + b in row or b + a in row for row in _ROWS)


def _leans_on(plain: str, context: Iterable[str]) -> bool:
    """Whether little is left once the names everyone here knows are taken out."""
    left, found = plain, False
    for name in context:
        for part in re.findall(r"[^\W\d_]{4,}", name.casefold()):
            found = found or part in left
            left = left.replace(part, "")
    return found and len(re.sub(r"[\W\d_]+", "", left)) < _LEAST_LEFT

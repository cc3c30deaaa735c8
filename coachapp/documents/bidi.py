"""Puts lines with Hebrew or Arabic letters into the order the eye reads, as PDF text has no direction.

A small part of the Unicode bidirectional algorithm: enough for names, sentences and numbers. Arabic letters
are not joined. The logical text is kept for screen readers in the structure.
"""

import re
import unicodedata

_RIGHT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_HAS_RIGHT = re.compile(f"[{_RIGHT}]")
_RIGHT_STRETCH = re.compile(f"[{_RIGHT}](?:[^A-Za-z\u00c0-\u058f]*[{_RIGHT}])?")
_LEFT_STRETCH = re.compile(f"[^\\W{_RIGHT}](?:[^{_RIGHT}()\\[\\]{{}}<>]*[^\\W{_RIGHT}])?")
_NUMBER = re.compile(r"\d(?:[\d.,:/-]*\d)?")
_MIRROR = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def is_mixed(text: str) -> bool:
    """Whether `text` holds letters written from right to left."""
    return not text.isascii() and _HAS_RIGHT.search(text) is not None


def visual(line: str) -> str:
    """`line` in the order it is seen from left to right."""
    if not is_mixed(line):
        return line
    if _starts_right(line):
        return _reversed(line, _LEFT_STRETCH)
    return _RIGHT_STRETCH.sub(lambda stretch: _reversed(stretch.group(), _NUMBER), line)


def _starts_right(line: str) -> bool:
    first = next((unicodedata.bidirectional(c) for c in line if unicodedata.bidirectional(c) in "LRAL"), "L")
    return first in ("R", "AL")


def _reversed(text: str, kept: re.Pattern[str]) -> str:
    """`text` backwards with brackets turned round, but stretches that match `kept` forwards."""
    parts: list[str] = []
    end = 0
    for stretch in kept.finditer(text):
        parts += [_backwards(text[end : stretch.start()]), stretch.group()]
        end = stretch.end()
    parts.append(_backwards(text[end:]))
    return "".join(reversed(parts))


def _backwards(text: str) -> str:
    """`text` backwards, marks staying behind the letter they sit on."""
    clusters: list[str] = []
    for character in text.translate(_MIRROR):
        if clusters and unicodedata.combining(character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return "".join(reversed(clusters))

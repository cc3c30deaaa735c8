"""The words no sheet of the library says: hurry, blame, labels, promises, guesses about someone, marks that shout
(`python -m tests.house.library_words`, no app needed)."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.house import words

HERE = Path(__file__).parent
LIBRARY = HERE.parents[1] / "coachapp" / "worksheets" / "library"
AVOIDED = HERE / "avoided_words.txt"
ALLOWED = HERE / "avoided_words_allowed.txt"


def lines_of(path: Path) -> list[str]:
    """What a list holds, without its comments."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def allowed() -> dict[str, list[str]]:
    """By sheet: the phrases in which an avoided word may stand."""
    phrases: dict[str, list[str]] = {}
    for line in lines_of(ALLOWED):
        sheet, phrase, _reason = (part.strip() for part in line.split(" | "))
        phrases.setdefault(sheet, []).append(phrase)
    return phrases


def pattern() -> re.Pattern[str]:
    """One pattern that finds any avoided word."""
    return re.compile(r"(?<!\w)(?:" + "|".join(lines_of(AVOIDED)) + r")(?!\w)", re.IGNORECASE)


def strings(plain: object) -> Iterator[str]:
    """Every string in what a YAML file holds, except the keys."""
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, dict):
        for value in plain.values():
            yield from strings(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from strings(value)


def found_in(text: str, phrases: list[str]) -> list[str]:
    """The words in this text that are avoided, or that tell why someone has the sheet."""
    for phrase in phrases:
        text = text.replace(phrase, "…")
    telling = words.found_in(text)
    return [hit.group(0) for hit in pattern().finditer(text)] + ([telling] if telling else [])


def hits(folder: Path) -> list[tuple[str, str, str]]:
    """(sheet, text, word) for every avoided word in the sheets of a folder."""
    phrases = allowed()
    return [
        (path.stem, text, word)
        for path in sorted(folder.glob("*.yaml"))
        for text in strings(yaml.safe_load(path.read_text(encoding="utf-8")))
        for word in found_in(text, phrases.get(path.stem, []))
    ]


def main() -> int:
    """Print each avoided word with its sheet; exit status 1 if there is any."""
    found = hits(LIBRARY)
    for sheet, text, word in found:
        print(f"{sheet}: “{text}” says “{word}” (tests/house/avoided_words.txt)")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

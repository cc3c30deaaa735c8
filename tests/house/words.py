"""The forbidden words: where they are looked for in the source itself (`python -m tests.house.words`,
no app needed)."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

LIST = Path(__file__).with_name("forbidden_words.txt")
PROJECT = Path(__file__).resolve().parents[2]

_TITLE = re.compile(r"{%-?\s*block title\s*-?%}(.*?){%-?\s*endblock", re.DOTALL)
_NAME = re.compile(r"""\s(?:name|id|for)=["']([a-zA-Z0-9_-]+)["']""")
_ROUTE = re.compile(r"""@bp\.(?:get|post|route)\(\s*["']([^"']+)["']""")
# Public pages of an ordinary, findable practice may say what it is; from a booking inwards nothing does.
_FINDABLE = ("templates/practice/",)


def patterns() -> re.Pattern[str]:
    """One pattern that finds any forbidden word."""
    lines = [line.strip() for line in LIST.read_text(encoding="utf-8").splitlines()]
    return re.compile(
        r"(?<![a-z])(?:" + "|".join(w for w in lines if w and not w.startswith("#")) + ")", re.IGNORECASE
    )


def found_in(text: str) -> str | None:
    """The first forbidden word in this text, or None."""
    hit = patterns().search(text)
    return hit.group(0) if hit else None


def places() -> Iterator[tuple[str, str]]:
    """(file, text) of everything in the source that reaches a title, an address, a field's name or a file's name."""
    for path in sorted(PROJECT.glob("templates/**/*.html")):
        where, text = str(path.relative_to(PROJECT)), path.read_text(encoding="utf-8")
        if not where.startswith(_FINDABLE):
            yield from ((where, title) for title in _TITLE.findall(text))
        yield from ((where, name) for name in _NAME.findall(text))
    for path in sorted(PROJECT.glob("coachapp/**/views*/*.py")) + sorted(
        PROJECT.glob("coachapp/**/views.py")
    ):
        yield from (
            (str(path.relative_to(PROJECT)), r) for r in _ROUTE.findall(path.read_text(encoding="utf-8"))
        )
    yield from (
        (f"static/{path.name}", path.name) for path in sorted(PROJECT.glob("static/**/*")) if path.is_file()
    )


def main() -> int:
    """Print each forbidden word with its place; exit status 1 if there is any."""
    hits = [(where, text.strip(), word) for where, text in places() if (word := found_in(text))]
    for where, text, word in hits:
        print(f"{where}: “{text}” says “{word}”, which tells too much (tests/house/forbidden_words.txt)")
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main())

"""Words that would tell whoever looks over a shoulder why someone comes here (pure)."""

import re

_STEMS = (
    "abus",
    "contact[- ]?free",
    "no[- ]?contact",
    "coach",
    "domestic",
    "estrange",
    "gaslight",
    "heal(?!th)",
    "narciss",
    "recover",
    "scapegoat",
    "support group",
    "surviv",
    "therap",
    "toxic",
    "trauma",
    "victim",
    "violen",
)
_TELLING = re.compile(r"(?<![a-z])(?:" + "|".join(_STEMS) + r")[a-z]*", re.IGNORECASE)


def telling_word(text: str) -> str | None:
    """The first telling word in a text as it stands there, or None."""
    found = _TELLING.search(text.replace("-", " ") if "-" in text else text)
    return found.group(0) if found else None

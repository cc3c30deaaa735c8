"""What a trusted reader passes on of a letter, card or message: facts that were ticked, and nothing else of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

MAX_FACT = 200

VISIT = "visit"
WITH_A_FACT = frozenset({"legal", "health", "money"})
"""What a short line may be written about."""


@dataclass(frozen=True)
class Facts:
    """What was ticked, as keys: what was found, the parts of an apology that were asked for, what is for a child."""

    found: tuple[str, ...] = ()
    visit_on: date | None = None
    needed_on: date | None = None
    fact: str = ""
    parts: tuple[str, ...] = ()
    child: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return self == Facts()


@dataclass(frozen=True)
class ReaderLinkRow:
    """One link as the client sees it; `parts` are those of an apology that the reader is asked about."""

    id: UUID
    client_id: UUID
    about: str
    parts: tuple[str, ...]
    token: str
    ends_at: datetime
    answered_at: datetime | None
    facts: Facts | None

    def is_open(self, now: datetime) -> bool:
        return self.answered_at is None and now < self.ends_at


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """In plain lists and strings, to be sealed."""
    return {
        "found": list(facts.found),
        "visit_on": facts.visit_on.isoformat() if facts.visit_on else None,
        "needed_on": facts.needed_on.isoformat() if facts.needed_on else None,
        "fact": facts.fact,
        "parts": list(facts.parts),
        "child": list(facts.child),
    }


def facts_from_json(plain: Mapping[str, Any]) -> Facts:
    """Back again."""
    return Facts(
        found=tuple(plain["found"]),
        visit_on=_day(plain["visit_on"]),
        needed_on=_day(plain["needed_on"]),
        fact=plain["fact"],
        parts=tuple(plain["parts"]),
        child=tuple(plain["child"]),
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None

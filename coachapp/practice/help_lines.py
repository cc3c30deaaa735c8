"""Emergency and support numbers by country, from a data file with source and date per row."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).with_name("help_lines.yaml")


@dataclass(frozen=True)
class Line:
    """One number, copied verbatim; `verified_on` is None until someone has checked it."""

    name: str
    number: str
    who_for: str
    hours: str
    shows_on_bill: str
    source: str
    verified_on: date | None


@dataclass(frozen=True)
class Country:
    country: str
    emergency: str
    lines: tuple[Line, ...]


@lru_cache
def help_lines() -> tuple[Country, ...]:
    """Every country of the data file, in its order."""
    rows = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Country(row["country"], str(row["emergency"]), tuple(_line(line) for line in row["lines"]))
        for row in rows
    )


def _line(row: "dict[str, str | date | None]") -> Line:
    on = row.get("verified_on")
    words = {
        key: str(row.get(key) or "")
        for key in ("name", "number", "who_for", "hours", "shows_on_bill", "source")
    }
    return Line(**words, verified_on=on if isinstance(on, date) else None)

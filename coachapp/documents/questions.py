"""The parts questions are described with: options to tick or choose, columns of a table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    """Something to tick or choose: its key in the answers and its text."""

    key: str
    text: str


@dataclass(frozen=True)
class Column:
    """A table column: its head, its share of the width, and whether its cells are boxes to tick."""

    head: str
    share: float = 1
    tick: bool = False

"""The answers a completed sheet is set with, read by field name whatever shape they were kept in."""

from collections.abc import Mapping, Sequence

Cell = str | bool | None
Answer = str | int | bool | None | Sequence[str] | Sequence[Sequence[Cell]]


class Answers:
    """Answers by name. Text for a line or a lines area, option keys for ticks and choices, a number for a
    scale, rows of cells for a table (row heads not counted)."""

    def __init__(self, given: Mapping[str, Answer] | None = None) -> None:
        self._given = dict(given or {})

    def text(self, name: str) -> str:
        value = self._given.get(name)
        return "" if value is None or isinstance(value, bool) else str(value)

    def item(self, name: str, index: int) -> str:
        """One entry of a list of short answers, counted from 0."""
        value = self._given.get(name)
        if isinstance(value, str) or not isinstance(value, Sequence) or index >= len(value):
            return ""
        entry = value[index]
        return entry if isinstance(entry, str) else ""

    def number(self, name: str) -> int | None:
        value = self._given.get(name)
        return None if isinstance(value, bool) or not isinstance(value, int) else value

    def picked(self, name: str) -> frozenset[str]:
        """The keys of the options chosen."""
        value = self._given.get(name)
        if isinstance(value, str):
            return frozenset([value])
        return frozenset(str(key) for key in value) if isinstance(value, Sequence) else frozenset()

    def rows(self, name: str) -> int:
        """How many rows of a table have been answered."""
        value = self._given.get(name)
        return len(value) if isinstance(value, Sequence) and not isinstance(value, str) else 0

    def cell(self, name: str, row: int, column: int) -> Cell:
        """The answer in a table's cell, counted from 0; None outside."""
        value = self._given.get(name)
        if not isinstance(value, Sequence) or row >= len(value):
            return None
        cells = value[row]
        return cells[column] if column < len(cells) else None

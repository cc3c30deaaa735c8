"""The small practice of Nora, Alex and Maya."""

from tests.road import mostly_sqlite as databases  # pytest finds fixtures by name
from tests.sheets import practice

__all__ = ["databases", "practice"]

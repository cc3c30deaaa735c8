"""The small practice of Nora, Alex and Maya."""

from tests.sheets import practice

__all__ = ["practice"]

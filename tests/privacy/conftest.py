"""The booking road's fixtures."""

from tests.road import walker, world  # noqa: F401  # pytest finds fixtures by name

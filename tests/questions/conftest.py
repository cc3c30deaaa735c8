"""A practice that sells one question."""

import pytest

from tests.booking.sold import coach_at_desk
from tests.questions.asked import sell
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.road import world  # noqa: F401  # pytest finds fixtures by name


@pytest.fixture
def walker(world):
    sell(world)
    return world.walker()


@pytest.fixture
def nora(world):
    return coach_at_desk(world)

"""The booking road, with receipts in the name of the practice."""

import pytest

from coachapp import clock
from coachapp.papers.operations import save_terms
from tests.papers.terms import TERMS
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.road import world as bare_world  # noqa: F401  # pytest finds fixtures by name


@pytest.fixture
def world(bare_world):  # noqa: F811  # the fixture, by its name
    with bare_world.app.app_context():
        save_terms(TERMS, now=clock.now())
    return bare_world

"""Nora's calendars elsewhere, played by a server on loopback that the app may reach."""

import dataclasses
from collections.abc import Iterator

import pytest

from coachapp.config import Config
from tests.booking.outside.feeds import Feeds, serving_feeds
from tests.desk.people import at_desk, set_up
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.road import walker, world  # noqa: F401  # pytest finds fixtures by name


@pytest.fixture
def feeds() -> Iterator[Feeds]:
    with serving_feeds() as server:
        yield server


@pytest.fixture
def settings(settings: Config) -> Config:
    return dataclasses.replace(settings, fetch_allow=("127.0.0.1/32",))


@pytest.fixture
def desk(app):
    return set_up(app)


@pytest.fixture
def nora(app, desk):
    return at_desk(app)

"""Nora's desk, in the app on each database."""

import pytest
from flask import Flask

from tests.desk.people import Desk, at_desk, set_up
from tests.plain_browser import Browser
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.road import world  # noqa: F401  # pytest finds fixtures by name


@pytest.fixture
def desk(app: Flask) -> Desk:
    return set_up(app)


@pytest.fixture
def nora(app: Flask, desk: Desk) -> Browser:
    return at_desk(app)

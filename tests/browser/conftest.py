"""The people who visit the house `make run` serves."""

from collections.abc import Iterator

import pytest

from tests.browser.visitors import House


@pytest.fixture(scope="session")
def open_house(chromium, live_server) -> Iterator[House]:
    """Who signed in once for all tests is known here."""
    with House(chromium, live_server).for_a_while() as found:
        yield found


@pytest.fixture
def house(open_house: House) -> Iterator[House]:
    """Visitors of one test, gone at its end."""
    with open_house.for_a_while() as found:
        yield found

"""The people who visit the house `make run` serves."""

from collections.abc import Iterator

import pytest

from tests.browser.visitors import House


@pytest.fixture(scope="session")
def _open_house(chromium, live_server) -> Iterator[House]:
    house = House(chromium, live_server)
    yield house
    house.close()


@pytest.fixture
def house(_open_house: House) -> Iterator[House]:
    """Visitors of one test; what they opened is closed at its end, the two shared sign-ins are kept."""
    with _open_house.for_a_while() as found:
        yield found

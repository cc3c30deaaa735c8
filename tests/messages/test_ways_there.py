"""Every page that promises a few words first leads to them."""

import re

import pytest

from coachapp.booking.desk_operations import set_week
from tests.road import walker, world  # noqa: F401  # pytest finds fixtures by name


def ways(browser, path):
    """The links to /write on a page, each of them answered."""
    page = browser.get(path).get_data(as_text=True)
    found = sorted(set(re.findall(r'href="(/write[^"]*)"', page)))
    assert [browser.get(link).status_code for link in found] == [200] * len(found)
    return found


@pytest.mark.parametrize(
    ("path", "links"),
    [
        ("/", ["/write", "/write/about/steady-ground"]),
        ("/book", ["/write/about/steady-ground"]),
        ("/book/steady-ground", ["/write/about/steady-ground"]),
        ("/book/power-hour", ["/write"]),
        ("/ask", ["/write"]),
        ("/help", ["/write"]),
        ("/resources", ["/write"]),
        ("/write", ["/write/answer"]),
        ("/write/answer", ["/write"]),
    ],
)
def test_pages_lead_there(walker, path, links):  # noqa: F811
    assert ways(walker, path) == links


def test_so_does_a_month_without_times(world, walker):  # noqa: F811
    with world.app.app_context():
        set_week(1, [])
    assert ways(walker, "/book/power-hour") == ["/write"]
    assert "No open times just now" in (walker.get("/book/power-hour") and walker.text)

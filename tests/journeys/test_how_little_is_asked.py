"""A first paid booking asks little: four pages of ours, and six answers at most."""

import re

import pytest

from tests.road import Walker, walker, world  # noqa: F401  # pytest finds fixtures by name
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

PAGES, ANSWERS = 4, 6
# What has to be answered beside the time: a name to be called by, and yes to the terms.
NEEDED = {"name": "Alex", "agree": "y"}


def test_four_pages_and_six_answers_at_most(walker: Walker):  # noqa: F811
    seen, start = [], walker.morning()[1]

    def page(path):
        assert walker.get(path).status_code == 200, walker.text
        seen.append(path)

    page("/book/power-hour")
    walker.post("/book/power-hour", {"slot": str(start)})
    page(walker.page.headers["Location"])
    walker.post("/book/details", NEEDED)
    page(walker.page.headers["Location"])
    walker.post("/book/code")
    walker.session_id = re.search(r"/(cs_\w+)", walker.page.headers["Location"])[1]
    walker.pay()
    page(walker.return_path)
    assert walker.place().state == "confirmed"
    assert len(seen) <= PAGES and 1 + len(NEEDED) <= ANSWERS


@pytest.mark.parametrize("left_out", NEEDED)
def test_each_of_them_is_needed(walker: Walker, left_out):  # noqa: F811
    walker.hold()
    walker.fill("/book/details", {name: value for name, value in NEEDED.items() if name != left_out})
    assert walker.page.status_code == 422

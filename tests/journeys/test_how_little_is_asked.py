"""A first paid booking asks little: four pages of ours, and six answers at most;
the next one with a package nothing."""

import re

import pytest

from tests.booking.sold import a_client, given, signed_in, sums
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


def test_the_next_one_with_a_package_two_presses_and_no_typing(world):  # noqa: F811
    given(world, a_client(world), 4)
    alex, presses = signed_in(world), 0
    start = alex.morning()[1]
    alex.get("/book/power-hour")
    for path, chosen in (("/book/power-hour", {"slot": str(start)}), ("/book/session", {})):
        assert not re.search(r'<input[^>]+type="(text|email)"|<textarea', alex.page.get_data(as_text=True))
        alex.post(path, chosen)
        presses += 1
        assert alex.page.status_code == 303, alex.text
        alex.get(alex.page.headers["Location"])
    assert alex.place().state == "confirmed" and presses == 2
    assert sums(world) == [(3, 1, 0, 0)] and not world.stripe.requests

"""Two people at one sheet, in two real browsers: each sees what the other saved, and no words of either are lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.apps import open_app
from tests.browser.two_desks import Desks, desks
from tests.cast import ALEX, NORA
from tests.conftest import settings_on
from tests.sheets import small_practice

pytestmark = pytest.mark.long

STORY, WORD, OWN = "[name=f-story]", "[name=f-word]", "[name=f-own]"
WITHIN = 5_000
"""Each sees the other's saved words within so many milliseconds."""


@pytest.fixture(scope="module")
def open_desks(chromium, sqlite_databases, tmp_path_factory) -> Iterator[Desks]:
    with (
        sqlite_databases.copy() as urls,
        open_app(settings_on(urls, tmp_path_factory.mktemp("desks"))) as app,
        desks(chromium, small_practice(app)) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def alex(open_desks) -> BrowserContext:
    return open_desks.device(ALEX)


@pytest.fixture(scope="module")
def nora(open_desks) -> BrowserContext:
    return open_desks.device(NORA)


@pytest.fixture
def both(open_desks, alex, nora) -> Iterator[tuple[Desks, Page, Page]]:
    """A sheet that is filled in together: hers, and Nora's."""
    open_desks.new_sheet()
    hers = open_desks.hers(alex)
    desk = nora.new_page()
    desk.goto(f"{open_desks.url}/desk/clients/{open_desks.practice.alex_ref}/worksheets")
    desk.get_by_role("button", name="Fill in together").first.click()
    hers.reload()
    hers.get_by_role("button", name="Yes, fill it in together").click()
    expect(desk.locator(STORY)).to_be_visible(timeout=WITHIN)
    yield open_desks, hers, desk
    for page in (hers, desk):
        page.close()


def test_each_sees_what_the_other_saved_and_loses_nothing(both):
    here, hers, desk = both
    hers.fill(STORY, "Alex begins.")
    expect(desk.locator(STORY)).to_have_value("Alex begins.", timeout=WITHIN)
    desk.fill(WORD, "calm")
    desk.check("[name=f-pull][value='7']")
    expect(hers.locator(WORD)).to_have_value("calm", timeout=WITHIN)
    expect(hers.locator("[name=f-pull][value='7']")).to_be_checked()
    # The same field at once: both stay visible, each can take the other's over.
    hers.locator(OWN).press_sequentially("I may say no.")
    desk.locator(OWN).press_sequentially("No is a sentence.")
    for page in (hers, desk):
        expect(page.locator("#q-own")).to_contain_text("wrote:", timeout=WITHIN)
    print(hers.locator("#q-own").inner_text(), desk.locator("#q-own").inner_text(), here.stored())
    hers.screenshot(path="/dev/shm/wt/hers.png", full_page=True)
    desk.screenshot(path="/dev/shm/wt/desk.png", full_page=True)

"""The picker of times as a screen reader tells it, and booked with the keyboard alone, with and without script."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitors import House

DAY = r"(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day \d{1,2} [A-Z][a-z]+"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def times(house: House, request: pytest.FixtureRequest) -> Page:
    return house.visitor(java_script_enabled=request.param).page("/book/single-session")


def test_what_a_screen_reader_tells(times):
    """A month is a table with a name and named columns, a day says how many times it has, times are one group."""
    month = times.get_by_role(
        "table", name=re.compile(r"^Days in [A-Z][a-z]+ \d{4}\. Days with open times are links")
    )
    expect(month).to_have_count(1)
    expect(month.get_by_role("columnheader")).to_have_count(7)
    names = [link.get_attribute("aria-label") for link in month.get_by_role("link").all()]
    assert names and all(re.fullmatch(DAY + r", \d+ times?(, chosen)?", name) for name in names), names
    assert sum(name.endswith(", chosen") for name in names) == 1
    assert month.get_by_role("button").count() == 0, "days without times are plain numbers, not dead buttons"
    group = times.get_by_role("group", name=re.compile("^Start time on " + DAY))
    expect(group).to_have_count(1)
    spoken = [each.evaluate("e => e.closest('label').innerText") for each in group.get_by_role("radio").all()]
    assert spoken and all(re.search(r"\d\d:\d\d\s+\d{1,2}:\d\d (am|pm)", text) for text in spoken), spoken
    expect(times.get_by_role("radio", checked=True)).to_have_count(0)
    expect(times.locator("#chosen[aria-live=polite]")).to_have_text("Choose one of the times")
    expect(times.get_by_label("Times are shown in")).to_have_count(1)
    expect(times.get_by_role("link", name="Choose a different day")).to_have_attribute("href", "#mo")
    expect(times.get_by_role("link", name="None of these work for me")).to_have_attribute("href", "/write")


def test_a_time_is_held_with_the_keyboard_alone(times):
    """Tab to a day, Enter; Tab to the times, Space; Enter on Continue: the next page is the details."""
    tab_to(times, "document.activeElement.matches('.cal a')")
    with_script = times.locator("#cal-keys").is_visible()
    if with_script:
        times.keyboard.press("End")
    chosen = times.evaluate("document.activeElement.getAttribute('aria-label')")
    times.keyboard.press("Enter")
    heading = times.locator("#day")
    expect(heading).to_have_text(re.match(DAY, chosen)[0])
    if with_script:
        expect(heading).to_be_focused()
    tab_to(times, "document.activeElement.matches('[name=slot]')")
    times.keyboard.press("Space")
    expect(times.get_by_role("radio", checked=True)).to_have_count(1)
    if with_script:
        expect(times.locator("#chosen")).to_have_text(re.compile(r"\d\d:\d\d to \d\d:\d\d"))
    tab_to(times, "document.activeElement.innerText === 'Continue'")
    with times.expect_navigation():
        times.keyboard.press("Enter")
    assert times.url.endswith("/book/details")


def test_continue_without_a_time_says_what_to_do(times):
    times.get_by_role("button", name="Continue").click()
    expect(times.get_by_text("Choose one of the times first")).to_be_visible()
    group = times.get_by_role("group", name=re.compile("^Start time on"))
    expect(group).to_have_attribute("aria-describedby", "slot-e")


def tab_to(page: Page, there: str) -> None:
    """Press Tab until the focus is there, as often as the page has things to stop at."""
    for _ in range(120):
        if page.evaluate(there):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {there}")

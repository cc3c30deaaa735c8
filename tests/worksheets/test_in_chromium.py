"""The sheet in a real browser: it saves by itself, two devices are asked, and leaving saves the last words."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.cast import ALEX
from tests.road import bound, serving
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.waiting import eventually

SAVED = re.compile("^Saved at")


@pytest.fixture
def site(practice):
    """The address of the practice, where Alex has a sheet."""
    practice.give(practice.alex, "our-door")
    server = bound([practice.app])
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def device(chromium, site):
    """`device()`: the sheet, open on one more device of hers; `script=False` for one without script."""
    contexts = []

    def opened(script: bool = True) -> Page:
        context = chromium.new_context(java_script_enabled=script, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site}/sign-in")
        page.fill("[name=name]", ALEX.login)
        page.fill("[name=passphrase]", ALEX.passphrase)
        page.keyboard.press("Enter")
        page.wait_for_url("**/me/")
        page.goto(f"{site}/me/worksheets/1")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_it_saves_by_itself_and_asks_when_two_devices_differ(device):
    phone, laptop = device(), device()
    phone.fill("[name=f-safe_room]", "The kitchen")
    phone.check("[name=f-before][value=ask]")
    expect(phone.locator(".save > span")).to_have_text(SAVED)
    laptop.fill("[name=f-safe_room]", "The hall")
    asked = laptop.locator("[data-rows] > *")
    expect(asked).to_have_count(1)
    laptop.get_by_role("button", name="Keep mine: Where we go").click()
    expect(laptop.locator("[name=f-before][value=ask]")).to_be_checked()
    expect(laptop.locator(".save > span")).to_have_text(SAVED)
    phone.reload()
    expect(phone.locator("[name=f-safe_room]")).to_have_value("The hall")
    expect(phone.locator("[name=f-before][value=ask]")).to_be_checked()


def test_leaving_at_once_saves_the_last_words_and_signs_out(device, site):
    page = device()
    page.route("https://**", lambda route: route.fulfill(body="an everyday page", content_type="text/html"))
    page.fill("[name=f-safe_room]", "Almost forgotten")
    page.click("a.exit")
    page.wait_for_url("https://**")

    def signed_out() -> bool:
        page.goto(f"{site}/me/worksheets/1")
        return page.url == f"{site}/sign-in"

    eventually(signed_out, "the sign-in has ended")
    expect(device().locator("[name=f-safe_room]")).to_have_value("Almost forgotten")


def test_without_script_the_buttons_do_it_all(device):
    page, other = device(script=False), device(script=False)
    other.fill("[name=f-safe_room]", "The kitchen")
    other.get_by_role("button", name="Save and stay").click()
    page.fill("[name=f-safe_room]", "The hall")
    page.get_by_role("button", name="Save and stay").click()
    page.get_by_label("On the other device").check()
    page.get_by_role("button", name="Save what I chose").click()
    expect(page.locator("[name=f-safe_room]")).to_have_value("The kitchen")
    page.get_by_role("button", name="I am done for now").click()
    page.wait_for_url("**/me/worksheets")

"""The builder in a real browser: it saves by itself, and a press takes along what was typed a moment before."""

import re

from playwright.sync_api import expect

from tests.cast import NORA
from tests.road import bound, serving
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.waiting import eventually
from tests.worksheets.writing import Writer


def test_it_saves_by_itself_and_a_press_loses_nothing(practice, chromium):
    nora = practice.sign_in(NORA)
    writer = Writer(nora).begin("every-type/change")
    server = bound([practice.app])
    with serving(server):
        site = f"http://127.0.0.1:{server.server_port}"
        context = chromium.new_context(locale="en-GB")
        cookie = nora.client.get_cookie("s")
        context.add_cookies([{"name": "s", "value": cookie.value, "url": site}])
        page = context.new_page()
        page.goto(site + writer.path)
        page.fill("[name=s1-1-label]", "Typed first")
        eventually(lambda: writer.labels()[0][0] == "Typed first", "it was saved")
        expect(page.locator(".save > span")).to_have_text(re.compile("^Saved at"))
        page.fill("[name=s1-1-label]", "Typed then")
        page.get_by_role("button", name="Move block 1 down").click()
        page.wait_for_url("**#b-1-2")
        expect(page.locator("[name=s1-2-label]")).to_have_value("Typed then")
        writer.open(writer.path)
        writer.press("save", title="Elsewhere")
        page.fill("[name=s1-2-label]", "Typed last")
        expect(page.locator(".save > span")).to_have_text(re.compile("another window"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="This was saved in another window")).to_be_visible()
        expect(page.locator("[name=s1-2-label]")).to_have_value("Typed last")
        context.close()
    assert writer.template().title == "Elsewhere"

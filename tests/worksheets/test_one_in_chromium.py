"""One question on its own in a real browser: it saves by itself, and what is given up for another version is kept."""

import re

from playwright.sync_api import expect

from coachapp.worksheets.earlier_queries import earlier_of
from coachapp.worksheets.queries import sheet
from tests.cast import ALEX
from tests.road import bound, serving
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.sheets import save
from tests.waiting import eventually

SAVED = re.compile("^Saved at")


def test_it_saves_by_itself_asks_and_leaves(practice, app, chromium):
    practice.give(practice.alex, "every-type")
    phone, server = practice.sign_in(ALEX), bound([practice.app])
    with serving(server), chromium.new_context(locale="en-GB") as context:
        site, page = f"http://127.0.0.1:{server.server_port}", context.new_page()
        page.route("https://**", lambda route: route.fulfill(body="elsewhere", content_type="text/html"))
        page.goto(f"{site}/sign-in")
        page.fill("[name=name]", ALEX.login)
        page.fill("[name=passphrase]", ALEX.passphrase)
        page.keyboard.press("Enter")
        page.wait_for_url("**/me/")
        page.goto(f"{site}/me/worksheets/1/one/1")
        phone.get("/me/worksheets/1")
        save(phone, 1, {"f-own": "on another question"}, 0)
        page.fill("[name=f-word]", "river")
        expect(page.locator(".save > span")).to_have_text(SAVED)
        phone.get("/me/worksheets/1")
        save(phone, 1, {"f-word": "from the phone", "f-own": "on another question"}, 2)
        page.fill("[name=f-word]", "from the laptop")
        page.get_by_role("button", name="Keep mine: A word").click()
        expect(page.locator(".save > span")).to_have_text(SAVED)
        page.get_by_role("button", name="Next").click()
        page.get_by_role("link", name="Show the question").click()
        page.fill("[name=f-story]", "Almost forgotten")
        page.click("a.exit")
        page.wait_for_url("https://**")
        eventually(
            lambda: phone.get("/me/worksheets/1/one/2/open") and "Almost forgotten" in phone.text, "saved"
        )
    with app.app_context():
        assert [row.value for row in earlier_of(sheet(practice.alex, 1), "word")] == ["from the phone"]

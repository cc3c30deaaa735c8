"""A real Chromium opens what `make run` serves: nothing breaks, and nobody else's server is asked for anything."""

import pytest

PAGES = ("/", "/book", "/help", "/safety", "/demo/mail", "/no-such-page")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_in_peace(chromium, live_server, path):
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Lisbon")
    page, troubles, asked = context.new_page(), [], []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(live_server.url + path)
    assert answer.status == (404 if path == "/no-such-page" else 200)
    assert page.locator("h1").count() == 1
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert [text for text in troubles if "status of 404" not in text] == []
    context.close()

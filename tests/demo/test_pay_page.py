"""The pretend payment page in Chromium: accessible, narrow, dark, without script, and leading back across sites."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from .checkout import params


@pytest.fixture
def session(client, receiver):
    back = receiver.url.replace("/webhooks/stripe", "/paid/tok")
    return client.v1.checkout.sessions.create(params(success_url=back + "?done", cancel_url=back))


def findings(page):
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    return Axe().run(page, options={"runOnly": tags}).response["violations"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_passes_axe_and_fits_a_narrow_screen(chromium, session, standin, client, scheme):
    page = chromium.new_page(color_scheme=scheme, viewport={"width": 320, "height": 700})
    for prepare, heading in [
        (lambda: page.goto(session.url), "Pay"),
        (lambda: page.get_by_role("button", name="Card declined").click(), "Pay"),
        (lambda: (standin.pay(session.id), page.goto(session.url)), "This payment is done"),
        (lambda: page.goto(ended(client, standin)), "This payment link has ended"),
        (lambda: page.goto(standin.pay_base + "/pay/none"), "There is no page here"),
    ]:
        prepare()
        assert page.get_by_role("heading", level=1).inner_text() == heading
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.close()


def ended(client, standin):
    session = client.v1.checkout.sessions.create(params())
    client.v1.checkout.sessions.expire(session.id)
    return f"{standin.pay_base}/pay/{session.id}"


@pytest.mark.parametrize(
    ("button", "end"), [("Pay €90", "/paid/tok?done"), ("Go back without paying", "/paid/tok")]
)
def test_each_way_out_crosses_to_the_other_site_without_script(chromium, session, button, end):
    page = chromium.new_page(java_script_enabled=False)
    page.goto(session.url)
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**" + end)
    assert page.url.startswith("http://127.0.0.1:")
    page.close()

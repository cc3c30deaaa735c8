"""Addresses whose rooms are still to come answer truly, in neutral dress."""

import re


def test_the_households_page_says_it_is_not_open_and_names_nobody(browser):
    page = browser.get("/plan/")
    assert page.status_code == 200
    assert "This place is not open yet" in page.text
    assert re.findall(r"<title>(.*?)</title>", page.text, re.DOTALL) == ["Page"]
    assert "coaching" not in page.text.lower()


def test_no_link_to_read_is_known(browser):
    for token in ("unknown", "a" * 24, "2f6c9d1e"):
        page = browser.get(f"/read/{token}")
        assert page.status_code == 404
        assert token not in page.text

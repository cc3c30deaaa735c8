"""The household's address without its last part answers in neutral dress."""

import re


def test_the_households_page_says_what_is_missing_and_names_nobody(browser):
    page = browser.get("/plan/")
    assert page.status_code == 200
    assert "A part of the address is missing" in page.text
    assert re.findall(r"<title>(.*?)</title>", page.text, re.DOTALL) == ["Page"]
    assert "coaching" not in page.text.lower()

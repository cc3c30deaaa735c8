"""Who may book, as the coach sets it; and services that stand on no public page."""

import re

import pytest

from coachapp.practice.operations import save_practice
from coachapp.practice.queries import offering, offerings, practice
from coachapp.practice.rules import WhoBooks, private_slug, slug_trouble
from tests.desk.people import HOUR
from tests.desk.test_practice_pages import OFFERING, SETTINGS


@pytest.mark.parametrize("choice", list(WhoBooks))
def test_the_coach_chooses_who_may_book(app, nora, choice):
    assert nora.fill("/desk/settings", SETTINGS | {"who_books": choice}).status_code == 303
    with app.app_context():
        assert practice().who_books is choice
    page = nora.get("/desk/settings").get_data(as_text=True)
    assert re.search(rf'<input[^>]*value="{choice}"[^>]*checked', page)


def test_settings_sent_without_the_choice_leave_it_as_it_is(app, nora):
    with app.app_context():
        save_practice(who_books="invited")
    assert nora.fill("/desk/settings", SETTINGS).status_code == 303
    with app.app_context():
        assert practice().who_books is WhoBooks.INVITED


def test_a_choice_there_is_not(app, nora):
    assert nora.fill("/desk/settings", SETTINGS | {"who_books": "nobody"}).status_code == 422
    assert "Choose who may book" in nora.text
    with app.app_context():
        assert practice().who_books is WhoBooks.OPEN


def unlisted(data):
    return {name: value for name, value in data.items() if name != "listed"}


def test_a_service_off_the_public_page_has_an_address_nobody_guesses(app, nora, browser):
    assert nora.fill("/desk/offerings/new", unlisted(OFFERING)).status_code == 303
    nora.follow()
    assert "By its address only" in nora.text
    slug = re.search(r"/book/([0-9a-f]{20})", nora.page.get_data(as_text=True))[1]
    for page in ("/", "/book"):
        found = browser.get(page).get_data(as_text=True)
        assert "Long talk" not in found and slug not in found
    assert browser.get("/book/long-talk").status_code == 404
    answer = browser.get(f"/book/{slug}")
    assert answer.status_code == 200 and "noindex" in answer.headers["X-Robots-Tag"]
    times = browser.get(f"/book/{slug}/times.json?from=2026-11-23&to=2026-11-24&tz=UTC")
    assert times.status_code == 200
    assert "Its own address, to copy" in (nora.get(f"/desk/offerings/{slug}") and nora.text)
    # Saved again it keeps its address, whatever stands in the field; shown again it gets the one that is typed.
    assert nora.fill(f"/desk/offerings/{slug}", unlisted(OFFERING | {"slug": ""})).status_code == 303
    with app.app_context():
        assert offering(slug).title == "Long talk"
        assert slug not in [row.slug for row in offerings()]
        assert slug in [row.slug for row in offerings(with_unlisted=True)]
    assert nora.fill(f"/desk/offerings/{slug}", OFFERING).status_code == 303
    assert browser.get(f"/book/{slug}").status_code == 404
    assert browser.get("/book/long-talk").status_code == 200


def test_taken_off_the_public_page_its_old_address_leads_nowhere(nora, browser):
    assert nora.fill(f"/desk/offerings/{HOUR}", unlisted(OFFERING | {"slug": HOUR})).status_code == 303
    assert browser.get(f"/book/{HOUR}").status_code == 404


def test_on_the_public_page_it_needs_an_address(nora):
    assert nora.fill("/desk/offerings/new", OFFERING | {"slug": ""}).status_code == 422
    assert "Give it an address, like first-conversation" in nora.text


def test_every_address_of_ours_is_a_good_one():
    made = {private_slug() for _ in range(200)}
    assert len(made) == 200 and not any(slug_trouble(each) for each in made)


@pytest.mark.parametrize(
    ("who", "said"),
    [("invited", "Times are given by invitation"), ("approved", "A first booking waits for Nora")],
)
def test_the_public_pages_say_who_may_book(app, nora, browser, who, said):
    for page in ("/", "/book"):
        assert said not in (browser.get(page) and browser.text)
    with app.app_context():
        save_practice(who_books=who)
    for page in ("/", "/book"):
        assert said in (browser.get(page) and browser.text)

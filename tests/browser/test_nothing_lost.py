"""Nothing that was typed for more than 3 s is lost: two devices, two people, no network, a closed tab, signed out in
mid-sentence, left in mid-word."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from coachapp import clock, vault
from coachapp.accounts.models import Account, SignIn
from coachapp.db import session, transaction
from coachapp.worksheets import queries
from coachapp.worksheets.aside import EARLIER
from coachapp.worksheets.models import EarlierAnswer
from tests.apps import open_app
from tests.browser.two_desks import Desks, desks
from tests.cast import ALEX, MAYA, NORA
from tests.conftest import settings_on
from tests.sheets import small_practice
from tests.waiting import eventually

pytestmark = pytest.mark.long

STORY, WORD, OWN = "[name=f-story]", "[name=f-word]", "[name=f-own]"
WITHIN = 20_000
"""Milliseconds after which what is waited for does not come any more."""


@pytest.fixture(scope="module")
def served(chromium, sqlite_databases, tmp_path_factory) -> Iterator[Desks]:
    with (
        sqlite_databases.copy() as urls,
        open_app(settings_on(urls, tmp_path_factory.mktemp("desks"))) as app,
        desks(chromium, small_practice(app)) as found,
    ):
        yield found


@pytest.fixture
def here(served) -> Iterator[Desks]:
    """A new sheet of Alex's."""
    served.new_sheet()
    yield served
    served.close()


def has(here: Desks, field: str, words: object) -> None:
    eventually(lambda: here.stored().get(field) == words, f"“{words}” is stored: {here.stored()}")


def types(page: Page, where: str, words: str) -> None:
    """Key by key, behind what is there."""
    page.locator(where).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def says(page: Page, words: str) -> None:
    expect(page.locator(".save > span")).to_contain_text(words, timeout=WITHIN)


def put_aside(here: Desks, field: str) -> list[str]:
    """What is kept of one answer of this sheet besides the present words."""
    with here.practice.app.app_context():
        sheet = queries.sheet(here.practice.alex, here.sheet)
        of_it = EarlierAnswer.assignment_id == sheet.id, EarlierAnswer.field == field
        found = session().scalars(sa.select(EarlierAnswer).where(*of_it))
        return [
            json.loads(vault.open_(here.practice.alex, EARLIER, row.id, row.value_sealed)) for row in found
        ]


# ---- two people ----


def begin_together(here: Desks, hers: Page, desk: Page) -> None:
    desk.get_by_role("button", name="Fill in together").first.click()
    hers.reload()
    hers.get_by_role("button", name="Yes, fill it in together").click()
    expect(desk.locator(STORY)).to_be_visible(timeout=WITHIN)


def test_each_sees_what_the_other_saved_and_loses_nothing(here, proof):
    hers, desk = here.hers(here.device(ALEX)), here.list_at_desk(here.device(NORA))
    begin_together(here, hers, desk)
    hers.fill(STORY, "Alex begins.")
    expect(desk.locator(STORY)).to_have_value("Alex begins.", timeout=proof(WITHIN, 5_000))
    for page in (hers, desk):  # from here on they ask more often, so that the test is short
        page.evaluate("document.querySelector('#together').dataset.every = 300")
    desk.fill(WORD, "calm")
    desk.check("[name=f-pull][value='7']")
    expect(hers.locator(WORD)).to_have_value("calm", timeout=WITHIN)
    expect(hers.locator("[name=f-pull][value='7']")).to_be_checked(timeout=WITHIN)
    # The same field at once: what each wrote stays, and stands beside it on the other side.
    types(hers, OWN, "I may say no.")
    types(desk, OWN, "No is a sentence.")
    expect(hers.locator("#q-own")).to_contain_text("Nora wrote: No is a sentence.", timeout=WITHIN)
    expect(desk.locator("#q-own")).to_contain_text("Alex wrote: I may say no.", timeout=WITHIN)
    expect(hers.locator(OWN)).to_have_value("I may say no.")
    # Going on elsewhere takes nothing of the other's away, whose words were saved last.
    both = {"I may say no.", "No is a sentence."}
    eventually(
        lambda: {here.stored()["own"], *put_aside(here, "own")} >= both, "whoever was last, both are kept"
    )
    last = here.stored()["own"]
    types(hers, WORD, ", and clear")
    has(here, "word", "calm, and clear")
    assert here.stored()["own"] == last
    hers.get_by_role("button", name="Take it over").click()
    expect(hers.locator("#q-own")).to_contain_text("You wrote: I may say no.", timeout=WITHIN)
    has(here, "own", "No is a sentence.")
    # Whoever ends it: the sheet is gone from the desk, and stays with her.
    hers.get_by_role("button", name="End it now").click()
    expect(desk).to_have_url(f"{here.url}{here.list}", timeout=WITHIN)
    expect(hers.locator("#who-sees")).to_have_text("Private to you", timeout=WITHIN)


# ---- two devices of hers ----


def test_two_devices_are_asked_only_about_an_answer_both_changed_and_closing_loses_neither(here):
    phone, laptop = (here.hers(here.device(ALEX)) for _each in range(2))
    phone.fill(STORY, "From the phone")
    has(here, "story", "From the phone")
    types(laptop, WORD, "laptop")
    has(here, "word", "laptop")
    assert here.stored()["story"] == "From the phone"
    expect(laptop.locator(STORY)).to_have_value("From the phone")
    phone.fill(OWN, "by the phone")
    has(here, "own", "by the phone")
    types(laptop, OWN, "by the laptop")
    expect(laptop.get_by_role("group", name="This was changed on another device")).to_be_visible(
        timeout=WITHIN
    )
    types(laptop, STORY, ", and on")
    laptop.close(run_before_unload=True)
    has(here, "story", "From the phone, and on")
    eventually(lambda: put_aside(here, "own") == ["by the laptop"], "the laptop's words are kept too")
    assert here.stored()["own"] == "by the phone"


# ---- no network ----


def test_a_long_time_without_network_and_back(here):
    device = here.device(ALEX)
    page = here.hers(device)
    page.clock.install()
    device.set_offline(True)
    for word in ("one", "two", "three"):
        types(page, STORY, f"{word} ")
        page.clock.run_for(90_000)
    says(page, "Not saved yet. We keep trying")
    assert here.stored() == {}
    types(page, STORY, "four")
    device.set_offline(False)

    def tried_again() -> bool:
        page.clock.run_for(65_000)
        return page.locator(".save > span").inner_text().startswith("Saved at")

    eventually(tried_again, "it is saved")
    assert here.stored() == {"story": "one two three four"}


def test_closing_what_could_not_be_saved_asks_first(here):
    device = here.device(ALEX)
    page, asked = here.hers(device), []
    page.clock.install()
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    device.set_offline(True)
    types(page, STORY, "not gone")
    says(page, "Not saved yet. We keep trying")
    page.get_by_role("button", name="Save and stay").click()
    expect(page.locator(STORY)).to_have_value("not gone")
    page.evaluate("Promise.resolve().then(() => { location.href = '/me/'; })")
    eventually(lambda: page.wait_for_timeout(50) or asked == ["beforeunload"], "the browser asks")
    device.set_offline(False)
    page.clock.run_for(4_000)
    has(here, "story", "not gone")


# ---- a closed tab ----


def test_closing_the_tab_three_seconds_after_typing_and_at_once(here):
    device = here.device(ALEX)
    page = here.hers(device)
    page.locator(STORY).focus()

    def saved_while_typing() -> bool:
        page.keyboard.type("on and ", delay=40)
        return str(here.stored().get("story", "")).startswith("on and on")

    eventually(saved_while_typing, "it is saved while the keys are still going down")
    written = page.input_value(STORY)
    page.keyboard.type("on.")
    page.close(run_before_unload=True)
    has(here, "story", f"{written}on.")


# ---- signed out ----


def test_signed_out_in_mid_sentence_then_in_again_in_another_tab(here):
    device = here.device(ALEX)
    page = here.hers(device)
    types(page, STORY, "The first half")
    has(here, "story", "The first half")
    with here.practice.app.app_context(), transaction() as db:
        hers = sa.select(Account.id).where(Account.client_id == here.practice.alex)
        end = sa.update(SignIn).where(SignIn.account_id.in_(hers), SignIn.ended_at.is_(None))
        db.execute(end.values(state="ended", ended_at=clock.now()))
    types(page, STORY, " and the second.")
    says(page, "You are signed out. Sign in in another tab")
    expect(page.locator(STORY)).to_have_value("The first half and the second.")
    # Somebody else signs in on this device: her own first sheet gets none of it.
    here.practice.give(here.practice.maya, "every-type")
    here.take_on(device, here.practice.sign_in(MAYA))
    back(page)
    says(page, "You are signed out")
    here.take_on(device, here.practice.sign_in(ALEX))
    back(page)
    has(here, "story", "The first half and the second.")
    with here.practice.app.app_context():
        assert all(each.answered == 0 for each in queries.sheets_of(here.practice.maya))


def back(page: Page) -> None:
    """She comes back to this tab; the page tries again at once."""
    with page.expect_response(lambda answer: "/worksheets/" in answer.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


# ---- left ----


def test_leaving_quickly_in_mid_word(here):
    device = here.device(ALEX)
    page = here.hers(device)
    page.route("https://**", lambda route: route.fulfill(body="an everyday page", content_type="text/html"))
    types(page, STORY, "I was going to say som")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_url("https://**")
    has(here, "story", "I was going to say som")


def test_leaving_while_a_save_is_on_its_way_keeps_what_came_after_it(here):
    device = here.device(ALEX)
    page, held = here.hers(device), []
    page.route("https://**", lambda route: route.fulfill(body="an everyday page", content_type="text/html"))
    page.route("**/save", lambda route: held.append(route) if not held else route.continue_())
    types(page, STORY, "The first words")
    eventually(lambda: page.wait_for_timeout(50) or held, "a save is on its way")
    types(page, STORY, ", and what came after.")
    kept = device.request.post(
        held[0].request.url, data=held[0].request.post_data_buffer, headers=held[0].request.headers
    )
    assert kept.status == 204, "it arrives; its answer does not"
    page.click("a.exit")
    page.wait_for_url("https://**")
    has(here, "story", "The first words, and what came after.")

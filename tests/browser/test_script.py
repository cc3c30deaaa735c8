"""What the script adds to pages, against what `make run` serves: leaving at once, saving, choosing, staying covered."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.visitors import PASSPHRASE, House, Visitor

pytestmark = pytest.mark.long

EXIT = "https://www.bbc.co.uk/weather"
OPEN = re.compile(r"/me/")
BLANK = "document.documentElement.classList.contains('exiting') && getComputedStyle(document.querySelector('main')).display === 'none'"


class Outside:
    """The everyday page that Leave opens, played here; keeps what it was asked."""

    def __init__(self, visitor: Visitor) -> None:
        self.asked: list[Request] = []
        visitor.context.route("https://www.bbc.co.uk/**", self._answer)

    def _answer(self, route, request: Request) -> None:
        self.asked.append(request)
        route.fulfill(body="<title>Weather</title><h1>Weather</h1>", content_type="text/html")


@pytest.fixture
def member(house: House) -> Visitor:
    """A client of this test alone, signed in."""
    return house.member()


@pytest.fixture
def sheet(member: Visitor) -> Page:
    """Her first worksheet, open."""
    return member.page(member.take())


@pytest.fixture
def clocked(house: House) -> Iterator[Page]:
    """A tab of the demo's client whose clock the test turns."""
    page = house.maya().page()
    page.clock.install()
    yield page


# ---- leaving ----


def left(page: Page) -> None:
    expect(page).to_have_url(EXIT)


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.get("/me/").status == 200


@pytest.mark.safety("T3", "R11")
def test_leave_blanks_the_page_saves_signs_out_and_goes(member, sheet):
    outside = Outside(member)
    sheet.fill("[name=f-came_how]", "by a parcel")
    assert sheet.evaluate(f"document.querySelector('.exit').click(), {BLANK}"), "blank before anything else"
    left(sheet)
    assert "referer" not in outside.asked[0].all_headers()
    page = member.page()
    for _ in range(30):
        if not is_signed_in(member):
            break
        page.wait_for_timeout(100)
    assert not is_signed_in(member), "the server ended the sign-in"
    sheet.go_back()
    expect(sheet).not_to_have_url(OPEN)
    assert "parcel" not in sheet.content()
    member.sign_in(member.name)
    page.goto(f"{member.url}/me/worksheets/1")
    expect(page.locator("[name=f-came_how]")).to_have_value("by a parcel")


@pytest.mark.safety("T3")
def test_leave_waits_for_no_answer_of_ours(member, sheet):
    Outside(member)
    stalled: list[str] = []
    for path in ("/leave", "/save"):
        member.context.route(re.compile(path + "$"), lambda route: stalled.append(route.request.url))
    sheet.fill("[name=f-came_how]", "never answered")
    sheet.evaluate("document.querySelector('.exit').click()")
    expect(sheet).to_have_url(EXIT, timeout=2_000)
    assert any(url.endswith("/leave") for url in stalled), "our server was asked, and never answered"
    member.context.unroute_all(behavior="ignoreErrors")


@pytest.mark.safety("R13")
@pytest.mark.parametrize("where", ["main", "[name=f-facts]"])
def test_shift_three_times_leaves_also_while_writing(member, sheet, where):
    Outside(member)
    sheet.locator(where).focus()
    sheet.keyboard.press("Shift")
    expect(sheet.locator("#live")).to_have_text("Shift. Press two more times to leave.")
    sheet.keyboard.press("Shift")
    sheet.keyboard.press("Shift")
    left(sheet)


@pytest.mark.safety("R13")
def test_shift_for_capitals_or_spread_out_stays(clocked, house):
    page = clocked
    page.goto(f"{house.server.url}/me/worksheets/2")
    page.locator("[name=f-sentence]").focus()
    for key in ("Shift+A", "Shift+A", "Shift+A", "Shift", "a", "Shift", "Shift"):
        page.keyboard.press(key)
    page.clock.fast_forward(6_000)
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_timeout(100)
    assert page.url.endswith("/me/worksheets/2") and not page.evaluate(BLANK)


@pytest.mark.safety("R12")
def test_without_script_leave_is_a_link_that_signs_out(house):
    member = house.member(java_script_enabled=False)
    page = member.page("/me/safety")
    # What an answer leads to cannot be played here; that it is asked for, and how, is what counts.
    with page.expect_request(EXIT) as asked:
        page.locator(".exit").click()
    assert asked.value.is_navigation_request()
    assert "referer" not in asked.value.all_headers()
    assert not is_signed_in(member)


@pytest.mark.safety("T2", "R23")
def test_a_kept_picture_of_a_page_is_blank_and_asked_for_again(member, sheet):
    sheet.evaluate("window.before = true")
    with sheet.expect_navigation():
        blank = sheet.evaluate(
            f"window.dispatchEvent(new PageTransitionEvent('pageshow', {{persisted: true}})), {BLANK}"
        )
    assert blank and sheet.evaluate("window.before") is None


# ---- saving ----


def says(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator(".save").first).to_contain_text(words, timeout=15_000)


def test_what_is_written_saves_itself(member, sheet):
    sheet.fill("[name=f-facts]", "Asks to meet.\nNo day is named.")
    says(sheet, "Saved at")
    sheet.reload()
    expect(sheet.locator("[name=f-facts]")).to_have_value("Asks to meet.\nNo day is named.")


def test_what_was_ticked_just_before_going_elsewhere_is_saved(member, sheet):
    sheet.check("[name=f-pressures][value=guilt]")
    sheet.goto(f"{member.url}/me/")
    later = member.page("/me/worksheets/1")
    for _ in range(30):
        if later.locator("[name=f-pressures][value=guilt]").is_checked():
            break
        later.reload()
    expect(later.locator("[name=f-pressures][value=guilt]")).to_be_checked()


def test_two_devices_both_versions_and_the_person_chooses(house, member, sheet):
    other = house.visitor(storage_state=member.context.storage_state()).page("/me/worksheets/1")
    other.fill("[name=f-facts]", "from the phone")
    other.fill("[name=f-came_how]", "a letter")
    says(other, "Saved at")
    sheet.fill("[name=f-facts]", "from the desk")
    sheet.fill("[name=f-came_how]", "a call")
    box = sheet.get_by_role("group", name="This was changed on another device")
    expect(box).to_be_focused()
    assert "from the phone" in box.inner_text() and "from the desk" in box.inner_text()
    box.get_by_role("button", name="Take theirs: How it reached me").click()
    box.get_by_role("button", name="Keep mine: What it says or asks for").click()
    says(sheet, "Saved at")
    expect(box).to_have_count(0)
    sheet.reload()
    values = [sheet.input_value(f"[name=f-{key}]") for key in ("came_how", "facts")]
    assert values == ["a letter", "from the desk"]


def test_signed_out_elsewhere_then_in_again_it_saves(member, sheet):
    member.send("/sign-out", {}, "/me/")
    sheet.fill("[name=f-facts]", "kept on the page")
    says(sheet, "You are signed out. Sign in in another tab")
    expect(sheet.locator("[name=f-facts]")).to_have_value("kept on the page")
    member.sign_in(member.name)
    sheet.fill("[name=f-came_how]", "and one word more")
    says(sheet, "Saved at")
    sheet.reload()
    expect(sheet.locator("[name=f-facts]")).to_have_value("kept on the page")


def test_without_a_network_it_waits_and_then_saves(member, sheet):
    member.context.set_offline(True)
    sheet.fill("[name=f-facts]", "written on a train")
    says(sheet, "Not saved yet. We keep trying")
    member.context.set_offline(False)
    says(sheet, "Saved at")


def test_details_of_a_booking_are_kept_while_writing(house):
    visitor = house.visitor()
    visitor.hold("single-session")
    page = visitor.page("/book/details")
    page.fill("#name", "Robin")
    says(page, "Saved at")
    page.reload()
    expect(page.locator("#name")).to_have_value("Robin")


# ---- choosing a time ----


@pytest.fixture
def times(house: House) -> Page:
    """The page of times, for someone whose device stands in New York."""
    return house.visitor(timezone_id="America/New_York").page("/book/single-session")


def test_the_calendar_is_one_stop_and_arrows_move_in_it(times):
    days = times.locator(".cal a")
    assert times.locator(".cal a[tabindex='0']").count() == 1
    days.first.focus()
    times.keyboard.press("End")
    expect(days.last).to_be_focused()
    times.keyboard.press("ArrowRight")
    expect(days.last).to_be_focused()
    times.keyboard.press("Home")
    expect(days.first).to_be_focused()
    assert times.locator(".cal a[tabindex='0']").count() == 1
    times.keyboard.press("PageDown")
    expect(times.locator("#mo")).to_be_focused()
    assert "month=" in times.url
    times.locator(".cal a").first.focus()
    for key, step in {"ArrowRight": 1, "ArrowDown": 7}.items():
        before = int(times.evaluate("document.activeElement.dataset.d"))
        times.keyboard.press(key)
        assert int(times.evaluate("document.activeElement.dataset.d")) >= before + step
    times.keyboard.press("PageUp")
    expect(times.locator("#mo")).to_be_focused()


def test_a_day_comes_without_leaving_the_page(times):
    times.evaluate("window.before = true")
    first = times.url
    times.locator(".cal a").last.click()
    expect(times.locator("#day")).to_be_focused()
    assert "day=" in times.url and times.evaluate("window.before")
    assert times.title() == "Time" and times.locator("#picker").count() == 1
    chosen = times.locator(".cal [aria-current]").get_attribute("data-d")
    times.locator(".slots .choice").first.click()
    expect(times.locator("#chosen")).not_to_have_text("Choose one of the times")
    times.go_back()
    expect(times).to_have_url(first)
    times.go_forward()
    expect(times.locator(".cal [aria-current]")).to_have_attribute("data-d", chosen)


def test_a_day_that_cannot_be_fetched_is_an_ordinary_link(times):
    times.route(
        re.compile(r"day="),
        lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_(),
    )
    times.evaluate("window.before = true")
    with times.expect_navigation():
        times.locator(".cal a").last.click()
    assert "day=" in times.url and times.evaluate("window.before") is None


def test_the_devices_zone_is_offered_and_never_taken(times):
    expect(times.locator("#tz-offer")).to_be_visible()
    expect(times.locator("#tz")).to_have_value("Europe/Madrid")
    with times.expect_navigation():
        times.get_by_role("button", name="Use it").click()
    expect(times.locator("#tz")).to_have_value("America/New_York")
    expect(times.locator("#tz-offer")).to_be_hidden()


# ---- staying, and covered pages ----


def test_still_here_is_asked_and_yes_keeps_it_open(clocked, house):
    page = clocked
    page.goto(f"{house.server.url}/me/")
    asked = page.get_by_role("dialog", name="Still here?")
    page.clock.fast_forward("17:30")
    expect(asked).to_be_hidden()
    page.clock.fast_forward("01:00")
    expect(asked).to_be_visible()
    expect(page.get_by_role("button", name="Yes, keep it open")).to_be_focused()
    with page.expect_response("**/still-here") as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 204
    expect(asked).to_be_hidden()
    page.clock.fast_forward("17:00")
    expect(asked).to_be_hidden()


@pytest.mark.safety("T1", "R20")
def test_without_an_answer_the_page_is_covered_and_a_pin_opens_the_same_one(house):
    member = house.member(pin="1928")
    path, page = member.take(), member.page()
    page.clock.install()
    page.goto(member.url + path)
    house.idle_for(minutes=21)
    page.clock.fast_forward("20:30")
    expect(page).to_have_url(f"{member.url}/unlock")
    assert "A message came" not in page.content()
    assert member.get(path).headers["location"] == "/unlock"
    page.fill("#pin", "1928")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page).to_have_url(member.url + path)


# ---- dialogs, errors, small things ----


def test_a_question_comes_as_a_dialog_and_begins_on_the_safe_choice(house):
    page = house.member().page("/me/sessions")
    link = page.get_by_role("link", name=re.compile("Cancel this time")).first
    link.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-close]")).to_be_focused()
    assert page.url.endswith("/me/sessions")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()


def test_what_needs_another_look_takes_focus_and_leads_to_its_field(house):
    page = house.visitor().page("/sign-in")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".err-sum")).to_be_focused()
    page.locator(".err-sum a").last.click()
    expect(page.locator("#passphrase")).to_be_focused()


def test_a_passphrase_can_be_shown_and_is_hidden_again_when_sent(house):
    page = house.visitor().page("/sign-in")
    page.fill("#passphrase", PASSPHRASE)
    show = page.locator("[data-show=passphrase]")
    show.click()
    expect(page.locator("#passphrase")).to_have_attribute("type", "text")
    sent = page.evaluate(
        """() => { const form = document.querySelector('main form');
        form.addEventListener('submit', e => { e.preventDefault(); });
        form.requestSubmit(); return document.querySelector('#passphrase').type; }"""
    )
    assert sent == "password"


def test_nothing_is_kept_on_the_device(member, sheet):
    sheet.fill("[name=f-facts]", "only at the server")
    says(sheet, "Saved at")
    assert sheet.evaluate("localStorage.length + sessionStorage.length") == 0
    assert sheet.evaluate("indexedDB.databases().then(all => all.length)") == 0
    assert sheet.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    assert sheet.evaluate("document.cookie") == ""

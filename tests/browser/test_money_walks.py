"""Money on its crooked roads, each walked by clicking, as client, payer and coach would; one house for all of them."""

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pypdf
import pytest
from playwright.sync_api import Browser as ChromiumBrowser
from playwright.sync_api import Page, expect

from coachapp import clock
from coachapp.accounts.hashing import hasher
from coachapp.accounts.operations import add_ready_coach
from coachapp.demo.mail_catcher import MailCatcher
from coachapp.demo.stripe_standin import StripeStandIn
from coachapp.papers.operations import save_terms
from coachapp.payments.models import Payment, Refund
from coachapp.tick import STEPS, run_tick
from tests.accounts.people import SECRET, code_now
from tests.booking.sold import a_client, given, ref_of, sell
from tests.booking.test_packages import to_payment_without_time
from tests.browser.visitors import USUAL
from tests.cast import ALEX, CHARLIE, MAYA, NORA, Person
from tests.conftest import WEBHOOK_SECRET, settings_on
from tests.documents.pdf_checks import assert_good_pdf
from tests.papers.terms import TERMS
from tests.road import World, open_world

DAY = timedelta(days=1)
MADRID = ZoneInfo(NORA.zone)


@pytest.fixture(scope="module")
def world(sqlite_databases, tmp_path_factory) -> Iterator[World]:
    """The small practice, its package on sale, receipts in its name, and Nora able to sign in."""
    folder = tmp_path_factory.mktemp("money")
    with (
        sqlite_databases.copy() as urls,
        StripeStandIn(secrets=[WEBHOOK_SECRET]) as stripe,
        MailCatcher(folder / "mail") as mail,
        # By its other name, as in life: a payment page is another site than ours.
        open_world(
            settings_on(urls, folder / "instance"), stripe, mail, stripe_api_base=stripe.pay_base
        ) as made,
    ):
        sell(made)
        with made.app.app_context():
            now = clock.now()
            save_terms(TERMS, now=now)
            add_ready_coach(1, NORA.login, NORA.passphrase, SECRET, now=now, hasher=hasher())
        yield made


@pytest.fixture(scope="module")
def nora(chromium: ChromiumBrowser, world: World) -> Iterator[Page]:
    """The coach's page, signed in once."""
    with_code = someone(chromium, world)
    sign_in(with_code, world, NORA)
    with_code.fill("#code", code_now())
    press(with_code, "Sign in")
    with_code.wait_for_url("**/desk/")
    yield with_code
    with_code.context.close()


@pytest.fixture
def her(chromium: ChromiumBrowser, world: World) -> Iterator[Page]:
    """A browser that was never here."""
    page = someone(chromium, world)
    yield page
    page.context.close()


def someone(chromium: ChromiumBrowser, world: World) -> Page:
    page = chromium.new_context(**USUAL, base_url=world.url).new_page()
    page.set_default_timeout(10_000)
    return page


# ---- what people do ----


def see(page: Page, *words: str) -> None:
    """These words stand on the page."""
    for each in words:
        expect(page.locator("main")).to_contain_text(each)


def see_nothing_of(page: Page, *words: str) -> None:
    found = page.locator("main").inner_text().lower()
    assert not [each for each in words if each in found]


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).first.click()


def follow(page: Page, words: str) -> None:
    page.locator("main").get_by_role("link", name=words).first.click()


def choose(page: Page, words: str) -> None:
    page.locator("label.choice", has_text=words).click(position={"x": 20, "y": 20})


def sign_in(page: Page, world: World, person: Person) -> None:
    page.goto("/sign-in")
    page.fill("#name", person.login)
    page.fill("#passphrase", person.passphrase)
    press(page, "Sign in")


def pay(page: Page, world: World) -> None:
    """On the pretend Stripe's page; back on ours once its webhooks are through."""
    page.wait_for_url(f"{world.stripe.pay_base}/pay/**")
    press(page, "Pay €")
    page.wait_for_url(f"{world.url}/**")
    assert world.stripe.wait_idle()


def book_and_pay(page: Page, world: World, person: Person) -> str:
    """All the way from the times to a private space; returns the address of the booked time."""
    page.goto("/book/power-hour")
    page.locator(".cal a").last.click()
    page.wait_for_url("**day=**")
    page.locator(".slots .choice").first.click()
    press(page, "Continue")
    page.fill("#name", person.name)
    page.fill("#email", person.email)
    choose(page, "Only me")
    page.locator("label.choice", has=page.locator("#agree")).click(position={"x": 20, "y": 20})
    press(page, "Continue")
    press(page, "Continue to payment")
    pay(page, world)
    page.reload()
    follow(page, "See my booking")
    see(page, "Booked and paid")
    return page.url


def to_payment_of(nora: Page, name: str) -> None:
    """From the list of clients to what one of them has paid."""
    nora.goto("/desk/clients")
    follow(nora, name)
    follow(nora, "Sessions and payments")
    follow(nora, "See the payment")


def charge_of_last(world: World) -> str:
    """Stripe's name of what was paid last."""
    (intent, _at) = max(world.rows(Payment.intent_id, Payment.received_at), key=lambda row: row[1])
    objects = world.stripe.state()["objects"].values()
    return next(o["id"] for o in objects if o["object"] == "charge" and o["payment_intent"] == intent)


def upkeep(world: World, at: datetime, *names: str) -> None:
    """What the background process does at a later moment, of these things alone."""
    assert run_tick(world.app, at, [step for step in STEPS if step.name in names]) == ()


# ---- the walks ----


def test_part_goes_back_then_the_rest_each_with_its_credit_note(world, nora, her):
    booked = book_and_pay(her, world, ALEX)
    follow(her, "Open my space")
    her.fill("#name", "alex-refund")
    her.fill("#passphrase", ALEX.passphrase)
    press(her, "Open my space")
    to_payment_of(nora, "Alex")
    see(nora, "€95", "Came", "by card")
    nora.fill("#amount", "96")
    press(nora, "Give it back")
    see(nora, "At most 95 is still paid")
    nora.fill("#amount", "40")
    press(nora, "Give it back")
    see(nora, "Partly paid back", "−€40", "At most €55")
    her.goto(booked)
    see(her, "Booked and paid", "€40 of what was paid goes back to you. Your time stays booked.")
    assert nora.input_value("#amount") == "55"
    press(nora, "Give it back")
    assert world.stripe.wait_idle()
    nora.reload()
    see(nora, "−€55", "Paid back")
    expect(nora.get_by_role("button", name="Give it back")).to_have_count(0)
    her.reload()
    see(her, "€95 of what was paid goes back to you")

    her.goto("/me/receipts")
    expect(her.get_by_role("link", name="Credit note")).to_have_count(2)
    follow(her, "Credit note")
    see(her, "−€55.00")
    with her.expect_download() as saved:
        follow(her, "Save a copy")
    assert re.fullmatch(r"paper-\d{4}-\d{4}\.pdf", saved.value.suggested_filename)
    data = saved.value.path().read_bytes()
    assert_good_pdf(data)
    text = pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()
    assert "Credit note" in text and "55.00" in text and "Alex" not in text
    nora.goto("/desk/receipts")
    rows = nora.locator("tbody tr", has_text="Alex")
    assert [row.split()[1] for row in rows.all_inner_texts()] == ["Credit", "Credit", "Receipt"]


def test_a_disputed_package_rests_and_comes_back_or_is_lost(world, nora, her):
    buyer = world.walker(MAYA)
    to_payment_without_time(buyer)
    buyer.pay()
    charge = charge_of_last(world)
    dispute = world.stripe.dispute(charge)
    assert world.stripe.wait_idle()

    nora.goto("/desk/")
    follow(nora, "A bank looks into a payment of Maya")
    see(nora, "Never send", "notes, worksheets, messages", "the word “Services”")
    nora.goto("/desk/clients")
    follow(nora, "Maya")
    follow(nora, "Packages")
    see(nora, "Rests: payment disputed", "6 of 6 sessions left", "What a bank may be told")
    follow(nora, "See the payment")
    see(nora, "Stripe sends nothing back for it")
    open_space(her, buyer, "maya-dispute")
    her.goto("/me/packages")
    see(her, "6 of 6 sessions left", "It rests while a payment is being looked into.")
    expect(her.get_by_role("link", name="Choose a time")).to_have_count(0)
    see_nothing_of(her, "bank", "disput", "stripe")

    world.stripe.close_dispute(dispute, "won")
    assert world.stripe.wait_idle()
    nora.goto("/desk/")
    see_nothing_of(nora, "a payment of maya")
    her.reload()
    expect(her.get_by_role("link", name="Choose a time")).to_have_count(1)
    world.stripe.close_dispute(world.stripe.dispute(charge), "lost")
    assert world.stripe.wait_idle()
    her.reload()
    see(her, "0 of 6 sessions left", "6 sessions were taken back.")
    nora.reload()
    see(nora, "The bank gave a payment of Maya back")


def test_sessions_that_ended_and_how_they_are_given_anew(world, nora, her):
    client_id = a_client(world, CHARLIE)
    given(world, client_id, sessions=4, months=1)
    ref, begun = ref_of(world, client_id), clock.now()
    upkeep(world, begun + DAY, "end packages", "send the outbox")
    assert [mail.text for mail in world.mails_to(CHARLIE.email) if "Good until" in mail.text]
    sign_in(her, world, CHARLIE)
    see(her, "4 of 4 sessions left", "Good until the end of")
    upkeep(world, begun + 70 * DAY, "end packages")

    her.goto("/me/packages")
    see(her, "0 of 4 sessions left", "4 sessions have ended.", "Nora can give them anew; ask when you like.")
    see_nothing_of(her, "expired", "lost", "too late")
    nora.goto(f"/desk/clients/{ref}/packages")
    see(nora, "0 used, 0 left, 4 ended", "What has ended stays ended in the books.")
    follow(nora, "below")
    nora.select_option("#what", label="Power hour")
    nora.fill("#sessions", "4")
    press(nora, "Give them")
    see(nora, "4 of 4 sessions left")
    her.reload()
    see(her, "4 of 4 sessions left")
    expect(her.get_by_role("link", name="Choose a time")).to_have_count(1)


def test_a_refund_that_fails_afterwards_and_goes_by_hand(world, nora, her):
    payer = world.paid(name="Robin")
    to_payment_of(nora, "Robin")
    press(nora, "Give it back")
    assert world.stripe.wait_idle()
    her.goto(payer.place_path)
    see(her, "€95 of what was paid goes back to you")
    world.stripe.fail_refund(last_refund(world))
    assert world.stripe.wait_idle()

    nora.goto("/desk/")
    follow(nora, "Money for Robin did not go back")
    see(nora, "Did not go back", "The bank sent the money back to your Stripe account", "At most €95")
    her.reload()
    see(her, "Booked and paid", "See you on")
    see_nothing_of(her, "fail", "did not", "bank", "problem")
    choose(nora, "By my own hand")
    press(nora, "Give it back")
    see(nora, "To give back")
    nora.goto("/desk/")
    see_nothing_of(nora, "did not go back")
    nora.goto("/desk/payments")
    follow(nora, "I have given it back")
    choose(nora, "By bank transfer")
    press(nora, "I have given it back")
    expect(nora.get_by_role("link", name="I have given it back")).to_have_count(0)
    to_payment_of(nora, "Robin")
    see(nora, "Paid back", "Went back", "by bank transfer")


def test_asked_for_by_link_and_by_words_paid_and_not_paid(world, nora, her):
    client_id = a_client(
        world, Person("Sam", "sam", "barrel candle willow", "Europe/Lisbon", "sam@example.com")
    )
    ref = ref_of(world, client_id)
    words, _link = ask(nora, ref, "60")
    her.goto("/pay")
    her.fill("#code", words)
    press(her, "Go on")
    see(her, "€60", "Services", "QH Appointments", "NE* SERVICES")
    see_nothing_of(her, "sam", "nora", "session")
    press(her, "Go on to pay €60")
    pay(her, world)
    see(her, "This is paid")
    nora.reload()
    see(nora, "Paid", "See the payment")

    start = world.walker().morning()[0]
    _words, link = ask(nora, ref, "95", start)
    her.goto(link)
    see(her, "€95", "Go on to pay")
    held = datetime.fromtimestamp(start * 60, clock.now().tzinfo)
    before = len(world.mails_to(NORA.email))
    upkeep(world, held - 20 * timedelta(hours=1), "free what nobody paid", "send the outbox")
    told = world.mails_to(NORA.email)[before:]
    assert [mail.text for mail in told if "/desk/payments" in mail.text]
    assert start not in world.walker().free()
    upkeep(world, held, "free what nobody paid")
    her.reload()
    see(her, "This has ended", "Nothing was charged.")
    assert start in world.walker().free()
    nora.goto("/desk/payments")
    see(nora, "Ended")


# ---- smaller steps ----


def open_space(page: Page, walker, login: str) -> None:
    """From the page after buying to a private space."""
    walker.get("/book/sessions")
    found = re.search(r'"(/join/[^"]+)"', walker.page.get_data(as_text=True))
    assert found, walker.text
    page.goto(found[1])
    page.fill("#name", login)
    page.fill("#passphrase", MAYA.passphrase)
    press(page, "Open my space")


def last_refund(world: World) -> str:
    rows = world.rows(Refund.stripe_id, Refund.created_at)
    return max((row for row in rows if row[0]), key=lambda row: row[1])[0]


def ask(nora: Page, ref: str, amount: str, start: int | None = None) -> tuple[str, str]:
    """Ask for an amount; the words and the link to give on."""
    nora.goto("/desk/payments")
    follow(nora, "Ask for money")
    nora.select_option("#who", ref)
    nora.fill("#amount", amount)
    nora.fill("#due", (clock.now() + 5 * DAY).date().isoformat())
    if start is not None:
        at = datetime.fromtimestamp(start * 60, clock.now().tzinfo).astimezone(MADRID)
        nora.select_option("#what", "power-hour")
        nora.fill("#day", at.date().isoformat())
        nora.fill("#at", f"{at:%H:%M}")
    press(nora, "Make the link")
    see(nora, "Give on the link, or the four words")
    return nora.locator(".own").inner_text(), nora.locator("p.words").inner_text()

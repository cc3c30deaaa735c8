"""Safety settings: what others could misuse asks the passphrase; stopping mail and signing out never do."""

import pytest

from coachapp import clock
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.queries import contact, gate
from coachapp.safe_contact.rules import Inbox, Reason
from tests.cast import ALEX

OTHER = "someone.else@example.com"


@pytest.fixture
def alex(practice):
    with practice.app.app_context():
        set_contact(practice.alex, Inbox.ONLY_ME, ALEX.email, now=clock.now())
    browser = practice.sign_in(ALEX)
    browser.get("/me/safety")
    return browser


def test_a_new_address_needs_the_passphrase(practice, app, alex):
    wish = {"contact-inbox": "shared", "contact-email": OTHER}
    for passphrase in ("", "not the passphrase at all"):
        answer = alex.post("/me/safety/contact", wish | {"contact-passphrase": passphrase})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and OTHER in page and "<title>Error: Settings" in page
        with app.app_context():
            assert contact(practice.alex).address == ALEX.email
    assert alex.post("/me/safety/contact", wish | {"contact-passphrase": ALEX.passphrase}).status_code == 303
    with app.app_context():
        known = contact(practice.alex)
        assert (known.address, known.inbox) == (OTHER, Inbox.SHARED)


@pytest.mark.parametrize("wish", [{"inbox": "shared", "email": "no address"}, {"inbox": "everyone"}, {}])
def test_a_bad_answer_says_what_to_do(alex, wish):
    typed = {f"contact-{name}": value for name, value in wish.items()}
    answer = alex.post("/me/safety/contact", typed | {"contact-passphrase": ALEX.passphrase})
    assert answer.status_code == 422 and 'class="err-sum"' in answer.get_data(as_text=True)


def test_no_mail_keeps_no_address(practice, app, alex):
    wish = {"contact-inbox": "none", "contact-email": OTHER, "contact-passphrase": ALEX.passphrase}
    alex.post("/me/safety/contact", wish)
    with app.app_context():
        assert contact(practice.alex).address is None


def test_one_press_stops_all_mail_and_asks_nothing(practice, app, alex):
    assert alex.post("/me/safety/stop").status_code == 303
    with app.app_context():
        assert gate(practice.alex, booked=True, now=clock.now()).reason is Reason.STOPPED
    alex.get("/me/")
    assert "You stopped all mail." in alex.text
    alex.get("/me/")
    with app.app_context():
        assert contact(practice.alex).stopped_at is not None


@pytest.mark.parametrize(
    ("minutes", "status"), [("5", 303), ("60", 303), ("4", 422), ("61", 422), ("x", 422), ("", 422)]
)
def test_idle_minutes_stay_between_5_and_60(alex, minutes, status):
    assert alex.post("/me/safety/idle", {"idle-minutes": minutes}).status_code == status
    page = alex.get("/me/safety").get_data(as_text=True)
    assert f'data-idle-seconds="{int(minutes) * 60 if status == 303 else 1200}"' in page


def test_a_pin_needs_the_passphrase_and_covers_with_it(alex):
    answer = alex.post("/me/safety/pin", {"pin-pin": "4711", "pin-passphrase": "wrong wrong wrong"})
    assert answer.status_code == 422
    assert 'data-cover-url="/sign-in"' in alex.get("/me/safety").get_data(as_text=True)
    alex.post("/me/safety/pin", {"pin-pin": "4711", "pin-passphrase": ALEX.passphrase})
    assert 'data-cover-url="/unlock"' in alex.get("/me/safety").get_data(as_text=True)


def test_ten_wrong_passphrases_are_enough(alex):
    wish = {"contact-inbox": "none", "contact-passphrase": "wrong wrong wrong"}
    for _try in range(10):
        alex.get("/me/safety")
        assert alex.post("/me/safety/contact", wish).status_code == 422
    alex.get("/me/safety")
    assert alex.post("/me/safety/contact", wish).status_code == 429


def test_signing_out_everywhere_ends_the_other_device_too(practice, alex):
    other = practice.sign_in(ALEX)
    alex.get("/me/safety")
    assert "Today" in alex.text and "open" in alex.text
    assert alex.post("/me/safety/everywhere").headers["Location"] == "/sign-in"
    for browser in (alex, other):
        assert browser.get("/me/").status_code == 303

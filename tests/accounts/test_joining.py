"""From a link to an account: what looking does (nothing), what sending does (once), and which names will do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from coachapp import clock
from coachapp.accounts import operations, queries
from coachapp.accounts.models import Account, JoinToken
from coachapp.clients.operations import new_client
from coachapp.db import session
from tests.accounts.conftest import CANARY
from tests.accounts.people import PIN, Made, Statements, cookie, join, sign_in
from tests.cast import ALEX
from tests.plain_browser import Browser
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name


def test_joining_signs_in_and_lands_at_home(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made, PIN)
    assert browser.page and browser.page.headers["Location"] == "/me/"
    assert cookie(browser, "d"), "the device is known from now on"
    assert CANARY in browser.get("/me/canary").text
    with app.app_context():
        account = session().scalars(select(Account).where(Account.client_id == made.client_id)).one()
        assert account.pin_hash and account.pin_hash.startswith("$argon2id$")
        assert queries.has_joined(made.client_id)


def test_looking_at_a_link_changes_nothing(app: Flask, made: Made) -> None:
    """Programs that open links in mail, and previews, use nothing up."""
    scanner = Browser(app)
    path = f"/join/{made.join_token}"
    with Statements(app) as seen:
        assert scanner.get(path).status_code == 200
        assert scanner.client.head(path).status_code == 200
        assert scanner.client.options(path).status_code == 200
    assert [line for line in seen.all if not line.startswith(("SELECT", "BEGIN", "PRAGMA"))] == []
    assert cookie(scanner) is None
    join(Browser(app), made)


def test_a_used_link_leads_to_the_sign_in_page(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made)
    stranger = Browser(app)
    assert stranger.get(f"/join/{made.join_token}").headers["Location"] == "/sign-in"
    stranger.get("/sign-in")
    page = stranger.post(
        f"/join/{made.join_token}", {"name": "mallory", "passphrase": "willow teapot gravel"}
    )
    assert page.headers["Location"] == "/sign-in" and cookie(stranger) is None


def test_a_link_ends_after_thirty_days_and_an_unknown_one_looks_the_same(app: Flask, made: Made) -> None:
    browser = Browser(app)
    with time_machine.travel(clock.now() + timedelta(days=30, seconds=1), tick=False):
        old, unknown = browser.get(f"/join/{made.join_token}"), browser.get("/join/no-such-link-as-this-one")
    assert (old.status_code, unknown.status_code) == (404, 404)
    assert old.text == unknown.text
    assert "This link has ended" in old.text


def test_the_link_can_be_shown_again_until_it_is_used(app: Flask, made: Made, browser: Browser) -> None:
    with app.app_context():
        assert queries.join_path(made.client_id) == f"/join/{made.join_token}"
        assert operations.make_join_token(made.client_id, clock.now()) == made.join_token
        assert queries.join_path(uuid4()) is None
    with app.app_context():
        row = session().scalars(select(JoinToken)).one()
        assert made.join_token.encode() not in row.token_sealed + row.token_hash
    join(browser, made)
    with app.app_context():
        assert queries.join_path(made.client_id) is None


def test_the_four_words_are_hers_to_take(app: Flask, made: Made, browser: Browser) -> None:
    browser.get(f"/join/{made.join_token}")
    words = browser.hidden("suggested")
    page = browser.post(
        f"/join/{made.join_token}", {"name": "quiet river", "suggested": words, "another": "1"}
    )
    assert page.status_code == 200 and 'value="quiet river"' in page.text
    fresh = browser.hidden("suggested")
    assert fresh != words
    data = {"name": "quiet river", "suggested": fresh, "use_words": "y", "passphrase": ""}
    assert browser.post(f"/join/{made.join_token}", data).status_code == 303
    assert sign_in(Browser(app), "Quiet River", fresh) == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"passphrase": "too short"}, "12 characters or more"),
        ({"passphrase": "password1234"}, "many people use this one"),
        ({"passphrase": "123456789012"}, "follows a pattern"),
        ({"passphrase": "quietriver 12", "name": "Quietriver"}, "mostly a name"),
        ({"name": ""}, "Choose a name"),
        ({"pin": "1234"}, "4 to 8 figures"),
    ],
)
def test_what_will_not_do_is_said_and_the_rest_is_kept(
    made: Made, browser: Browser, change: dict[str, str], words: str
) -> None:
    data = {"name": "quiet river", "passphrase": ALEX.passphrase, "pin": ""} | change
    page = browser.fill(f"/join/{made.join_token}", data)
    assert page.status_code == 422
    assert words in browser.text
    assert f'value="{data["name"]}"' in page.text
    assert ALEX.passphrase not in page.text and cookie(browser) is None


@pytest.mark.parametrize("name", ["alex", " ALEX ", "admin", "Nora@example.com"])
def test_a_taken_name_and_a_reserved_one_get_the_same_kind_words(
    app: Flask, made: Made, browser: Browser, name: str
) -> None:
    join(browser, made)
    with app.app_context():
        other = operations.make_join_token(new_client(made.coach_id, "UTC", now=clock.now()), clock.now())
    second = Browser(app)
    page = second.fill(f"/join/{other}", {"name": name, "passphrase": ALEX.passphrase})
    assert page.status_code == 422
    assert "That name cannot be used here. One of these would do:" in second.text
    assert (
        second.post(f"/join/{other}", {"name": "alex two", "passphrase": ALEX.passphrase}).status_code == 303
    )


@both_databases
def test_two_people_at_one_link_make_one_account(app: Flask, made: Made) -> None:
    first, second = Browser(app), Browser(app)
    first.get(f"/join/{made.join_token}")
    second.get(f"/join/{made.join_token}")
    first.post(f"/join/{made.join_token}", {"name": "first one", "passphrase": ALEX.passphrase})
    page = second.post(f"/join/{made.join_token}", {"name": "second one", "passphrase": ALEX.passphrase})
    assert page.headers["Location"] == "/sign-in"
    with app.app_context():
        assert session().scalar(select(func.count()).where(Account.client_id == made.client_id)) == 1


def test_a_button_pressed_twice_makes_one_account_and_no_trouble(app: Flask, made: Made) -> None:
    path, wish = f"/join/{made.join_token}", {"name": "first one", "passphrase": ALEX.passphrase}
    browsers = [Browser(app) for _ in range(6)]
    for browser in browsers:
        browser.get(path)
    together = Barrier(len(browsers))

    def press(browser: Browser) -> tuple[int, str | None]:
        together.wait()
        answer = browser.post(path, wish)
        return answer.status_code, answer.headers.get("Location")

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = sorted(pool.map(press, browsers))
    assert answers.count((303, "/me/")) == 1
    assert {status for status, _where in answers} <= {303, 422}, answers


def test_no_name_is_written_down_in_the_clear(app: Flask, made: Made, browser: Browser) -> None:
    browser.fill(f"/join/{made.join_token}", {"name": "zanzibarine", "passphrase": ALEX.passphrase})
    with app.extensions["engine"].connect() as connection:
        for table in ("account", "login_name", "join_token", "sign_in", "audit_entry", "rate_count"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert "zanzibarine" not in repr(rows)

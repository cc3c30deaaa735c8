"""Signing in: what it gives away (nothing), how its cookie looks, and how often it may be tried."""

import dataclasses
import re
import threading
import time

import pytest
import time_machine
from flask import Flask

from coachapp import clock
from coachapp.accounts import queries
from coachapp.accounts.hashing import Hasher
from coachapp.config import Config
from tests.accounts.conftest import CANARY
from tests.accounts.people import (
    COACH_PASSPHRASE,
    CountingHasher,
    Made,
    Statements,
    cookie,
    join,
    make,
    sign_coach_in,
    sign_in,
    sign_out,
    without_token,
)
from tests.apps import open_app
from tests.cast import ALEX, NORA
from tests.plain_browser import Browser
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name


def test_a_client_signs_in_with_name_and_passphrase(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made)
    later = Browser(app)
    assert sign_in(later, "  ALEX ", ALEX.passphrase) == 303
    assert later.page and later.page.headers["Location"] == "/me/"
    assert CANARY in later.get("/me/canary").text
    assert later.get("/desk/canary").status_code == 404


def test_a_private_page_sends_a_stranger_to_the_sign_in_page(
    app: Flask, made: Made, browser: Browser
) -> None:
    assert browser.get("/me/canary").headers["Location"] == "/sign-in"
    assert browser.get("/me/canary", headers={"Sec-Fetch-Mode": "cors"}).status_code == 401
    assert "<title>Sign in</title>" in browser.get("/sign-in").text


@pytest.mark.safety("T8")
def test_known_and_unknown_names_get_the_same_answer_for_the_same_work(app: Flask, made: Made) -> None:
    join(Browser(app), made)
    app.extensions["hasher"] = counting = CountingHasher()
    answers = []
    for name in ("alex", "xale", "nora@example.com", "rona@example.org"):
        browser = Browser(app)
        browser.get("/sign-in")
        before = counting.checks
        with Statements(app) as seen:
            page = browser.post("/sign-in", {"name": name, "passphrase": "not the right one"})
        body = without_token(page.text).replace(name, "NAME")
        headers = {key: value for key, value in page.headers if key not in ("Set-Cookie", "Content-Length")}
        answers.append((page.status_code, body, headers, len(seen.all), counting.checks - before))
    assert answers[0][0] == 422
    assert "That name and passphrase do not match." in answers[0][1]
    assert answers[0][4] == 1
    assert all(answer == answers[0] for answer in answers[1:])


def test_what_was_typed_is_kept_except_the_passphrase(app: Flask, made: Made, browser: Browser) -> None:
    page = browser.fill("/sign-in", {"name": "alex <b>", "passphrase": "copper secret words"})
    assert 'value="alex &lt;b&gt;"' in page.text
    assert "copper secret words" not in page.text
    assert browser.post("/sign-in", {"name": "", "passphrase": ""}).status_code == 422
    assert "<title>Error: Sign in</title>" in browser.page.text  # type: ignore[union-attr]


def test_a_sign_in_ends_the_one_before_on_this_browser(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made)
    first = cookie(browser)
    other = Browser(app)
    other.get("/sign-in")
    other.client.set_cookie("s", first or "")
    assert other.post("/sign-in", {"name": "alex", "passphrase": ALEX.passphrase}).status_code == 303
    assert cookie(other) != first
    assert browser.get("/me/canary").status_code == 303
    assert CANARY in other.get("/me/canary").text


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_shut_away(settings: Config, secure: bool) -> None:
    where = "https://app.example.com" if secure else "http://127.0.0.1:8000"
    with open_app(dataclasses.replace(settings, base_url=where)) as app:
        browser, made = Browser(app), make(app)
        page = browser.client.get(f"/join/{made.join_token}", base_url=where)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token
        data = {"csrf_token": token[1], "name": "alex", "passphrase": ALEX.passphrase}
        page = browser.client.post(f"/join/{made.join_token}", base_url=where, data=data)
        cookies = {line.split("=")[0]: line for line in page.headers.getlist("Set-Cookie")}
    sign_in_cookie, device = cookies["__Host-s" if secure else "s"], cookies["__Host-d" if secure else "d"]
    for line in (sign_in_cookie, device):
        assert "HttpOnly" in line and "SameSite=Strict" in line and "Path=/" in line
        assert ("Secure" in line) is secure
        assert "Domain" not in line
    assert "Max-Age" not in sign_in_cookie
    assert f"Max-Age={180 * 86400}" in device
    assert len(sign_in_cookie.split(";")[0].partition("=")[2]) >= 43


def test_the_cookie_is_not_in_the_database(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made)
    with app.extensions["engine"].connect() as connection:
        rows = connection.exec_driver_sql("SELECT token_hash FROM sign_in").all()
    assert cookie(browser) and all((cookie(browser) or "").encode() not in bytes(row[0]) for row in rows)


def test_the_eleventh_try_of_a_name_waits_and_says_until_when(app: Flask, made: Made) -> None:
    with time_machine.travel("2026-11-24 09:01:00+00:00", tick=False) as travel:
        known = Browser(app)
        join(known, made)
        sign_out(known)
        stranger = Browser(app)
        assert [sign_in(stranger, "alex", "wrong words here") for _ in range(10)] == [422] * 10
        assert sign_in(stranger, "alex", ALEX.passphrase) == 429
        assert re.search(r"from 09:16 \(UTC\)", stranger.text)
        assert sign_in(known, "alex", ALEX.passphrase) == 303, "a known device is exempt"
        travel.shift(15 * 60 + 1)
        assert sign_in(stranger, "alex", ALEX.passphrase) == 303, "nobody is locked out"


def test_an_unknown_name_is_throttled_alike_and_so_is_a_network(app: Flask, made: Made) -> None:
    with time_machine.travel("2026-11-24 09:01:00+00:00", tick=False):
        stranger = Browser(app)
        assert [sign_in(stranger, "nobody", "wrong words here") for _ in range(11)][-2:] == [422, 429]
        for at in range(20):
            assert sign_in(stranger, f"someone {at}", "wrong words here") == 422
        assert sign_in(stranger, "another", "wrong words here") == 429
        elsewhere = Browser(app)
        elsewhere.get("/sign-in", environ_base={"REMOTE_ADDR": "203.0.113.9"})
        data = {"name": "another", "passphrase": "wrong words here"}
        assert (
            elsewhere.post("/sign-in", data, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 422
        )


def test_a_device_is_known_to_one_account_only(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made)
    with app.app_context():
        alex = queries.account_of_client(made.client_id)
        assert alex
        assert queries.knows_device(cookie(browser, "d"), alex, clock.now())
        assert not queries.knows_device(cookie(browser, "d"), made.coach_account, clock.now())


def test_only_a_few_hashes_are_worked_out_at_once() -> None:
    running, most = 0, 0
    lock = threading.Lock()

    class Slow(Hasher):
        def _verify(self, kept: str, text: str) -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with lock:
                running -= 1
            return super()._verify(kept, text)

    slow = Slow(cheap=True, at_once=3)
    kept = slow.hash("copper meadow thimble")
    threads = [threading.Thread(target=slow.matches, args=(kept, "copper meadow thimble")) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 3


def test_hashes_are_argon2id_and_salted() -> None:
    full = Hasher()
    kept = full.hash(COACH_PASSPHRASE)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,")
    assert full.matches(kept, f" {COACH_PASSPHRASE} ")
    assert not full.matches(kept, COACH_PASSPHRASE.upper())
    assert not full.matches(None, COACH_PASSPHRASE)


def test_a_coach_without_the_second_step_reaches_nothing(app: Flask, made: Made, browser: Browser) -> None:
    assert sign_in(browser, NORA.login, COACH_PASSPHRASE) == 303
    assert browser.page and browser.page.headers["Location"] == "/sign-in/code"
    assert browser.get("/desk/canary").headers["Location"] == "/sign-in"
    assert browser.get("/sign-in/factor").headers["Location"] == "/sign-in"
    assert cookie(browser, "d") is None, "half a sign-in makes no device known"
    assert sign_coach_in(Browser(app)) == 303

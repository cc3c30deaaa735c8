"""The coach's second factor: set-up, codes that work once, and the ways round a lost telephone."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from coachapp import clock
from coachapp.accounts import factors, queries
from coachapp.audit.models import AuditEntry
from coachapp.db import session
from tests.accounts.conftest import CANARY
from tests.accounts.people import (
    COACH_PASSPHRASE,
    SECRET,
    Made,
    code_now,
    cookie,
    sign_coach_in,
    sign_in,
    sign_out,
)
from tests.cast import NORA
from tests.plain_browser import Browser
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

NOON = "2026-11-24 12:00:05+00:00"


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return list(session().scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def unlock_code(app: Flask) -> str:
    done = app.test_cli_runner().invoke(args=["coach", "unlock", NORA.login])
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_both_steps_open_the_desk(app: Flask, made: Made, browser: Browser) -> None:
    assert sign_coach_in(browser) == 303
    assert browser.page and browser.page.headers["Location"] == "/desk/"
    assert CANARY in browser.get("/desk/canary").text
    assert browser.get("/me/canary").status_code == 404
    assert acts(app)[-1] == "sign_in"


def test_the_cookie_changes_between_the_steps(app: Flask, made: Made, browser: Browser) -> None:
    sign_in(browser, NORA.login, COACH_PASSPHRASE)
    half = cookie(browser)
    browser.fill("/sign-in/code", {"code": code_now()})
    assert cookie(browser) != half
    browser.client.set_cookie("s", half or "")
    assert browser.get("/sign-in/code").headers["Location"] == "/sign-in"


@pytest.mark.safety("T18")
def test_a_code_works_once(app: Flask, made: Made, browser: Browser) -> None:
    with time_machine.travel(NOON, tick=False):
        code = code_now()
        assert sign_coach_in(browser, code) == 303
        again = Browser(app)
        assert sign_coach_in(again, code) == 422
        assert again.get("/desk/canary").status_code == 303


@pytest.mark.safety("T18")
def test_an_older_code_is_refused_after_a_newer_one(app: Flask, made: Made, browser: Browser) -> None:
    with time_machine.travel(NOON, tick=False):
        older = code_now(timedelta(seconds=-30))
        assert sign_coach_in(browser) == 303
        assert sign_coach_in(Browser(app), older) == 422


@both_databases
@pytest.mark.safety("T18")
def test_one_code_sent_twice_at_once_signs_in_once(app: Flask, made: Made) -> None:
    browsers = [Browser(app) for _ in range(4)]
    for each in browsers:
        sign_in(each, NORA.login, COACH_PASSPHRASE)
        each.get("/sign-in/code")
    code = code_now()
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda each: each.post("/sign-in/code", {"code": code}).status_code, browsers))
    assert sorted(pages) == [303, 422, 422, 422]


@pytest.mark.parametrize(("seconds", "status"), [(-60, 422), (-30, 303), (30, 303), (60, 422)])
def test_a_clock_may_be_half_a_minute_wrong(
    app: Flask, made: Made, browser: Browser, seconds: int, status: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        assert sign_coach_in(browser, code_now(timedelta(seconds=seconds))) == status


def test_five_wrong_codes_ask_for_the_passphrase_again(app: Flask, made: Made, browser: Browser) -> None:
    sign_in(browser, NORA.login, COACH_PASSPHRASE)
    assert [browser.fill("/sign-in/code", {"code": "000000"}).status_code for _ in range(5)] == [422] * 5
    page = browser.fill("/sign-in/code", {"code": code_now()})
    assert page.headers["Location"] == "/sign-in"
    assert browser.get("/desk/canary").status_code == 303


def test_codes_are_throttled_but_a_known_device_is_not_shut_out(app: Flask, made: Made) -> None:
    known, stranger = Browser(app), Browser(app)
    with time_machine.travel(NOON, tick=False) as travel:
        assert sign_coach_in(known) == 303
        sign_out(known, "/desk/canary")
        statuses = []
        for _ in range(3):
            sign_in(stranger, NORA.login, COACH_PASSPHRASE)
            statuses += [stranger.fill("/sign-in/code", {"code": "000000"}).status_code for _ in range(4)]
        assert statuses == [422] * 9 + [429] * 3, "the first sign-in of the known device counted too"
        travel.shift(30)
        assert sign_coach_in(known) == 303


def test_half_a_sign_in_lasts_ten_minutes(app: Flask, made: Made, browser: Browser) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        sign_in(browser, NORA.login, COACH_PASSPHRASE)
        travel.shift(10 * 60 + 1)
        assert browser.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_a_new_coach_sets_herself_up(app: Flask, made: Made, browser: Browser) -> None:
    done = app.test_cli_runner().invoke(args=["coach", "add", "ida@example.com", "--name", "Ida Berg"])
    path = re.search(r"(/sign-in/set-up/\S+)", done.output)
    assert done.exit_code == 0 and path, done.output
    assert browser.fill(path[1], {"passphrase": "fourteen chars"}).status_code == 422
    page = browser.post(path[1], {"passphrase": "willow teapot gravel morning"})
    assert page.headers["Location"] == "/sign-in/factor"
    assert browser.get(path[1]).status_code == 404, "the link works once"
    assert browser.get("/desk/canary").headers["Location"] == "/sign-in"

    page = browser.get("/sign-in/factor")
    assert 'src="data:image/svg+xml' in page.text
    with app.app_context():
        secret = queries.factor_secret(queries.account_id_for("ida@example.com"))
    assert secret and secret in browser.text.replace(" ", "")
    assert browser.post("/sign-in/factor", {"code": "000000"}).status_code == 422
    page = browser.post("/sign-in/factor", {"code": code_now(secret=secret)})
    codes = re.findall(r"<code[^>]*>([a-z2-9-]{14})</code>", page.text)
    assert len(set(codes)) == 10
    assert CANARY in browser.get("/desk/canary").text
    assert browser.get("/sign-in/factor").headers["Location"] == "/desk/", "shown once"
    assert app.test_cli_runner().invoke(args=["coach", "add", "ida@example.com"]).exit_code == 1

    for code, status in ((codes[3].upper(), 303), (codes[3], 422), (codes[4].replace("-", " "), 303)):
        later = Browser(app)
        sign_in(later, "ida@example.com", "willow teapot gravel morning")
        assert later.fill("/sign-in/code", {"code": code}).status_code == status
    assert acts(app).count("recovery_used") == 2
    assert "factor_set" in acts(app) and "set_up_issued" in acts(app)


def test_a_coach_without_second_factor_reaches_only_the_set_up_page(app: Flask, made: Made) -> None:
    done = app.test_cli_runner().invoke(args=["coach", "add", "ida@example.com"])
    path = re.search(r"(/sign-in/set-up/\S+)", done.output)
    assert path
    Browser(app).fill(path[1], {"passphrase": "willow teapot gravel morning"})
    browser = Browser(app)
    assert sign_in(browser, "ida@example.com", "willow teapot gravel morning") == 303
    assert browser.page and browser.page.headers["Location"] == "/sign-in/factor"
    for page in ("/desk/canary", "/sign-in/code", "/desk/sign-in", "/me/canary"):
        assert browser.get(page).headers["Location"] == "/sign-in"


def test_an_unlock_code_stands_in_once_and_within_an_hour(app: Flask, made: Made) -> None:
    with time_machine.travel(NOON, tick=False) as travel:
        first, second = unlock_code(app), unlock_code(app)
        assert sign_coach_in(Browser(app), first) == 303
        assert sign_coach_in(Browser(app), first) == 422
        travel.shift(3601)
        assert sign_coach_in(Browser(app), second) == 422
    assert acts(app).count("unlock_issued") == 2
    done = app.test_cli_runner().invoke(args=["coach", "unlock", "stranger@example.com"])
    assert done.exit_code == 1


def test_a_new_telephone_ends_the_old_one(app: Flask, made: Made, browser: Browser) -> None:
    other = Browser(app)
    with time_machine.travel(NOON, tick=False) as travel:
        assert sign_coach_in(other) == 303
        travel.shift(30)
        assert sign_coach_in(browser) == 303
        browser.get("/desk/sign-in")
        wrong = {"factor-passphrase": "not this one, no"}
        assert browser.post("/desk/sign-in/factor", wrong).status_code == 422
        page = browser.post("/desk/sign-in/factor", {"factor-passphrase": COACH_PASSPHRASE})
        assert page.headers["Location"] == "/sign-in/factor"
        assert other.get("/desk/canary").status_code == 303
        with app.app_context():
            secret = queries.factor_secret(made.coach_account)
        assert secret and secret != SECRET
        travel.shift(30)
        assert browser.fill("/sign-in/factor", {"code": code_now(secret=secret)}).status_code == 200


def test_the_picture_for_the_app_names_nobody() -> None:
    address = factors.address(SECRET, "Appointments")
    assert address == f"otpauth://totp/Appointments:desk?secret={SECRET}&issuer=Appointments"
    assert factors.matching_step(SECRET, "１２３４５６", clock.now(), 0) is None


@pytest.mark.parametrize("form", ["pin", "factor"])
def test_an_open_desk_is_no_place_to_guess_the_passphrase(
    app: Flask, made: Made, browser: Browser, form: str
) -> None:
    sign_coach_in(browser)
    guess = {"lock-passphrase": "not hers at all", "factor-passphrase": "not hers at all"}
    browser.get("/desk/sign-in")
    statuses = [browser.post(f"/desk/sign-in/{form}", guess).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]

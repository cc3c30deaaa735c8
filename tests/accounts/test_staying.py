"""How long a sign-in lasts, what the PIN opens, and what signing out and leaving end."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from coachapp import clock
from coachapp.accounts import operations, queries
from coachapp.accounts.hashing import hasher
from coachapp.accounts.models import SignIn
from coachapp.accounts.rules import NoMatch
from coachapp.audit.models import AuditEntry
from coachapp.db import session
from tests.accounts.conftest import CANARY
from tests.accounts.people import (
    COACH_PASSPHRASE,
    PIN,
    Made,
    Statements,
    cookie,
    join,
    sign_coach_in,
    sign_in,
    sign_out,
)
from tests.cast import ALEX
from tests.plain_browser import Browser
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

MORNING = "2026-11-24 09:00:00+00:00"
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.safety("T1")
def test_a_client_is_signed_out_after_twenty_minutes_without_activity(made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made)
        travel.shift(20 * 60)
        assert CANARY in browser.get("/me/canary").text
        travel.shift(20 * 60 + 1)
        page = browser.get("/me/canary")
    assert page.status_code == 303 and page.headers["Location"] == "/sign-in"


@pytest.mark.safety("T1")
def test_activity_keeps_it_open_until_twelve_hours_are_over(made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made)
        for _ in range(12 * 4 - 1):
            travel.shift(15 * 60)
            assert CANARY in browser.get("/me/canary").text
        travel.shift(15 * 60)
        assert browser.get("/me/canary").headers["Location"] == "/sign-in"


@pytest.mark.safety("T1")
def test_a_coach_without_pin_is_signed_out_after_fifteen_minutes(
    app: Flask, made: Made, browser: Browser
) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        assert sign_coach_in(browser) == 303
        travel.shift(15 * 60)
        assert CANARY in browser.get("/desk/canary").text
        travel.shift(15 * 60 + 1)
        assert browser.get("/desk/canary").headers["Location"] == "/sign-in"


def test_her_own_idle_time_counts(app: Flask, made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made)
        with app.app_context():
            account_id = queries.account_of_client(made.client_id)
            assert account_id
            operations.set_idle_minutes(account_id, 45)
            with pytest.raises(ValueError, match="5 to 60"):
                operations.set_idle_minutes(account_id, 61)
        travel.shift(45 * 60)
        assert CANARY in browser.get("/me/canary").text


def test_a_word_from_the_page_keeps_it_open(made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made)
        browser.get("/me/canary")
        token = {"csrf_token": browser.token}
        travel.shift(19 * 60)
        assert browser.client.post("/still-here", data=token).status_code == 204
        travel.shift(19 * 60)
        assert CANARY in browser.get("/me/canary").text
        travel.shift(21 * 60)
        assert browser.client.post("/still-here", data=token).status_code == 401


def test_pages_know_the_idle_time_and_where_to_go_when_it_is_over(
    app: Flask, made: Made, browser: Browser
) -> None:
    join(browser, made)
    assert 'data-idle-seconds="1200" data-cover-url="/sign-in"' in browser.get("/me/canary").text
    coach = Browser(app)
    assert sign_coach_in(coach) == 303
    assert 'data-idle-seconds="900" data-cover-url="/sign-in"' in coach.get("/desk/canary").text
    data = {"lock-pin": PIN, "lock-passphrase": COACH_PASSPHRASE}
    assert coach.post("/desk/sign-in/pin", data).status_code == 303
    assert 'data-cover-url="/unlock"' in coach.get("/desk/canary").text


def test_activity_is_written_at_most_once_a_minute(app: Flask, made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made)
        written = []
        for _ in range(8):
            travel.shift(20)
            with Statements(app) as seen:
                browser.get("/me/canary")
            written.append(sum(line.startswith("UPDATE sign_in") for line in seen.all))
    assert written == [0, 0, 1, 0, 0, 1, 0, 0]


def test_a_pin_opens_the_same_page_for_two_hours(made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made, PIN)
        browser.get("/me/canary")
        travel.shift(20 * 60 + 1)
        assert browser.get("/me/canary").headers["Location"] == "/unlock"
        assert browser.get("/me/canary", headers={"Sec-Fetch-Mode": "cors"}).status_code == 401
        assert CANARY not in browser.get("/unlock").text
        assert browser.post("/unlock", {"pin": "9021"}).status_code == 422
        page = browser.post("/unlock", {"pin": PIN})
        assert page.headers["Location"] == "/me/canary"
        assert CANARY in browser.get("/me/canary").text
        travel.shift(20 * 60 + 2 * 3600 + 1)
        assert browser.get("/me/canary").headers["Location"] == "/sign-in"
        assert browser.get("/unlock").headers["Location"] == "/sign-in"


def test_the_fifth_wrong_pin_is_the_last(app: Flask, made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made, PIN)
        travel.shift(30 * 60)
        browser.get("/unlock")
        assert [browser.post("/unlock", {"pin": "9021"}).status_code for _ in range(5)] == [422] * 5
        page = browser.post("/unlock", {"pin": PIN})
        assert page.headers["Location"] == "/sign-in"
        assert browser.get("/me/canary").headers["Location"] == "/sign-in"


def test_a_coachs_pin_opens_until_her_twelve_hours_are_over(app: Flask, made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        assert sign_coach_in(browser) == 303
        data = {"lock-pin": PIN, "lock-passphrase": "not this one at all"}
        browser.get("/desk/sign-in")
        assert browser.post("/desk/sign-in/pin", data).status_code == 422
        data["lock-passphrase"] = COACH_PASSPHRASE
        assert browser.post("/desk/sign-in/pin", data).status_code == 303
        travel.shift(6 * 3600)
        assert browser.get("/desk/canary").headers["Location"] == "/unlock"
        assert browser.fill("/unlock", {"pin": PIN}).headers["Location"] == "/desk/sign-in"
        assert CANARY in browser.get("/desk/canary").text
        travel.shift(6 * 3600)
        assert browser.get("/desk/canary").headers["Location"] == "/sign-in"


@pytest.mark.safety("T2")
def test_an_old_cookie_opens_nothing_after_signing_out(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made, PIN)
    kept = cookie(browser) or ""
    page = sign_out(browser)
    assert page.headers["Location"] == "/sign-in"
    assert page.headers["Clear-Site-Data"] == '"cookies", "storage"'
    assert any(line.startswith("s=;") for line in page.headers.getlist("Set-Cookie"))
    browser.client.set_cookie("s", kept)
    for path in ("/me/canary", "/unlock"):
        answer = browser.get(path)
        assert answer.status_code == 303 and answer.headers["Location"] == "/sign-in"
        assert CANARY not in answer.text


def test_leaving_by_link_ends_the_sign_in_and_goes_elsewhere(
    app: Flask, made: Made, browser: Browser
) -> None:
    join(browser, made)
    kept = cookie(browser) or ""
    page = browser.get("/leave", headers=SAME)
    assert page.status_code == 303
    assert page.headers["Location"] == "https://www.wikipedia.org/"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Clear-Site-Data" not in page.headers
    browser.client.set_cookie("s", kept)
    assert browser.get("/me/canary").headers["Location"] == "/sign-in"
    with app.app_context():
        assert "leave" not in " ".join(session().scalars(select(AuditEntry.action)))
        assert list(session().scalars(select(AuditEntry.action)))[-1] == "sign_in"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_link_ends_nothing(made: Made, browser: Browser, site: str) -> None:
    join(browser, made)
    page = browser.get("/leave", headers={"Sec-Fetch-Site": site})
    assert page.status_code == 303 and page.headers["Location"] == "https://www.wikipedia.org/"
    assert browser.client.post("/leave", headers={"Sec-Fetch-Site": site}).status_code == 400
    assert CANARY in browser.get("/me/canary").text


@pytest.mark.parametrize(
    "more", [{"method": "HEAD"}, {"headers": SAME | {"Sec-Purpose": "prefetch;prerender"}}]
)
def test_looking_ahead_ends_nothing(made: Made, browser: Browser, more: dict[str, object]) -> None:
    join(browser, made)
    browser.client.open("/leave", **more)
    assert CANARY in browser.get("/me/canary").text


def test_leaving_by_beacon(made: Made, browser: Browser) -> None:
    join(browser, made)
    assert browser.client.post("/leave").status_code == 400, "neither a token nor a word where it comes from"
    assert CANARY in browser.get("/me/canary").text
    page = browser.post("/leave")
    assert (page.status_code, page.data) == (204, b"")
    assert any(line.startswith("s=;") for line in page.headers.getlist("Set-Cookie"))
    assert browser.get("/me/canary").status_code == 303


def test_what_she_did_last_is_not_said_to_the_next_person_here(made: Made, browser: Browser) -> None:
    join(browser, made)
    browser.get("/me/safety")
    assert browser.post("/me/safety/stop").status_code == 303
    browser.get("/leave", headers=SAME)
    browser.get("/sign-in")
    assert "Nothing is sent to you" not in browser.text


def test_a_stale_form_token_does_not_keep_anyone_here(made: Made, browser: Browser) -> None:
    join(browser, made)
    page = browser.client.post("/leave", data={"csrf_token": "old"}, headers=SAME)
    assert page.status_code == 204
    assert browser.get("/me/canary").status_code == 303


def test_a_last_autosave_finds_its_person_for_thirty_seconds(
    app: Flask, made: Made, browser: Browser
) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made, PIN)
        kept = cookie(browser)
        browser.get("/leave", headers=SAME)
        with app.app_context():
            left = queries.person(kept, clock.now())
            assert not left.is_authenticated and left.kind is None
            assert left.just_left and left.just_left.client_id == made.client_id
            travel.shift(31)
            assert queries.person(kept, clock.now()).just_left is None


def test_signed_out_from_elsewhere_leaves_no_grace(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made)
    with app.app_context():
        account_id = queries.account_of_client(made.client_id)
        assert account_id
        operations.sign_out_everywhere(account_id, clock.now())
        assert queries.person(cookie(browser), clock.now()).just_left is None
    assert browser.get("/me/canary").status_code == 303


def test_a_changed_passphrase_ends_every_other_sign_in(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made)
    other = Browser(app)
    assert sign_in(other, "alex", ALEX.passphrase) == 303
    with app.app_context():
        here = queries.person(cookie(browser), clock.now())
        assert here.account_id
        with pytest.raises(NoMatch):
            operations.change_passphrase(here.account_id, "wrong", "x", now=clock.now(), hasher=hasher())
        operations.change_passphrase(
            here.account_id,
            ALEX.passphrase,
            "willow teapot gravel",
            now=clock.now(),
            hasher=hasher(),
            keep=here.sign_in_id,
        )
    assert CANARY in browser.get("/me/canary").text
    assert other.get("/me/canary").status_code == 303
    assert sign_in(Browser(app), "alex", ALEX.passphrase) == 422
    assert sign_in(Browser(app), "alex", "willow teapot gravel") == 303


def test_sign_ins_are_listed_coarsely(app: Flask, made: Made, browser: Browser) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        join(browser, made)
        travel.shift(timedelta(days=3))
        assert sign_in(Browser(app), "alex", ALEX.passphrase) == 303
        travel.shift(timedelta(days=5))
        assert sign_in(Browser(app), "alex", ALEX.passphrase) == 303
        with app.app_context():
            account_id = queries.account_of_client(made.client_id)
            assert account_id
            rows = queries.sign_ins(account_id, clock.now())
    assert [(row.period, row.is_open) for row in rows] == [
        ("today", True),
        ("this_week", False),
        ("earlier", False),
    ]


def test_what_is_long_over_is_forgotten(app: Flask, made: Made, browser: Browser) -> None:
    join(browser, made)
    with app.app_context():
        operations.forget_old(clock.now())
        assert session().scalars(select(SignIn)).all()
        operations.forget_old(clock.now() + timedelta(days=31, hours=13))
        assert not session().scalars(select(SignIn)).all()

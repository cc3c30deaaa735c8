"""Codes at the desk: made, refused with reasons, listed, put to rest; and an introductory price on a service."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from coachapp import clock
from coachapp.payments import coupon_queries, coupons
from coachapp.practice.operations import add_coach
from coachapp.practice.queries import offering, today_of

BARE = dict.fromkeys(("code", "percent", "off", "first", "last", "most", "most_each"), "")


def make(nora, **typed):
    nora.get("/desk/codes")
    return nora.post("/desk/codes", {**BARE, **typed})


def noras_today(app):
    with app.app_context():
        return today_of(1, clock.now())


def all_codes(app):
    with app.app_context():
        return coupon_queries.coupons(1)


def test_a_code_is_made_and_listed(app, nora):
    nora.get("/desk/codes")
    assert "Codes will stand here" in nora.text
    today = noras_today(app)
    typed = {"code": " Calm  20 ", "percent": "20", "last": str(today), "most": "5", "most_each": "1"}
    assert make(nora, **typed, good_for=["power-hour"]).status_code == 303
    nora.follow()
    assert "Calm 20" in nora.text and "20 percent off, until" in nora.text
    assert "Used 0 of 5, once for each client" in nora.text and "Can be used" in nora.text
    (row,) = all_codes(app)
    with app.app_context():
        assert row.offering_ids == {offering("power-hour").id}
    assert (row.percent, row.off, row.first, row.last, row.most, row.most_each) == (
        20,
        None,
        None,
        today,
        5,
        1,
    )


def test_an_amount_and_a_code_of_ours(app, nora):
    assert make(nora, off="12,50").status_code == 303
    nora.follow()
    assert "€12.50 off, on any day" in nora.text and "Good for all you offer" in nora.text
    (row,) = all_codes(app)
    assert re.fullmatch(r"[2-9a-z]{8}", row.code) and (row.off.minor, row.percent) == (12_50, None)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Say how much it takes off"),
        ({"percent": "10", "off": "5"}, "one of the two"),
        ({"percent": "0"}, "Enter a whole number from 1 to 100"),
        ({"percent": "101"}, "Enter a whole number from 1 to 100"),
        ({"percent": "ten"}, "Enter a whole number from 1 to 100"),
        ({"off": "0"}, "Enter an amount"),
        ({"off": "-5"}, "Enter an amount"),
        ({"off": "1e3"}, "Enter an amount"),
        ({"off": "99999999999"}, "Enter an amount"),
        ({"percent": "5", "code": "abc"}, "Use 4 letters at least"),
        ({"percent": "5", "code": "x" * 41}, "Use 40 letters at most"),
        ({"percent": "5", "first": "2026-02-30"}, "Enter a day"),
        ({"percent": "5", "first": "9999-01-01"}, "Enter a day"),
        ({"percent": "5", "first": "2026-12-02", "last": "2026-12-01"}, "It ends before it begins"),
        ({"percent": "5", "most": "0"}, "Enter a whole number from 1 to 999"),
        ({"percent": "5", "most": "1000"}, "Enter a whole number from 1 to 999"),
        ({"percent": "5", "good_for": ["nothing-like-it"]}, "Choose from what you offer"),
    ],
)
def test_what_will_not_do(app, nora, typed, words):
    assert make(nora, **{"code": "spring-time", **typed}).status_code == 422
    assert words in nora.text and all_codes(app) == []
    assert "Error: Services" in nora.page.get_data(as_text=True)


def test_the_same_word_twice(app, nora):
    make(nora, code="Spring", percent="5")
    assert make(nora, code="ＳＰＲＩＮＧ", percent="10").status_code == 422
    assert "You have a code with this word" in nora.text and len(all_codes(app)) == 1


def test_put_to_rest_and_taken_up(app, nora):
    make(nora, code="Spring", percent="5")
    (row,) = all_codes(app)
    for way, words in (("rest", "Rests"), ("rest", "Rests"), ("take-up", "Can be used")):
        nora.get("/desk/codes")
        assert nora.post(f"/desk/codes/{row.id}/{way}").status_code == 303
        nora.follow()
        assert words in nora.text


def test_only_her_own(app, desk, nora):
    """Another coach's code is no code here, and may have the same word."""
    with app.app_context():
        other = add_coach(first_name="Ida", full_name="Ida Berg", zone="Europe/Oslo", email=None)
        theirs = coupons.make(
            other,
            "Spring",
            percent=5,
            off=None,
            currency="EUR",
            days=(None, None),
            most=None,
            most_each=None,
            offering_ids=[],
            by=uuid4(),
            now=clock.now(),
        )
    assert make(nora, code="spring", percent="5").status_code == 303
    assert len(all_codes(app)) == 1
    for unknown in (theirs, uuid4()):
        nora.get("/desk/codes")
        assert nora.post(f"/desk/codes/{unknown}/rest").status_code == 404


def test_strangers_have_no_codes(app, desk):
    assert app.test_client().get("/desk/codes").status_code in (303, 404)


def service(nora, **typed):
    """The form of the single session as it stands, with these changes."""
    from_page = {
        "title": "Power hour", "slug": "power-hour", "text": "One hour.", "points": "", "kind": "session",
        "sessions": "1", "months": "12", "length": "60", "way": "video", "price": "80", "before": "15", "after": "15",
        "interval": "30", "notice": "24", "horizon": "60", "cutoff": "24", "position": "0", "listed": "y", "active": "y",
    }  # fmt: skip
    nora.get("/desk/offerings/power-hour")
    return nora.post("/desk/offerings/power-hour", from_page | typed)


def test_an_introductory_price(app, nora):
    today = noras_today(app)
    days = {"intro_from": str(today), "intro_until": str(today + timedelta(days=9))}
    assert service(nora, intro="60,50", **days).status_code == 303
    with app.app_context():
        row = offering("power-hour")
        assert (row.intro.price.minor, row.intro.last) == (60_50, today + timedelta(days=9))
    nora.get("/desk/offerings/power-hour")
    assert 'value="60.50"' in nora.page.get_data(as_text=True)
    nora.get("/desk/offerings")
    assert "€60.50 from" in nora.text
    assert service(nora, intro="", **days).status_code == 303
    with app.app_context():
        assert offering("power-hour").intro is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"intro": "80"}, "Enter less than the regular price"),
        ({"intro": "0"}, "Enter at least 0.50"),
        ({"intro": "0.40"}, "Enter at least 0.50"),
        ({"intro": "sixty"}, "Enter an amount"),
        ({"intro": "60", "intro_until": ""}, "Say from which day until which day it holds"),
        ({"intro": "60", "intro_from": "2026-12-09"}, "It ends before it begins"),
        ({"intro": "60", "intro_from": "soon"}, "Enter a day"),
    ],
)
def test_no_introductory_price(app, nora, typed, words):
    days = {"intro_from": "2026-12-01", "intro_until": "2026-12-08"}
    assert service(nora, **{**days, **typed}).status_code == 422
    assert words in nora.text
    with app.app_context():
        assert offering("power-hour").intro is None

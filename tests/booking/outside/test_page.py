"""The desk's page of other calendars: added, looked at, removed; and nobody else's business."""

import dataclasses
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking.models import OutsideBusy, OutsideCalendar
from coachapp.booking.outside import operations
from coachapp.booking.outside.rules import MOST_CALENDARS
from coachapp.practice.models import Coach
from coachapp.practice.operations import add_coach
from tests.apps import open_app
from tests.booking.outside import feeds as play
from tests.booking.outside.feeds import calendar, event
from tests.cast import NORA
from tests.desk.people import at_desk, set_up
from tests.plain_browser import Browser

PAGE = "/desk/calendars"


def count(app, table):
    with app.app_context():
        return db.session().scalar(sa.select(sa.func.count()).select_from(table))


def only_id(app):
    with app.app_context():
        return db.session().scalars(sa.select(OutsideCalendar.id)).one()


def test_an_empty_page_says_there_is_nothing_to_do(nora):
    nora.get(PAGE)
    assert "No calendar from elsewhere yet" in nora.text
    assert "There is nothing you need to do." in nora.text


@pytest.mark.parametrize("path", ["/desk/hours", "/desk/settings"])
def test_the_way_there(nora, path):
    assert f'href="{PAGE}"' in nora.get(path).get_data(as_text=True)


def test_a_calendar_is_read_as_it_is_added(app, nora, feeds):
    soon = clock.now() + timedelta(days=3)
    address = feeds.gives(calendar(event(soon)), "/private-e4d909c2/basic.ics")
    assert nora.fill(PAGE, {"address": address, "label": "Family  \n dinners"}).status_code == 303
    page = nora.follow().get_data(as_text=True)
    assert "Its times are kept free from now on." in nora.text
    assert "Family dinners" in nora.text and "127.0.0.1" in nora.text and "Up to date" in nora.text
    assert "e4d909c2" not in page and "Dinner at Quince" not in page
    assert count(app, OutsideBusy) == 1


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (lambda line: line.answer(b"", "404 Not Found"), "There is nothing at this address"),
        (lambda line: line.answer(b"<html>"), "What came is not a whole calendar file"),
        (lambda line: line.answer(b"", "302 Found", "Location: http://127.0.0.2/"), "a private network"),
        (play.says_it_is_huge, "larger than 5 MB"),
        (lambda line: line.answer(calendar(("DTSTART:soon",)).encode()), "Everything else counts"),
    ],
    ids=["gone", "page", "astray", "huge", "partly"],
)
def test_a_trouble_is_told_in_plain_words(nora, feeds, behaviour, words):
    nora.fill(PAGE, {"address": feeds.does(behaviour), "label": ""})
    nora.follow()
    assert words in nora.text


def test_since_when_and_which_copy_counts(app, nora, feeds):
    nora.fill(PAGE, {"address": feeds.gives(calendar()), "label": ""})
    feeds.does(lambda line: line.answer(b"", "500 Oh"))
    nora.get(PAGE)
    assert nora.post(f"{PAGE}/{only_id(app)}/read").status_code == 303
    nora.follow()
    assert (
        re.search(r"Nothing new came since \w{3} \d+ \w{3}, \d\d:\d\d\.", nora.text)
        and "the copy of then counts" in nora.text
    )
    assert "It could not be read. The list says why." in nora.text
    feeds.gives(calendar())
    nora.post(f"{PAGE}/{only_id(app)}/read")
    nora.follow()
    assert "Its times are up to date." in nora.text and "Nothing new came" not in nora.text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Enter the address of the calendar"),
        ("calendar.example/a.ics", "Enter an address like https://"),
        ("ftp://calendar.example/a.ics", "Enter an address like https://"),
        ("https://" + "a" * 3_000, "Enter an address like https://"),
    ],
)
def test_what_is_no_address_comes_back_with_everything_typed(app, nora, address, words):
    answer = nora.fill(PAGE, {"address": address, "label": "Fámily 家"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in nora.text and "One answer needs another look" in nora.text and "<title>Error: " in page
    assert f'value="{address}"' in page and 'value="Fámily 家"' in page
    assert count(app, OutsideCalendar) == 0


def test_a_label_that_is_too_long_comes_back(nora, feeds):
    assert nora.fill(PAGE, {"address": feeds.url(), "label": "x" * 41}).status_code == 422
    assert feeds.asked == []


def test_twenty_are_the_most(app, nora, desk, feeds):
    with app.app_context():
        for _ in range(MOST_CALENDARS):
            operations.add_calendar(desk.made.coach_id, feeds.url(), "", now=clock.now())
    assert nora.fill(PAGE, {"address": feeds.url("/one-more"), "label": ""}).status_code == 422
    assert "twenty is the most" in nora.text
    assert feeds.asked == []


def test_loopback_is_not_reached_without_the_setting(settings, feeds):
    """As on a real server, which may have much to tell on addresses only it can reach."""
    with open_app(dataclasses.replace(settings, fetch_allow=())) as app:
        set_up(app)
        nora = at_desk(app)
        nora.fill(PAGE, {"address": feeds.gives(calendar()), "label": ""})
        nora.follow()
        assert "private network" in nora.text
    assert feeds.asked == []


def test_removing_and_removing_again(app, nora, feeds):
    soon = clock.now() + timedelta(days=3)
    nora.fill(PAGE, {"address": feeds.gives(calendar(event(soon))), "label": ""})
    nora.get(PAGE)
    path = f"{PAGE}/{only_id(app)}/remove"
    assert nora.post(path).status_code == 303
    assert (count(app, OutsideCalendar), count(app, OutsideBusy)) == (0, 0)
    nora.get(PAGE)
    assert nora.post(path).status_code == 404


def test_another_coach_s_calendar_is_not_there(app, nora, feeds):
    with app.app_context():
        other = add_coach(first_name="Ann", full_name="Ann Vale", zone="Europe/Paris", email=None)
        hers = operations.add_calendar(other, feeds.url("/hers"), "Hers", now=clock.now())
    nora.get(PAGE)
    assert "Hers" not in nora.text
    for deed in ("remove", "read"):
        nora.get(PAGE)
        assert nora.post(f"{PAGE}/{hers}/{deed}").status_code == 404
    assert count(app, OutsideCalendar) == 1 and feeds.asked == []


@pytest.mark.parametrize("path", ["", "/mail", "/feed", "/feed/end"])
def test_a_stranger_changes_nothing(app, desk, path):
    stranger = Browser(app)
    stranger.get("/sign-in")
    assert stranger.post(PAGE + path, {"address": "https://calendar.example/"}).status_code == 303
    assert stranger.page.headers["Location"] == "/sign-in"
    assert count(app, OutsideCalendar) == 0
    assert stranger.get(PAGE).headers["Location"] == "/sign-in"


# ---- invitations by mail ----


def wants_mail(app):
    with app.app_context():
        return db.session().scalars(sa.select(Coach.calendar_mail).where(Coach.email.is_not(None))).first()


def set_email(app, desk, email):
    with app.app_context(), db.transaction() as session:
        session.get_one(Coach, desk.made.coach_id).email = email


def test_invitations_are_switched_on_and_off(app, desk, nora):
    set_email(app, desk, NORA.email)
    assert nora.fill(PAGE + "", {}).status_code == 422, "that was the other form"
    nora.get(PAGE)
    assert nora.post(f"{PAGE}/mail", {"mail": "y"}).status_code == 303
    assert wants_mail(app) is True
    assert "checked" in nora.get(PAGE).get_data(as_text=True)
    assert nora.post(f"{PAGE}/mail", {}).status_code == 303
    assert wants_mail(app) is False


def test_without_an_e_mail_address_there_are_none(app, desk, nora):
    set_email(app, desk, None)
    nora.get(PAGE)
    assert nora.post(f"{PAGE}/mail", {"mail": "y"}).status_code == 422
    assert "Enter your e-mail address in the settings first" in nora.text
    assert nora.post(f"{PAGE}/mail", {}).status_code == 303


@pytest.mark.parametrize(("sender", "told"), [(NORA.email.upper(), True), ("times@example.org", False)])
def test_a_practice_that_writes_from_her_own_address_is_told(settings, sender, told):
    with open_app(dataclasses.replace(settings, mail_from=f"Appointments <{sender}>")) as app:
        set_email(app, set_up(app), NORA.email)
        nora = at_desk(app)
        nora.get(PAGE)
        assert ("from this very address" in nora.text) is told

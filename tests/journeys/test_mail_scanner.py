"""A mail program that opens every address in every mail, before anyone reads it, changes nothing."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from coachapp import clock
from coachapp.booking import inviting, link_queries, moving, queries, requests
from coachapp.booking.models import Place
from coachapp.booking.reminding import make_reminders
from coachapp.clients.operations import wish
from coachapp.clients.rules import WishesRow
from coachapp.practice.operations import save_practice
from tests.road import Walker
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.road import world as world

# What a visit itself leaves: how often a network came, and who signed in.
OF_VISITS = {"rate_count", "sign_in"}
ADDRESS = re.compile(r"https?://\S+")


@pytest.fixture
def mailed(world):
    """Every address in every mail of a busy week: to clients whose inbox is theirs alone, and to the coach."""
    for name in ("one", "two"):
        world.paid(email=f"{name}@example.com")
    cancelled = world.paid(email="three@example.com")
    cancelled.fill(f"{cancelled.place_path}/cancel", {})
    with world.app.app_context():
        for days, place in enumerate(places(world, "confirmed"), 20):
            _move_and_remind(world, place, place.starts_at + timedelta(days=days))
        _link(world, places(world, "confirmed")[0].client_id)
    ask_first(world)
    with world.app.app_context():
        _answer(world, *places(world, "requested"))
    world.send_mail()
    world.send_mail(timedelta(days=21))
    return sorted({address for mail in world.mail.mails() for address in ADDRESS.findall(mail.text)})


def places(world, state):
    """The places whose appointment is in this state."""
    found = [queries.place(place_id) for (place_id,) in world.rows(Place.id)]
    return [place for place in found if place.state == state]


def _move_and_remind(world, place, to):
    """A move announces itself, and a day before the new time comes a reminder."""
    wish(place.client_id, WishesRow(remind_min=24 * 60), now=clock.now())
    moving.move_by_coach(place, to, world.url, now=clock.now())
    make_reminders(world.url, now=to - timedelta(hours=23))


def _link(world, client_id):
    ends, by = clock.now() + timedelta(days=9), uuid4()
    link = inviting.invite(1, client_id, None, ends, by=by, now=clock.now())
    inviting.mail(link_queries.invitation(link, coach_id=1), world.url, by=by, now=clock.now())


def ask_first(world):
    """Three people ask while first bookings wait for a yes."""
    with world.app.app_context():
        save_practice(who_books="approved")
    for name in ("four", "five", "six"):
        walker = world.walker()
        walker.go_to_code(email=f"{name}@example.com")
        walker.press_pay()


def _answer(world, first, second, third):
    """One is kept a time, one is offered another, one cannot come."""
    now, by = clock.now(), uuid4()
    requests.approve(first, world.url, by=by, now=now)
    requests.offer(second, second.starts_at + timedelta(days=9), world.url, by=by, now=now)
    requests.decline(third, world.url, by=by, now=now)


@pytest.mark.safety("D5")
def test_opening_every_address_changes_nothing(world, mailed):
    kinds = {re.sub(r"/[\w-]{20,}", "/…", address.removeprefix(world.url)) for address in mailed}
    assert {"/b/…", "/i/…", "/desk/", "/desk/requests"} <= kinds, kinds
    before = world.everything(*OF_VISITS)
    for address in mailed:
        scanner = Walker(world)
        answer = scanner.get(address.removeprefix(world.url))
        for _step in range(3):
            if answer.status_code not in (302, 303):
                break
            answer = scanner.get(answer.headers["Location"])
        assert answer.status_code in (200, 404), (address, answer.status_code)
        scanner.client.head(address.removeprefix(world.url))
    assert world.everything(*OF_VISITS) == before

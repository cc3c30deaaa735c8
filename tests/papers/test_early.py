"""Beginning within the days in which she may step back is her express wish: asked, kept with version and time, shown."""

from datetime import datetime, timedelta

import pytest

from coachapp import clock
from coachapp.clients.models import Client
from coachapp.intake.models import Consent
from coachapp.papers.operations import save_terms
from tests.booking.sold import coach_at_desk, sell
from tests.papers.terms import LATER

BOX = "I wish it to take place within the 14 days"


@pytest.fixture
def asking(world):
    with world.app.app_context():
        save_terms(LATER, now=clock.now())
    return world


def late_start(walker):
    """A free time after more than fourteen days."""
    free = walker.world.walker(walker.person)
    free.get("/book/power-hour")
    first, last = clock.now().date() + timedelta(days=16), clock.now().date() + timedelta(days=18)
    found = free.client.get(f"/book/power-hour/times.json?from={first}&to={last}&tz=UTC").get_json()
    start = found["days"][0]["times"][0]["start"]
    return int(datetime.fromisoformat(start).timestamp()) // 60


def consents(world):
    return sorted(world.rows(Consent.text_key, Consent.version))


def test_the_box_is_there_unticked_and_needed(asking):
    walker = asking.walker()
    walker.hold()
    walker.get("/book/details")
    page = walker.page.get_data(as_text=True)
    assert BOX in page and "checked" not in page
    walker.tell(hope="one small thing")
    assert walker.page.status_code == 422
    assert "This time lies within 14 days, so this box is needed for it" in walker.text
    assert "one small thing" in walker.page.get_data(as_text=True)
    assert consents(asking) == []
    walker.tell(begin_early="y")
    assert walker.page.status_code == 303
    assert consents(asking) == [("begin early", "2026-11"), ("terms", "2026-11 b")]


def test_it_is_shown_on_the_desk(asking):
    walker = asking.walker()
    walker.to_payment(begin_early="y")
    walker.pay()
    nora = coach_at_desk(asking)
    ((ref,),) = asking.rows(Client.ref)
    nora.get(f"/desk/clients/{ref}/sessions")
    assert "Wished to begin within 14 days:" in nora.text


def test_a_later_time_needs_no_box(asking):
    walker = asking.walker()
    walker.hold(late_start(walker))
    walker.get("/book/details")
    assert BOX not in walker.text
    walker.tell()
    assert walker.page.status_code == 303
    assert consents(asking) == [("terms", "2026-11 b")]


def test_what_costs_nothing_needs_no_box(asking):
    walker = asking.walker()
    walker.go_to_code(slug="first-conversation")
    assert consents(asking) == [("terms", "2026-11 b")]


def test_where_it_is_not_asked_a_tick_of_somebodys_own_is_no_consent(world):
    walker = world.walker()
    walker.hold()
    walker.get("/book/details")
    assert BOX not in walker.text
    walker.tell(begin_early="y")
    assert walker.page.status_code == 303
    assert consents(world) == [("terms", "2026-11 b")]


def test_a_package_with_a_first_time_asks_too(asking):
    sell(asking)
    walker = asking.walker()
    walker.get("/book/steady-ground/first")
    start = walker.morning()[0]
    walker.post("/book/steady-ground/first", {"slot": str(start), "tz": walker.person.zone})
    assert walker.page.status_code == 303, walker.text
    walker.tell()
    assert walker.page.status_code == 422
    walker.tell(begin_early="y")
    assert walker.page.status_code == 303
    assert ("begin early", "2026-11") in consents(asking)

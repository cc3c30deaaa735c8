"""Beginning within the days in which she may step back is her express wish:
asked, kept with version and time, shown."""

from datetime import datetime, timedelta

import pytest

from coachapp import clock
from coachapp.booking.early import asks_if_used
from coachapp.clients.models import Client
from coachapp.intake.models import Consent
from coachapp.papers.operations import save_terms
from coachapp.payments.credit_queries import packages_of
from coachapp.payments.models import Payment
from tests.booking.sold import SLUG, a_client, coach_at_desk, given, sell, signed_in, sums
from tests.desk.people import MADRID
from tests.papers.terms import LATER
from tests.road import at_utc

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


def moved(walker, start, **more):
    here = walker.place_path
    walker.get(f"{here}/move")
    return walker.post(f"{here}/move", {"slot": str(start), "tz": "UTC", **more}).status_code


def test_moving_into_the_days_asks_once(asking):
    walker = asking.walker()
    early = walker.morning()[0]
    walker.to_payment(late_start(walker))
    walker.pay()
    assert moved(walker, early) == 422
    assert BOX in walker.text and "this box is needed" not in walker.text
    assert moved(walker, early, asked="y") == 422
    assert "this box is needed" in walker.text
    assert walker.place().starts_at.timestamp() > early * 60, "nothing has moved yet"
    assert moved(walker, early, asked="y", begin_early="y") == 303
    assert walker.place().starts_at.timestamp() == early * 60
    assert consents(asking) == [("begin early", "2026-11"), ("terms", "2026-11 b")]
    assert moved(walker, walker.morning()[1]) == 303, "she has said so"
    assert len(consents(asking)) == 2


def test_moving_among_later_days_or_once_the_days_are_over_asks_nothing(asking):
    walker = asking.walker()
    walker.to_payment(late_start(walker))
    walker.pay()
    assert moved(walker, late_start(walker) + 30) == 303
    asking.change(Payment, received_at=clock.now() - timedelta(days=15))
    assert moved(walker, walker.morning()[0]) == 303
    assert consents(asking) == [("terms", "2026-11 b")]


def test_a_session_of_a_package_within_its_days_asks(asking):
    sell(asking)
    client_id = a_client(asking)
    hers = signed_in(asking)
    hers.fill(f"/book/{SLUG}/buy", {"agree": "y"})
    hers.follow()
    hers.post("/book/words")
    hers.session_id = hers.page.headers["Location"].rpartition("/")[2]
    hers.pay()
    hers.hold()
    hers.get("/book/session")
    assert BOX in hers.text
    assert hers.post("/book/session").status_code == 422
    assert "this box is needed" in hers.text and sums(asking) == [(6, 0, 0, 0)]
    assert hers.post("/book/session", {"begin_early": "y"}).status_code == 303
    assert ("begin early", "2026-11") in consents(asking) and sums(asking) == [(5, 1, 0, 0)]
    given(asking, client_id)
    with asking.app.app_context():
        gift, bought = sorted(packages_of(client_id), key=lambda each: each.price.minor)
        soon = clock.now() + timedelta(days=2)
        assert not asks_if_used(gift, soon) and asks_if_used(bought, soon)
        assert not asks_if_used(bought, soon + timedelta(days=14)), "the days count from when it was bought"


def test_where_the_coach_moves_it_into_the_days_her_own_pages_ask_afterwards(asking):
    a_client(asking)
    hers = signed_in(asking)
    soon = at_utc(hers.morning()[0])
    hers.hold(late_start(hers))
    hers.fill("/book/details", {"agree": "y"})
    hers.press_pay()
    hers.session_id = hers.page.headers["Location"].rpartition("/")[2]
    hers.pay()
    path, nora = hers.place_path, coach_at_desk(asking)
    hers.get(path)
    ((ref,),) = asking.rows(Client.ref)
    here = f"/desk/clients/{ref}/sessions"
    assert "One question" not in hers.text, "there is nothing to ask yet"
    assert "not asked yet" not in (nora.get(here), nora.text)[1]
    to = {"day": f"{soon.astimezone(MADRID):%Y-%m-%d}", "at": f"{soon.astimezone(MADRID):%H:%M}"}
    nora.fill(f"{here}/{hers.place().id}/move", to)
    assert "Their own page asks afterwards whether that is wished; no mail says so." in nora.text
    before = len(asking.outbox())
    assert nora.post(f"{here}/{hers.place().id}/move/go", to).status_code == 303
    assert len(asking.outbox()) == before + 1, "the mail of the move, and no other"
    assert "not asked yet whether that is wished" in (nora.get(here), nora.text)[1]
    for page in ("/me/", "/me/sessions"):
        assert f'href="{path}#early"' in hers.get(page).get_data(as_text=True)
    assert "stays booked either way" in (hers.get(path), hers.text)[1]
    assert hers.post(f"{path}/early").status_code == 422 and "choose “Not now”" in hers.text
    assert consents(asking) == [("terms", "2026-11 b")]
    hers.get(path)
    said = {"csrf_token": hers.hidden("csrf_token"), "begin_early": "y"}
    for _twice in range(2):
        assert hers.client.post(f"{path}/early", data=said).status_code == 303
    assert consents(asking).count(("begin early", "2026-11")) == 1
    assert ("begin early", "2026-11") in consents(asking)
    assert "One question" not in (hers.get(path), hers.text)[1]
    assert "Wished to begin within 14 days:" in (nora.get(here), nora.text)[1]

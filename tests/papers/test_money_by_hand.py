"""Money that came by hand has its papers too, and the accountant sees it as what it is."""

import dataclasses
import re
from datetime import timedelta

import pytest

from coachapp import clock
from coachapp.papers.operations import save_terms
from coachapp.payments.account_queries import lines
from tests.booking.by_hand import allow, mark, payment_id, place_of, plain, press, waits
from tests.booking.sold import coach_at_desk
from tests.papers.terms import TERMS, issued

DAY = timedelta(days=1)


@pytest.fixture
def waiting(world):
    allow(world)
    return waits(world)


@pytest.fixture
def nora(world, waiting):
    return coach_at_desk(world)


def seen(world):
    """(method, minor) of each line on the accountant's page."""
    with world.app.app_context():
        return [(line.method, line.amount.minor) for line in lines(clock.now() - DAY, clock.now() + DAY)]


def test_it_has_its_receipt_at_once(world, nora):
    mark(nora, place_of(world))
    assert issued(world) == [("receipt", 95_00, 1)]
    assert seen(world) == [("transfer", 95_00)]


def test_what_is_undone_is_taken_back_by_a_credit_note_once(world, nora):
    mark(nora, place_of(world))
    marked = payment_id(world)
    for _ in range(2):
        press(nora, f"{marked}/undo")
    assert issued(world) == [("receipt", 95_00, 1), ("credit note", -95_00, 2)]
    world.tick()
    assert len(issued(world)) == 2 and seen(world) == []
    mark(nora, place_of(world), how="cash")
    assert issued(world)[2:] == [("receipt", 95_00, 3)]
    assert seen(world) == [("cash", 95_00)]


def test_what_is_given_back_by_hand_has_its_credit_note(world, waiting, nora):
    mark(nora, place_of(world))
    waiting.fill(f"{waiting.place_path}/cancel", {})
    assert issued(world) == [("receipt", 95_00, 1)], "it has not gone back yet"
    nora.get("/desk/payments")
    path = re.search(r"/desk/payments/back/[\w-]+", nora.page.get_data(as_text=True))[0]
    nora.fill(path, {"how": "cash", "on": str(clock.now().date())})
    assert issued(world) == [("receipt", 95_00, 1), ("credit note", -95_00, 2)]
    assert sorted(seen(world)) == [("cash", -95_00), ("transfer", 95_00)]


def test_the_accountants_page_sums_the_tax_that_papers_say(world, waiting, nora):
    mark(nora, place_of(world))
    with world.app.app_context():
        save_terms(dataclasses.replace(TERMS, tax_rate=10_00), now=clock.now())
    nora.get(f"/desk/accounts/{clock.now().year}")
    assert "Tax within it €16.49" in plain(nora), (
        "the receipt says 21 percent, whatever the next one will say"
    )
    waiting.fill(f"{waiting.place_path}/cancel", {})
    nora.get(f"/desk/accounts/{clock.now().year}")
    assert "Tax within it €16.49 without 1 line of which there is no receipt or credit note yet" in plain(
        nora
    )
    nora.get("/desk/payments")
    path = re.search(r"/desk/payments/back/[\w-]+", nora.page.get_data(as_text=True))[0]
    nora.fill(path, {"how": "cash", "on": str(clock.now().date())})
    nora.get(f"/desk/accounts/{clock.now().year}")
    assert "Tax within it €0" in plain(nora)


def test_what_was_undone_before_anybody_issued_papers_has_none(bare_world):
    """Neither a receipt nor a credit note about nothing, once the practice says who issues them."""
    allow(bare_world)
    waits(bare_world)
    nora = coach_at_desk(bare_world)
    mark(nora, place_of(bare_world))
    press(nora, f"{payment_id(bare_world)}/undo")
    with bare_world.app.app_context():
        save_terms(TERMS, now=clock.now())
    bare_world.tick()
    assert issued(bare_world) == []

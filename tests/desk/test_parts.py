"""Paying in parts at the desk: allowed for a service, seen where it is late, marked, moved, let go."""

import re
from datetime import timedelta
from uuid import uuid4

from coachapp import clock
from coachapp.payments.part_models import Part
from coachapp.payments.part_queries import open_parts
from coachapp.payments.parts import move
from coachapp.practice.part_terms import PartTerms
from coachapp.practice.parting import part_terms
from coachapp.practice.queries import offering, today_of
from tests.booking.sold import coach_at_desk
from tests.booking.test_parts import begun, still_open, to_pay_next
from tests.desk.people import HOUR
from tests.desk.test_practice_pages import OFFERING
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

DEPOSIT = OFFERING | {
    "slug": HOUR,
    "parts": "deposit",
    "deposit": "20 %",
    "rest_days": "3",
    "rest_when": "before",
}
PACKAGE = OFFERING | {"slug": HOUR, "kind": "package", "sessions": "4", "parts": "equal", "times": "4"}
PAYMENTS = "/desk/payments"


def terms_of(app):
    with app.app_context():
        return part_terms(offering(HOUR).id)


def test_the_coach_allows_parts_for_a_service_and_takes_it_back(app, nora):
    path = f"/desk/offerings/{HOUR}"
    for typed, meant in (
        (DEPOSIT, PartTerms(percent=20, rest_days=-3)),
        (DEPOSIT | {"deposit": "30,50", "rest_when": "after"}, None),
        (PACKAGE, PartTerms(times=4)),
    ):
        assert nora.fill(path, typed).status_code == 303, nora.text
        found = terms_of(app)
        assert found == meant or (found.deposit.minor, found.rest_days) == (30_50, 3)
        page = nora.get(path).get_data(as_text=True)
        assert re.search(rf'<option [^>]*selected[^>]*value="{typed["parts"]}"', page)
    assert nora.fill(path, OFFERING | {"slug": HOUR}).status_code == 303
    assert terms_of(app) is None


def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(app, nora):
    for wrong in (
        DEPOSIT | {"deposit": ""},
        DEPOSIT | {"deposit": "100%"},
        DEPOSIT | {"deposit": "0"},
        DEPOSIT | {"deposit": "80,50"},
        DEPOSIT | {"deposit": "٢٠٪"},
        DEPOSIT | {"rest_days": "-1"},
        DEPOSIT | {"rest_days": "9" * 40},
        DEPOSIT | {"parts": "equal", "times": "3"},
        PACKAGE | {"times": "13"},
        PACKAGE | {"times": ""},
        PACKAGE | {"parts": "deposit", "deposit": "20%", "rest_days": "3"},
        DEPOSIT | {"parts": "gold"},
    ):
        answer = nora.fill(f"/desk/offerings/{HOUR}", wrong)
        assert answer.status_code == 422, wrong
        assert OFFERING["text"] in nora.text
    assert terms_of(app) is None


def test_a_late_part_stands_at_the_desk_and_can_be_moved_marked_and_let_go(world):
    begun(world)
    nora = coach_at_desk(world)
    with world.app.app_context():
        (rest,) = open_parts()
        today = today_of(1, clock.now())
        move(rest.id, today - timedelta(days=1), by=rest.client_id, now=clock.now())
    assert "One part of a price is not paid yet" in (nora.get("/desk/"), nora.text)[1]
    assert "€76" in (nora.get(PAYMENTS), nora.text)[1] and "Its day is over" in nora.text
    here = f"{PAYMENTS}/parts/{rest.id}"
    for day in ("", "2000-01-01", "x", "9999-12-31", str(today - timedelta(days=1))):
        assert nora.fill(here, {}).status_code == 422
        assert nora.post(f"{here}/move", {"on": day}).status_code == 422
    assert nora.post(f"{here}/move", {"on": str(today + timedelta(days=9))}).status_code == 303
    assert "not paid yet" not in (nora.get("/desk/"), nora.text)[1]
    month = today + timedelta(days=9)
    assert (
        "still to be paid within this time: €76" in (nora.get(f"/desk/accounts/{month:%Y-%m}"), nora.text)[1]
    )
    assert nora.fill(here, {"how": "cash"}).status_code == 303
    assert still_open(world) == []
    assert nora.get(here).status_code == 409
    nora.get(PAYMENTS)
    assert "Parts still to be paid" not in nora.text and "Marked as paid" in nora.text
    nora.get(f"/desk/accounts/{today:%Y-%m}")
    assert "€95" in nora.text and "Power hour" in nora.text
    assert nora.get(f"{PAYMENTS}/parts/{uuid4()}").status_code == 404


def test_what_is_let_go_is_not_asked_for_any_more(world):
    walker = begun(world)
    to_pay_next(walker)
    nora = coach_at_desk(world)
    part_id = world.rows(Part.id)[0][0]
    nora.get(f"{PAYMENTS}/parts/{part_id}")
    assert nora.post(f"{PAYMENTS}/parts/{part_id}/let-go").status_code == 303
    assert world.ledger()[1] == ["expired", "paid"], "its payment page has ended"
    assert "Nothing is to be paid" in (walker.get("/me/to-pay"), walker.text)[1]
    assert nora.get(f"{PAYMENTS}/parts/{part_id}").status_code == 409

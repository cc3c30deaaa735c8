"""Every payment has its receipt, every refund its credit note: once, in the transaction of the money itself."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import requests
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from coachapp import clock, db
from coachapp.money import Money
from coachapp.papers import operations
from coachapp.papers.models import Paper, PaperCounter
from coachapp.papers.rules import Kind, Owed, Party, Terms
from coachapp.payments import papering
from coachapp.payments.models import Attempt, Payment, Refund
from coachapp.payments.paper_queries import owed
from coachapp.practice.models import Coach
from tests.papers.terms import TERMS, all_papers, issued
from tests.road import both_databases

DASHBOARD = {"Authorization": "Bearer sk_test_dashboard"}


def refund_in_dashboard(world, amount):
    (intent,) = (
        each["id"] for each in world.stripe.state()["objects"].values() if each["object"] == "payment_intent"
    )
    form = {"payment_intent": intent, "amount": amount}
    answer = requests.post(f"{world.stripe.api_base}/v1/refunds", form, headers=DASHBOARD, timeout=5)
    assert answer.status_code == 200
    assert world.stripe.wait_idle()
    return answer.json()["id"]


def an_owed(number=0, amount=95_00, currency="EUR"):
    """A payment that the ledger would owe a receipt for."""
    return Owed(Kind.RECEIPT, uuid4(), None, uuid4(), f"R{number}", Money(amount, currency), clock.now())


def test_a_payment_has_its_receipt_at_once_and_once(world):
    world.paid()
    assert issued(world) == [("receipt", 95_00, 1)]
    for event in world.stripe.events:
        world.stripe.resend(event["id"])
    assert world.stripe.wait_idle()
    world.tick()
    assert issued(world) == [("receipt", 95_00, 1)]


def test_a_refund_has_its_credit_note_and_one_that_fails_later_a_correction(world):
    walker = world.paid()
    walker.fill(f"{walker.place_path}/cancel", {})
    assert world.stripe.wait_idle()
    assert issued(world) == [("receipt", 95_00, 1), ("credit note", -95_00, 2)]
    ((refund,),) = world.rows(Refund.stripe_id)
    world.stripe.fail_refund(refund)
    assert world.stripe.wait_idle()
    world.tick()
    assert issued(world)[2:] == [("correction", 95_00, 3)]


def test_a_refund_that_never_went_through_has_no_paper(world):
    walker = world.paid()
    path = walker.place_path
    world.stripe.lever(fail_next={"times": 1, "path": "/v1/refunds", "status": 400, "should_retry": False})
    walker.fill(f"{path}/cancel", {})
    world.tick()
    assert world.ledger()[3] == ["failed"]
    assert issued(world) == [("receipt", 95_00, 1)]


def test_parts_that_go_back_add_up_to_the_tax_of_the_whole(world):
    world.paid()
    for amount in (33_33, 33_33, 28_34):
        refund_in_dashboard(world, amount)
    rows = world.rows(Paper.amount_minor, Paper.tax_minor)
    assert len(rows) == 4
    assert (sum(amount for amount, _tax in rows), sum(tax for _amount, tax in rows)) == (0, 0)


def test_what_takes_back_says_what_the_receipt_said(world):
    """The rate was another when it was paid; who issues it now is who issues it."""
    world.paid()
    now_without = {
        **vars(TERMS),
        "tax_rate": None,
        "clause": "None is charged.",
        "issuer": Party("Harbour Two"),
    }
    with world.app.app_context():
        operations.save_terms(Terms(**now_without), now=clock.now())
    refund_in_dashboard(world, 95_00)
    with world.app.app_context():
        note, receipt = all_papers()
    assert (note.tax_rate, note.clause, note.tax.minor) == (21_00, "", -receipt.tax.minor)
    assert (note.issuer.name, receipt.issuer.name) == ("Harbour Two", "Quiet Harbour")
    assert note.corrects_id == receipt.id


def test_nothing_is_issued_before_somebody_issues_it_and_then_in_order(bare_world):
    """Payments from before: their receipts come in the order of the money, without a gap."""
    world = bare_world
    for _ in range(3):
        world.paid()
    payments = sorted(world.rows(Payment.received_at, Payment.id), reverse=True)
    refund_in_first = payments[-1][1]
    world.tick()
    assert issued(world) == []
    with world.app.app_context():
        with db.transaction() as session:
            for day, (_at, payment_id) in enumerate(payments):
                session.get(Payment, payment_id).received_at = clock.now() - timedelta(days=day)
        operations.save_terms(TERMS, now=clock.now())
    world.tick()
    world.tick()
    rows = sorted(world.rows(Paper.number, Paper.about_id))
    assert [about for _number, about in rows] == [payment_id for _at, payment_id in reversed(payments)]
    assert rows[0] == (1, refund_in_first)


def test_a_payment_that_somebody_else_wrote_down_has_its_receipt_after_the_next_tick(world):
    """Whoever adds a payment and forgets its paper: nothing is missing for longer than a minute."""
    world.paid()
    with world.app.app_context(), db.transaction() as session:
        known = session.scalars(sa.select(Payment)).one()
        facts = {column.key: getattr(known, column.key) for column in sa.inspect(Payment).columns}
        attempt = known.attempt_id
        session.add(
            Payment(
                **{**facts, "id": uuid4(), "attempt_id": _attempt_like(session, attempt), "intent_id": "cash"}
            )
        )
    assert len(issued(world)) == 1
    world.tick()
    assert [number for _kind, _amount, number in issued(world)] == [1, 2]


def _attempt_like(session, attempt_id):
    known = session.get(Attempt, attempt_id)
    facts = {column.key: getattr(known, column.key) for column in sa.inspect(Attempt).columns}
    fresh = Attempt(**{**facts, "id": uuid4(), "number": 2, "token_hash": b"2", "session_id": None})
    session.add(fresh)
    session.flush()
    return fresh.id


@pytest.mark.parametrize(
    ("at", "label"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "QH-2026-0001"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "QH-2027-0001"),
    ],
)
def test_the_year_is_that_of_the_practice(world, at, label):
    """Madrid has its new year an hour before London."""
    with world.app.app_context():
        operations.issue(an_owed(), now=at)
        (paper,) = all_papers()
        assert paper.label == label


def test_a_new_year_begins_at_one_and_the_old_one_goes_on(world):
    with world.app.app_context():
        for at in (2026, 2027, 2026, 2027, 2027):
            operations.issue(an_owed(), now=datetime(at, 6, 1, tzinfo=UTC))
        assert sorted(paper.number for paper in all_papers()) == [
            (2026, 1),
            (2026, 2),
            (2027, 1),
            (2027, 2),
            (2027, 3),
        ]


def test_the_zone_is_that_of_the_first_coach(world):
    world.change(Coach, zone="Pacific/Auckland")
    with world.app.app_context():
        operations.issue(an_owed(), now=datetime(2026, 12, 31, 11, 30, tzinfo=UTC))
        assert all_papers()[0].number == (2027, 1)


@both_databases
def test_what_was_issued_never_changes(world):
    with world.app.app_context():
        operations.issue(an_owed(), now=clock.now())
        for forbidden in (
            sa.update(Paper).values(amount_minor=1),
            sa.delete(Paper),
            sa.delete(PaperCounter),
            sa.update(PaperCounter).values(last=0),
        ):
            with pytest.raises(IntegrityError), db.transaction() as session:
                session.execute(forbidden)
        assert [paper.amount.minor for paper in all_papers()] == [95_00]


@both_databases
def test_the_database_refuses_a_gap_and_a_second_paper(world):
    with world.app.app_context():
        first = operations.issue(an_owed(), now=clock.now())
        known = db.session().get(Paper, first)
        facts = {column.key: getattr(known, column.key) for column in sa.inspect(Paper).columns}
        for wrong in ({"number": 3}, {"number": 1, "about_id": uuid4()}, {"number": 2}):
            with pytest.raises(IntegrityError), db.transaction() as session:
                session.add(Paper(**{**facts, "about_id": facts["about_id"], "id": uuid4(), **wrong}))
        assert len(all_papers()) == 1


def test_the_same_paper_is_not_owed_twice(world):
    world.paid()
    with world.app.app_context():
        assert owed() == []
        ((order_id,),) = world.rows(Payment.order_id)
        papering.issue_for(order_id, now=clock.now())
    assert len(issued(world)) == 1

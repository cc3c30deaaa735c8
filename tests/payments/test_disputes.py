"""Disputes as rows of the ledger: told once in any order, never altered; what is lost is gone from every sum."""

import csv
import io
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from coachapp import clock, db
from coachapp.audit.models import AuditEntry
from coachapp.booking.models import Appointment
from coachapp.clients.models import Client
from coachapp.money import Money
from coachapp.payments import account_queries, dispute_queries, refunds
from coachapp.payments.account_rules import accounts
from coachapp.payments.dispute_models import Dispute, DisputeDecided
from coachapp.payments.disputes import note_dispute
from coachapp.payments.events import work_waiting
from coachapp.payments.models import Order, Payment, Refund, StripeEvent
from coachapp.payments.queries import order
from coachapp.payments.rules import DisputeFacts, OrderState, Verdict, order_state
from coachapp.payments.runtime import gateway, payables
from tests.booking.colleagues import ada_at_desk, add_ada
from tests.booking.sold import coach_at_desk
from tests.road import MINUTE, both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture


@pytest.fixture
def paid(world):
    """Alex has paid €95."""
    world.paid()
    return world


def charge(world):
    (found,) = (o["id"] for o in world.stripe.state()["objects"].values() if o["object"] == "charge")
    return found


def disputed(world, outcome=None):
    made = world.stripe.dispute(charge(world))
    if outcome:
        world.stripe.close_dispute(made, outcome)
    assert world.stripe.wait_idle()
    return made


def the_order(world):
    ((order_id,),) = world.rows(Order.id)
    with world.app.app_context():
        return order(order_id)


def facts(world, name="du_1", verdict=None, amount=95_00):
    ((intent,),) = world.rows(Payment.intent_id)
    return DisputeFacts(name, intent, Money(amount, "EUR"), clock.now(), verdict)


def note(world, *each):
    with world.app.app_context():
        for one in each:
            note_dispute(one, payables(), now=clock.now())


def told(world):
    """What was told of disputes, in the order of the alphabet."""
    return sorted(action for (action,) in world.rows(AuditEntry.action) if action.startswith("dispute"))


@pytest.mark.parametrize(
    ("paid", "refunded", "lost", "state"),
    [
        (95, 0, 95, OrderState.LOST),
        (95, 40, 55, OrderState.LOST),
        (95, 40, 95, OrderState.LOST),
        (95, 0, 40, OrderState.PART_LOST),
        (95, 95, 0, OrderState.REFUNDED),
        (40, 0, 40, OrderState.DUE),
    ],
)
def test_what_a_bank_took_is_said_before_what_went_back(paid, refunded, lost, state):
    assert order_state(95, paid, refunded, lost) is state


def test_a_lost_dispute_is_gone_from_every_sum_and_page(paid):
    world, nora = paid, coach_at_desk(paid)
    row = the_order(world)
    path, day = f"/desk/payments/orders/{row.id}", world.walker().place().starts_at.date()
    made = disputed(world)
    assert (the_order(world).state, the_order(world).left.minor) == (OrderState.PAID, 95_00), (
        "held is not lost"
    )
    assert "A bank looks into a payment" in nora.get(path).get_data(as_text=True)
    nora.get("/desk/accounts")
    assert "a bank began to look into 1 payment, €95, and has not decided" in nora.text
    world.stripe.close_dispute(made, "lost")
    assert world.stripe.wait_idle()
    row = the_order(world)
    assert (row.state, row.lost.minor, row.left.minor, row.due.minor) == (OrderState.LOST, 95_00, 0, 0)
    nora.get(path)
    assert "Taken back by the bank" in nora.text and "Give it back" not in nora.text
    assert "A bank looks into" not in nora.text
    with world.app.app_context():
        assert refunds.refund_all(row.id, "wish", now=clock.now()) == []
    nora.get("/desk/accounts")
    assert "−€95" in nora.text and "has not decided" not in nora.text
    assert "It has no credit note" in nora.text
    listed = nora.get(f"/desk/accounts/{clock.now():%Y}/list.csv").get_data(as_text=True)
    lines = list(csv.DictReader(io.StringIO(listed)))
    assert [(each["what"], each["amount"]) for each in lines] == [
        ("payment", "95.00"),
        ("lost dispute", "-95.00"),
    ]
    assert "Taken back by a bank" in nora.get(f"/desk/day/{day}").get_data(as_text=True)
    assert "The bank gave a payment of" in nora.get("/desk/").get_data(as_text=True)
    place = world.walker().place()
    ref = next(word for word in nora.get(path).get_data(as_text=True).split("/") if word.startswith("C-"))
    assert "Taken back by a bank: €95" in nora.get(f"/desk/clients/{ref}").get_data(as_text=True)
    nora.get(f"/desk/clients/{ref}/sessions/{place.id}/cancel")
    assert "Nothing is left that could go back." in nora.text
    nora.post(f"/desk/clients/{ref}/sessions/{place.id}/cancel")
    assert world.rows(Refund.id) == [] and world.tick() == ()


def test_in_whatever_order_and_however_often_each_is_told_once(paid):
    world = paid
    open_, lost = facts(world), facts(world, verdict=Verdict.LOST)
    note(world, open_, open_, lost, open_, lost)
    note(world, facts(world, "du_2", Verdict.WON), facts(world, "du_2"), facts(world, "du_3"))
    assert told(world) == ["dispute", "dispute", "dispute_lost", "dispute_won"]
    with world.app.app_context():
        found = dispute_queries.of_orders([the_order(world).id])
        assert sorted((each.id, each.verdict) for each in found) == [
            ("du_1", "lost"), ("du_2", "won"), ("du_3", None)
        ]  # fmt: skip
        assert [each.id for each in dispute_queries.every_open()] == ["du_3"]


def test_while_another_bank_still_looks_into_it_nothing_is_over(paid):
    world = paid
    note(world, facts(world, "du_1"), facts(world, "du_2"), facts(world, "du_1", Verdict.WON))
    assert told(world) == ["dispute", "dispute"]
    note(world, facts(world, "du_2", Verdict.WITHDRAWN))
    assert told(world) == ["dispute", "dispute", "dispute_won"]


def test_what_is_lost_leaves_less_to_give_back_and_more_gone_than_came_is_said(paid):
    world = paid
    row = the_order(world)
    note(world, facts(world, "du_1", Verdict.LOST, 40_00))
    assert the_order(world).state is OrderState.PART_LOST
    with world.app.app_context():
        assert len(refunds.refund_all(row.id, "wish", now=clock.now())) == 1
        assert world.rows(Refund.amount_minor) == [(55_00,)] and dispute_queries.overdrawn() == 0
    note(world, facts(world, "du_2", Verdict.LOST, 1))
    with world.app.app_context():
        assert dispute_queries.overdrawn() == 1
    assert (the_order(world).state, the_order(world).left.minor) == (OrderState.LOST, 0)
    with world.app.app_context():
        (account,) = accounts(
            account_queries.lines(clock.now() - 9 * MINUTE, clock.now() + 9 * MINUTE), lambda line: "x"
        )
    assert (account.whole.came, account.whole.back, account.whole.lost) == (95_00, -55_00, -40_01)
    assert account.whole.net == -1 and account.by_method["card"].net == -1
    assert account.without_paper == 2, "of what came and of what goes back; a loss has none"


@both_databases
def test_the_database_keeps_every_row_as_it_was(paid):
    world = paid
    note(world, facts(world, verdict=Verdict.LOST))
    ((order_id,),), ((payment_id,),) = world.rows(Order.id), world.rows(Payment.id)
    row = {"amount_minor": 1, "currency": "EUR", "opened_at": clock.now()}
    for wrong in (
        sa.update(Dispute).values(amount_minor=1),
        sa.update(DisputeDecided).values(verdict="won"),
        sa.insert(DisputeDecided).values(dispute_id="du_1", verdict="won", decided_at=clock.now()),
        sa.insert(DisputeDecided).values(dispute_id="du_0", verdict="won", decided_at=clock.now()),
        sa.insert(Dispute).values(id="du_1", order_id=order_id, payment_id=payment_id, **row),
        sa.insert(Dispute).values(id="du_2", order_id=order_id, payment_id=uuid4(), **row),
        sa.insert(Dispute).values(
            id="du_2", order_id=order_id, payment_id=payment_id, **row | {"amount_minor": 0}
        ),
    ):
        with world.app.app_context(), pytest.raises(DBAPIError), db.transaction() as here:
            here.execute(wrong)
    assert world.rows(DisputeDecided.verdict) == [("lost",)]


def test_what_was_told_before_there_were_rows_gets_its_row_and_is_not_told_again(paid):
    """As the migration leaves it: both pieces of news were acted on; of another dispute only the first one was."""
    world = paid
    known, half = disputed(world, "lost"), disputed(world)
    world.stripe.lever(webhook_off=True)
    world.stripe.close_dispute(half, "lost")
    long_ago = datetime(2026, 3, 1, tzinfo=UTC)
    with world.app.app_context(), db.transaction() as here:
        for table in ("dispute_decided", "dispute"):
            here.execute(sa.text(f"DELETE FROM {table}"))
        here.execute(
            sa.update(StripeEvent)
            .where(StripeEvent.type.like("charge.dispute.%"))
            .values(state="told", received_at=long_ago)
        )
    before = told(world)
    with world.app.app_context():
        work_waiting(gateway(), payables(), now=clock.now())
    verdicts = dict(world.rows(DisputeDecided.dispute_id, DisputeDecided.verdict))
    assert verdicts == {known: "lost", half: "lost"}
    when = dict(world.rows(DisputeDecided.dispute_id, DisputeDecided.decided_at))
    assert when[known] == long_ago and clock.now() - when[half] < timedelta(minutes=5)
    assert told(world) == sorted([*before, "dispute_lost"]), "only what nobody had told"
    assert set(world.events()) == {"done"}
    assert world.rows(Appointment.state) == [("confirmed",)]


def test_the_first_coach_hears_of_a_colleagues_and_of_nobodys_name(paid):
    world, nora = paid, coach_at_desk(paid)
    ada = add_ada(world)
    world.change(Client, coach_id=ada)
    world.change(Appointment, coach_id=ada)
    note(world, facts(world), facts(world, "du_2", Verdict.LOST, 40_00))
    with world.app.app_context():
        refunds.refund_part(the_order(world).id, Money(1_00, "EUR"), "wish", now=clock.now())
    world.change(Refund, state="failed")
    nora.get("/desk/")
    assert "A bank looks into a payment of a client of Ada" in nora.text
    assert "The bank gave a payment of a client of Ada back" in nora.text
    assert "Money for a client of Ada did not go back" in nora.text and "Alex" not in nora.text
    hers = ada_at_desk(world, ada)
    hers.get("/desk/")
    assert "A bank looks into a payment of Alex" in hers.text and "of a client of" not in hers.text


@both_databases
def test_two_who_learn_of_it_at_once_tell_it_once(paid):
    world, failed = paid, []
    for number in range(8):
        ready = Barrier(2)
        known = facts(world, f"du_{number}"), facts(world, f"du_{number}", Verdict.WITHDRAWN)

        def learn(of, ready=ready):
            ready.wait()
            try:
                note(world, of)
            except Exception as error:
                failed.append(error)

        both = [Thread(target=learn, args=(of,)) for of in known]
        for each in both:
            each.start()
        for each in both:
            each.join()
    assert failed == []
    assert len(world.rows(Dispute.id)) == len(world.rows(DisputeDecided.verdict)) == 8
    assert told(world).count("dispute_won") == 8 and told(world).count("dispute") <= 8

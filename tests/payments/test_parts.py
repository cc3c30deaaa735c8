"""What the database itself keeps of parts: nothing is altered, nothing follows, and of two at once one is paid."""

from threading import Thread

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from coachapp import clock, db
from coachapp.payments import by_hand, parts
from coachapp.payments.models import Payment
from coachapp.payments.part_models import Part, PartEntry
from coachapp.payments.part_queries import open_parts
from coachapp.payments.part_rules import Entry, NotOpenPart
from coachapp.payments.rules import AlreadyPaid, Method
from coachapp.payments.runtime import payables
from tests.booking.test_parts import begun
from tests.road import both_databases  # the two databases every day: they are the subject

pytestmark = both_databases


def test_the_database_keeps_what_was_agreed_and_decided(world):
    begun(world)
    with world.app.app_context():
        (rest,) = open_parts()
        parts.let_go(rest.id, by=rest.client_id, now=clock.now())
    later = {"part_id": rest.id, "turn": 2, "kind": Entry.MOVED, "due_on": rest.due_on, "at": clock.now()}
    for change in (
        sa.update(Part).values(amount_minor=1),
        sa.update(PartEntry).values(kind="moved"),
        sa.insert(PartEntry).values(**later),
    ):
        with world.app.app_context(), pytest.raises(IntegrityError), db.transaction() as session:
            session.execute(change)


def test_two_at_once_one_is_paid_or_let_go_never_both(world):
    begun(world)
    with world.app.app_context():
        (rest,) = open_parts()
    told: list[str] = []

    def press(act, refused, name):
        with world.app.app_context():
            try:
                act()
                told.append(name)
            except refused:
                told.append(f"{name} refused")

    def pay():
        by_hand.take(rest.order.id, Method.CASH, payables(), by=rest.client_id, now=clock.now())

    def let_go():
        parts.let_go(rest.id, by=rest.client_id, now=clock.now())

    presses = [(pay, AlreadyPaid, "paid"), (pay, AlreadyPaid, "paid"), (let_go, NotOpenPart, "let go")]
    threads = [Thread(target=press, args=each) for each in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stands = len(world.rows(Payment.id)) == 2
    gone = len(world.rows(PartEntry.id)) == 1
    assert stands or gone
    assert sorted(told).count("paid") == 1, "written once; where it was let go before, it is to be given back"
    assert world.ledger()[3] == (["to give"] if gone else [])

"""Numbers without a gap, whoever writes at the same moment and whatever is rolled back."""

import threading
from uuid import uuid4

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.clients.operations import new_client
from coachapp.money import Money
from coachapp.papers import operations, queries
from coachapp.papers.models import Paper, PaperCounter
from coachapp.papers.rules import Kind, Owed, Party
from coachapp.payments.operations import begin_attempt, open_order, settle
from coachapp.payments.papering import issue_missing
from coachapp.payments.rules import OnPaid, Payable, SessionFacts
from coachapp.practice.operations import add_coach, save_practice
from tests.databases import Databases
from tests.papers.ledger import assert_papers_agree
from tests.papers.terms import TERMS

WRITERS = 8
CURRENCIES = ("EUR", "JPY", "KWD")


class ChangedHerMind(Exception):
    """What rolls a transaction back here."""


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request) -> Databases:
    """Both, every day: the database is what this is about."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def nameless(app):
    """The practice, before anybody has said who issues papers."""
    with app.app_context():
        save_practice(
            name="Quiet Harbour",
            neutral_name="QH Appointments",
            mail_subject="Your update",
            statement_text="NE SERVICES",
            currency="EUR",
            exit_to="https://www.example.org/",
        )
        add_coach(first_name="Nora", full_name="Nora Ellis", zone="Europe/Madrid", email=None)
    return app


@pytest.fixture
def practice(nameless):
    with nameless.app_context():
        operations.save_terms(TERMS, now=clock.now())
    return nameless


def write(app, turns, fails, troubles):
    """Issue papers one after the other, in turn in each currency;
    every one at a place of `fails` is taken back after it was numbered."""
    for turn in range(turns):
        owed = Owed(
            Kind.RECEIPT, uuid4(), None, uuid4(), "R", Money(turn + 1, CURRENCIES[turn % 3]), clock.now()
        )
        try:
            with app.app_context(), db.transaction():
                operations.issue(owed, now=clock.now())
                if turn % 3 == fails:
                    raise ChangedHerMind
        except ChangedHerMind:
            continue
        except Exception as error:
            troubles.append(error)


def together(works):
    """Run these at the same time, and wait until all are done."""
    threads = [threading.Thread(target=work, args=args) for work, args in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_eight_writers_and_those_who_change_their_mind_leave_no_gap(practice, proof):
    turns, troubles = proof(6, 60), []
    together([(write, (practice, turns, number % 3, troubles)) for number in range(WRITERS)])
    assert troubles == []
    with practice.app_context():
        numbers = sorted(db.session().scalars(sa.select(Paper.number)))
        ((_year, last),) = db.session().execute(sa.select(PaperCounter.year, PaperCounter.last))
    assert numbers == list(range(1, len(numbers) + 1))
    assert last == len(numbers)
    kept = sum(sum(turn % 3 != number % 3 for turn in range(turns)) for number in range(WRITERS))
    assert len(numbers) == kept


def test_a_number_that_was_taken_back_is_the_next_one_again(practice):
    troubles = []
    write(practice, 1, 0, troubles)  # numbered, and taken back
    write(practice, 1, 9, troubles)
    with practice.app_context():
        assert list(db.session().scalars(sa.select(Paper.number))) == [1]
    assert troubles == []


def test_several_who_look_for_missing_papers_issue_each_once(nameless, proof):
    """Tick on many machines at once, and the coach's first save among them."""
    payments, troubles = proof(5, 40), []
    with nameless.app_context():
        client_id = new_client(1, "Europe/Madrid", now=clock.now())
        for number in range(payments):
            pay(client_id, number)
        assert db.session().scalars(sa.select(Paper.number)).all() == []
        operations.save_terms(TERMS, now=clock.now())
    together([(look, (nameless, troubles)) for _ in range(WRITERS)])
    assert troubles == []
    with nameless.app_context():
        assert_papers_agree(lambda *columns: db.session().execute(sa.select(*columns)).all())
        assert len(db.session().scalars(sa.select(Paper.number)).all()) == payments


def pay(client_id, number):
    """A payment for a thing of this test's own."""
    price, nothing = Money(95_00 + number, "EUR"), lambda *said: None
    order = open_order(client_id, "thing", uuid4(), price, now=clock.now())
    attempt = begin_attempt(order, "http://127.0.0.1/paid/", now=clock.now())
    facts = SessionFacts(f"cs_{number}", attempt.id.hex, "complete", "paid", price, f"pi_{number}", None)
    thing = Payable(lambda *said: OnPaid.CONFIRM, nothing, nothing, nothing)
    settle(attempt.id, facts, {"thing": thing}, now=clock.now())


def look(app, troubles):
    try:
        with app.app_context():
            issue_missing(now=clock.now())
    except Exception as error:
        troubles.append(error)


def test_two_who_name_somebody_at_once_leave_one_name(practice):
    """The button pressed twice, or she and the coach in the same moment."""
    troubles, order_id = [], uuid4()
    with practice.app_context():
        operations.issue(
            Owed(Kind.RECEIPT, uuid4(), None, order_id, "R", Money(5_00, "EUR"), clock.now()), now=clock.now()
        )
    together([(name_somebody, (practice, order_id, number, troubles)) for number in range(WRITERS)])
    together([(save_again, (practice, troubles)) for _ in range(WRITERS)])
    assert troubles == []
    with practice.app_context():
        assert queries.recipients([order_id])[order_id].party.name.startswith("Someone")
        assert queries.terms() == TERMS


def name_somebody(app, order_id, number, troubles):
    try:
        with app.app_context():
            party = Party(f"Someone {number}", ("Street 1",))
            operations.make_out_to(order_id, party, role="client", by=None, subject=None, now=clock.now())
    except Exception as error:
        troubles.append(error)


def save_again(app, troubles):
    try:
        with app.app_context():
            operations.save_terms(TERMS, now=clock.now())
    except Exception as error:
        troubles.append(error)

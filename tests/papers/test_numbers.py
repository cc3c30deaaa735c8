"""Numbers without a gap, whoever writes at the same moment and whatever is rolled back."""

import threading
from uuid import uuid4

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.money import Money
from coachapp.papers import operations
from coachapp.papers.models import Paper, PaperCounter
from coachapp.papers.rules import Kind, Owed
from coachapp.practice.operations import add_coach, save_practice
from tests.databases import Databases
from tests.papers.terms import TERMS

WRITERS = 8


class ChangedHerMind(Exception):
    """What rolls a transaction back here."""


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request) -> Databases:
    """Both, every day: the database is what this is about."""
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def practice(app):
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
        operations.save_terms(TERMS, now=clock.now())
    return app


def write(app, turns, fails, troubles):
    """Issue papers one after the other; every one at a place of `fails` is taken back after it was numbered."""
    for turn in range(turns):
        owed = Owed(Kind.RECEIPT, uuid4(), None, uuid4(), "R", Money(turn + 1, "EUR"), clock.now())
        try:
            with app.app_context(), db.transaction():
                operations.issue(owed, now=clock.now())
                if turn % 3 == fails:
                    raise ChangedHerMind
        except ChangedHerMind:
            continue
        except Exception as error:
            troubles.append(error)


def test_eight_writers_and_those_who_change_their_mind_leave_no_gap(practice, proof):
    turns, troubles = proof(6, 60), []
    writers = [
        threading.Thread(target=write, args=(practice, turns, number % 3, troubles))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
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

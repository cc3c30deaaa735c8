"""Migrations lead from an empty database to exactly the models, on both databases, and down again."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from coachapp.booking.models import Appointment
from coachapp.db import Base, open_engine
from coachapp.migrations import run
from coachapp.payments.models import StripeEvent

NOW, HOUR = datetime(2026, 11, 24, 9, 0, tzinfo=UTC), timedelta(hours=1)


@pytest.fixture
def engine(empty_url):
    found = open_engine(empty_url)
    yield found
    found.dispose()


def test_from_empty_to_the_models(engine):
    assert not run.is_current(engine)
    run.upgrade(engine, Base.metadata)
    assert run.is_current(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_second_upgrade_changes_nothing(engine):
    run.upgrade(engine, Base.metadata)
    before = shape(engine)
    run.upgrade(engine, Base.metadata)
    assert shape(engine) == before


def test_down_to_empty_and_up_again(engine):
    run.upgrade(engine, Base.metadata)
    before = shape(engine)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        command.downgrade(run._config(connection, Base.metadata), "base")
    assert set(shape(engine)) <= {"alembic_version"}
    run.upgrade(engine, Base.metadata)
    assert shape(engine) == before


def test_several_processes_may_try_at_once(engine):
    troubles = []

    def upgrade():
        try:
            run.upgrade(engine, Base.metadata)
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert run.is_current(engine)


def test_a_time_from_before_there_were_rooms_gets_one(engine):
    run.upgrade(engine, Base.metadata, "0002")
    standing, gone = uuid4(), uuid4()
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(
            sa.text("INSERT INTO coach (id, first_name, full_name, zone) VALUES (1, 'N', 'N', 'UTC')")
        )
        for each, state in ((standing, "confirmed"), (gone, "cancelled")):
            old = {"id": each, "coach_id": 1, "state": state, "before_min": 0, "after_min": 0, "sequence": 0}
            times = dict.fromkeys(("starts_at", "changed_at", "created_at"), NOW) | {"ends_at": NOW + HOUR}
            connection.execute(sa.insert(_as_then()).values(**old, **times, way="video"))
    run.upgrade(engine, Base.metadata)
    with engine.connect() as connection:
        rows = connection.execute(sa.select(Appointment.id, Appointment.room_key))
        found = {row.id: row.room_key for row in rows}
    assert len(found[standing]) == 24 and found[gone] is None


def test_coaches_from_before_there_were_several_get_short_names_and_the_practices_words(engine):
    run.upgrade(engine, Base.metadata, "0003")
    page = {"headline": "A calm hour", "meet_phone": "I call you.", "meet_person": ""}
    coach, practice = (
        sa.table(name, *(sa.column(each.name, each.type) for each in Base.metadata.tables[name].columns))
        for name in ("coach", "practice")
    )
    names = dict.fromkeys(("name", "neutral_name", "mail_subject", "statement_text", "exit_to"), "Harbour")
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for number in (1, 2, 3):
            known = {"id": number, "first_name": "N", "full_name": "N", "zone": "UTC"}
            connection.execute(sa.insert(coach).values(**known))
        connection.execute(sa.insert(practice).values(id=1, currency="EUR", page=page, **names))
    run.upgrade(engine, Base.metadata)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        rows = connection.execute(sa.select(coach.c.short_id, coach.c.meet_phone, coach.c.meet_person)).all()
        assert len({row.short_id for row in rows}) == 3 and all(len(row.short_id) == 6 for row in rows)
        assert {tuple(row[1:]) for row in rows} == {("I call you.", None)}
        assert connection.scalar(sa.select(practice.c.page)) == {"headline": "A calm hour", "meet_person": ""}
        command.downgrade(run._config(connection, Base.metadata), "0003")
        assert connection.scalar(sa.select(practice.c.page)) == page


def _as_then():
    """The table by its names: the model's own insert would fill columns that did not exist yet."""
    return sa.table(
        "appointment", *(sa.column(each.name, each.type) for each in Appointment.__table__.columns)
    )


def shape(engine):
    look = sa.inspect(engine)
    return {
        name: sorted(column["name"] for column in look.get_columns(name)) for name in look.get_table_names()
    }


def test_card_payments_and_their_refunds_survive_that_there_are_other_ways(engine):
    """SQLite makes the table of payments anew while refunds point at it."""
    run.upgrade(engine, Base.metadata, "0007")
    ids = {name: uuid4() for name in ("client", "purchase_order", "payment_attempt", "payment", "refund")}
    rows = old_payment(ids)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for table, facts in rows:
            types = Base.metadata.tables[table].c
            known = sa.table(table, *(sa.column(name, types[name].type) for name in facts))
            connection.execute(known.insert().values(**facts))
        before = connection.execute(sa.text("SELECT id, payment_id, state, created_at FROM refund")).all()
    run.upgrade(engine, Base.metadata)
    with engine.connect() as connection:
        assert (
            connection.execute(sa.text("SELECT id, payment_id, state, created_at FROM refund")).all()
            == before
        )
        assert connection.execute(sa.text("SELECT method, amount_minor, turn FROM payment")).all() == [
            ("card", 95_00, None)
        ]


def test_what_was_told_of_disputes_is_worked_once_more_for_its_row(engine):
    run.upgrade(engine, Base.metadata, "0014")
    events = [
        ("a", "charge.dispute.created", "done"),
        ("b", "charge.dispute.closed", "received"),
        ("c", "refund.created", "done"),
    ]
    known = sa.table(
        "stripe_event", *(sa.column(each.name, each.type) for each in StripeEvent.__table__.columns)
    )
    states = sa.select(known.c.state).order_by(known.c.id)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for name, kind, state in events:
            row = {"id": name, "type": kind, "object_id": "du", "state": state, "tries": 0}
            connection.execute(sa.insert(known).values(**row, received_at=NOW, not_before=NOW))
    run.upgrade(engine, Base.metadata)
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        assert connection.scalars(states).all() == ["told", "received", "done"]
        command.downgrade(run._config(connection, Base.metadata), "0014")
        assert connection.scalars(states).all() == ["done", "received", "done"]


def old_payment(ids):
    """A card payment and its refund, as they were before."""
    order = {"order_id": ids["purchase_order"], "amount_minor": 95_00, "currency": "EUR"}
    return (
        ("coach", {"id": 1, "first_name": "N", "full_name": "N", "zone": "UTC", "short_id": "abc"}),
        (
            "client",
            {
                "id": ids["client"],
                "coach_id": 1,
                "ref": "C-1",
                "files": 0,
                "zone": "UTC",
                "state": "active",
                "created_at": NOW,
            },
        ),
        (
            "purchase_order",
            {
                "id": ids["purchase_order"],
                "ref": "R",
                "client_id": ids["client"],
                "payable_kind": "appointment",
            }
            | {"payable_id": uuid4(), "amount_minor": 95_00, "currency": "EUR", "created_at": NOW},
        ),
        (
            "payment_attempt",
            order
            | {"id": ids["payment_attempt"], "number": 1, "expires_at": NOW, "return_url_sealed": b"x"}
            | {"token_hash": b"x", "state": "paid", "created_at": NOW},
        ),
        (
            "payment",
            order
            | {
                "id": ids["payment"],
                "attempt_id": ids["payment_attempt"],
                "intent_id": "pi_1",
                "received_at": NOW,
            },
        ),
        (
            "refund",
            order
            | {
                "id": ids["refund"],
                "payment_id": ids["payment"],
                "reason": "x",
                "state": "failed",
                "created_at": NOW,
            },
        ),
    )

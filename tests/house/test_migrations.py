"""Migrations lead from an empty database to exactly the models, on both databases, and down again."""

import threading

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from coachapp.db import Base, open_engine
from coachapp.migrations import run


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


def shape(engine):
    look = sa.inspect(engine)
    return {
        name: sorted(column["name"] for column in look.get_columns(name)) for name in look.get_table_names()
    }

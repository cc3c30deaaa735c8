"""The database itself refuses two appointments of one coach at the same time."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from coachapp.booking.models import Appointment
from coachapp.db import open_engine
from coachapp.practice.models import Coach

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OCCUPYING = ("held", "confirmed", "blocked")


@pytest.fixture
def engine(urls):
    found = open_engine(urls.database)
    with found.begin() as connection:
        for name in ("Nora", "Ines"):
            connection.execute(sa.insert(Coach).values(first_name=name, full_name=name, zone="Europe/Madrid"))
    yield found
    found.dispose()


def insert(engine, state="held", *, coach=1, after=0, minutes=60, row_id=None):
    start = NINE + timedelta(minutes=after)
    row = {
        "id": row_id or uuid.uuid4(),
        "coach_id": coach,
        "state": state,
        "starts_at": start,
        "ends_at": start + timedelta(minutes=minutes),
        "before_min": 0,
        "after_min": 0,
        "way": "video",
        "sequence": 0,
        "created_at": NINE,
        "changed_at": NINE,
    }
    with engine.begin() as connection:
        connection.execute(sa.insert(Appointment).values(row))
    return row["id"]


def test_the_guard_is_there_after_upgrade(engine):
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            found = connection.scalars(sa.text("SELECT conname FROM pg_constraint WHERE contype = 'x'")).all()
            assert found == ["no_overlap"]
        else:
            guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'no_overlap%'"
            found = connection.scalars(sa.text(guards)).all()
            assert sorted(found) == ["no_overlap_insert", "no_overlap_update"]


@pytest.mark.parametrize("first", OCCUPYING)
@pytest.mark.parametrize("second", OCCUPYING)
def test_overlapping_times_are_refused(engine, first, second):
    insert(engine, first)
    for after, minutes in ((0, 60), (59, 60), (-59, 60), (10, 20), (-10, 90)):
        with pytest.raises(IntegrityError):
            insert(engine, second, after=after, minutes=minutes)


def test_touching_times_and_other_coaches_are_fine(engine):
    insert(engine)
    insert(engine, after=60)
    insert(engine, after=-60)
    insert(engine, coach=2)


@pytest.mark.parametrize("state", ["released", "cancelled"])
def test_a_time_let_go_is_free_again(engine, state):
    insert(engine, state)
    insert(engine)


def test_moving_or_taking_up_again_is_refused_too(engine):
    insert(engine)
    later, gone = insert(engine, after=60), insert(engine, "released")
    for row, change in ((later, {"starts_at": NINE}), (gone, {"state": "held"})):
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(sa.update(Appointment).where(Appointment.id == row).values(change))


def test_an_appointment_is_not_in_its_own_way(engine):
    row = insert(engine)
    with engine.begin() as connection:
        connection.execute(
            sa.update(Appointment).where(Appointment.id == row).values(starts_at=NINE + timedelta(minutes=5))
        )

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


def insert(engine, state="held", *, coach=1, after=0, minutes=60, row_id=None, **more):
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
        **more,
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
            found = connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            guards = ("no_overlap", "seat_on_its_date")
            assert {f"{each}_{event}" for each in guards for event in ("insert", "update")} <= {*found}


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


def group(engine, seats=3, **more):
    return insert(engine, "confirmed", seats=seats, **more)


@pytest.mark.parametrize("state", OCCUPYING)
def test_a_group_date_keeps_its_time_like_any_other(engine, state):
    group(engine)
    with pytest.raises(IntegrityError):
        insert(engine, state, after=30)
    insert(engine, state, after=60)
    with pytest.raises(IntegrityError):
        group(engine, after=90)


def test_seats_lie_over_their_date_and_over_each_other(engine):
    date = group(engine)
    for number in (1, 2, 3):
        insert(engine, "confirmed", seat_of=date, seat=number)


@pytest.mark.parametrize("state", ["requested", *OCCUPYING])
def test_one_seat_is_one_persons(engine, state):
    date = group(engine)
    insert(engine, state, seat_of=date, seat=1)
    with pytest.raises(IntegrityError):
        insert(engine, "held", seat_of=date, seat=1)


@pytest.mark.parametrize("state", ["released", "cancelled"])
def test_a_seat_let_go_is_free_again_and_is_not_taken_back_from_another(engine, state):
    date = group(engine)
    gone = insert(engine, state, seat_of=date, seat=1)
    insert(engine, "held", seat_of=date, seat=1)
    with pytest.raises(IntegrityError):
        change(engine, gone, state="held")


@pytest.mark.parametrize(
    "wrong",
    [
        {"after": 1},
        {"minutes": 59},
        {"coach": 2},
        {"seat": 0},
        {"seat": 4},
        {"seat_of": uuid.uuid4()},
    ],
)
def test_no_seat_is_anywhere_but_in_its_date(engine, wrong):
    """Otherwise what may overlap could stand over someone's time."""
    date = group(engine)
    with pytest.raises(IntegrityError):
        insert(engine, **{"state": "held", "seat_of": date, "seat": 1, **wrong})
    insert(engine, **{"state": "released", "seat_of": date, "seat": 1, **wrong})


def test_nobody_sits_down_in_a_date_that_fell(engine):
    date = group(engine)
    gone = insert(engine, "released", seat_of=date, seat=1)
    change(engine, date, state="cancelled")
    with pytest.raises(IntegrityError):
        insert(engine, "held", seat_of=date, seat=2)
    with pytest.raises(IntegrityError):
        change(engine, gone, state="held")


def test_a_seat_does_not_leave_its_date_and_a_time_does_not_slip_into_one(engine):
    date = group(engine)
    seat, time = insert(engine, "held", seat_of=date, seat=1), insert(engine, after=60)
    for row, values in (
        (seat, {"starts_at": NINE + timedelta(minutes=5)}),
        (seat, {"seat_of": None, "seat": None}),
        (time, {"seat_of": date, "seat": 2}),
    ):
        with pytest.raises(IntegrityError):
            change(engine, row, **values)


def test_a_date_moves_before_its_seats(engine):
    date = group(engine)
    seat = insert(engine, "held", seat_of=date, seat=1)
    later = {"starts_at": NINE + timedelta(hours=2), "ends_at": NINE + timedelta(hours=3)}
    change(engine, date, **later)
    change(engine, seat, **later)
    insert(engine)


def change(engine, row, **values):
    with engine.begin() as connection:
        connection.execute(sa.update(Appointment).where(Appointment.id == row).values(values))

"""Groups: dates with seats. Each seat is an appointment of its own, at the very time of its date, and one person's.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OCCUPYING = "('requested', 'held', 'confirmed', 'blocked')"
_EVERY_TIME, _BUT_SEATS = "", " AND seat_of IS NULL"

_POSTGRESQL = """
ALTER TABLE appointment ADD CONSTRAINT no_overlap EXCLUDE USING gist (
    int4range(coach_id, coach_id, '[]') WITH &&,
    tstzrange(starts_at, ends_at, '[)') WITH &&
) WHERE (state IN {occupying}{besides})
"""
_SQLITE = """
CREATE TRIGGER no_overlap_{event} BEFORE {when} ON appointment
WHEN NEW.state IN {occupying}{new} AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.coach_id = NEW.coach_id AND other.id <> NEW.id AND other.state IN {occupying}{other}
      AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at
)
BEGIN SELECT RAISE(ABORT, 'no_overlap'); END
"""
_INSERT = ("insert", "INSERT")
_TIMES = ("update", "UPDATE OF state, coach_id, starts_at, ends_at")
_TIMES_AND_SEAT = ("update", "UPDATE OF state, coach_id, starts_at, ends_at, seat_of, seat")

# What may overlap is held to its date: otherwise a seat could stand over somebody else's time.
_ON_ITS_DATE = """EXISTS (
    SELECT 1 FROM appointment AS its
    WHERE its.id = NEW.seat_of AND its.state = 'confirmed' AND its.coach_id = NEW.coach_id
      AND its.starts_at = NEW.starts_at AND its.ends_at = NEW.ends_at AND NEW.seat BETWEEN 1 AND its.seats
)"""
_SQLITE_ON_ITS_DATE = """
CREATE TRIGGER seat_on_its_date_{event} BEFORE {when} ON appointment
WHEN NEW.seat_of IS NOT NULL AND NEW.state IN {occupying} AND NOT {on_its_date}
BEGIN SELECT RAISE(ABORT, 'seat_on_its_date'); END
"""
_POSTGRESQL_ON_ITS_DATE = """
CREATE FUNCTION seat_on_its_date() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seat_of IS NOT NULL AND NEW.state IN {occupying} AND NOT {on_its_date} THEN
        RAISE EXCEPTION 'seat_on_its_date' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
_POSTGRESQL_TRIGGER = """
CREATE TRIGGER seat_on_its_date BEFORE INSERT OR {when} ON appointment
FOR EACH ROW EXECUTE FUNCTION seat_on_its_date()
"""


def upgrade() -> None:
    op.add_column("offering", sa.Column("seats", sa.Integer()))
    op.add_column("appointment", sa.Column("seats", sa.Integer()))
    op.add_column("appointment", sa.Column("seat_of", sa.Uuid()))
    op.add_column("appointment", sa.Column("seat", sa.Integer()))
    op.create_index("ix_appointment_seat_of", "appointment", ["seat_of"])
    taken = sa.text(f"seat_of IS NOT NULL AND state IN {_OCCUPYING}")
    op.create_index(
        "uq_appointment_seat",
        "appointment",
        ["seat_of", "seat"],
        unique=True,
        sqlite_where=taken,
        postgresql_where=taken,
    )
    _guard_overlap(_BUT_SEATS, _TIMES_AND_SEAT)
    _guard_seats()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER seat_on_its_date ON appointment")
        op.execute("DROP FUNCTION seat_on_its_date()")
    else:
        for event, _when in (_INSERT, _TIMES_AND_SEAT):
            op.execute(f"DROP TRIGGER seat_on_its_date_{event}")
    # Without groups a seat could only stand over its date: what was booked for one is gone with it.
    op.execute(
        "DELETE FROM place WHERE appointment_id IN (SELECT id FROM appointment WHERE seat_of IS NOT NULL)"
    )
    op.execute("DELETE FROM appointment WHERE seat_of IS NOT NULL OR seats IS NOT NULL")
    _guard_overlap(_EVERY_TIME, _TIMES)
    op.drop_index("uq_appointment_seat", "appointment")
    op.drop_index("ix_appointment_seat_of", "appointment")
    for table, column in (
        ("appointment", "seat"),
        ("appointment", "seat_of"),
        ("appointment", "seats"),
        ("offering", "seats"),
    ):
        op.drop_column(table, column)


def _guard_overlap(besides: str, update: tuple[str, str]) -> None:
    """The database's own refusal of overlapping times, with what it passes over in place of the former one."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE appointment DROP CONSTRAINT no_overlap")
        op.execute(_POSTGRESQL.format(occupying=_OCCUPYING, besides=besides))
        return
    new, other = (besides.replace("seat_of", f"{row}.seat_of") for row in ("NEW", "other"))
    for event, when in (_INSERT, update):
        op.execute(f"DROP TRIGGER no_overlap_{event}")
        op.execute(_SQLITE.format(event=event, when=when, occupying=_OCCUPYING, new=new, other=other))


def _guard_seats() -> None:
    """And its refusal of a seat anywhere but at the time of a date that stands, or beyond its number of seats."""
    words = {"occupying": _OCCUPYING, "on_its_date": _ON_ITS_DATE}
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL_ON_ITS_DATE.format(**words))
        op.execute(_POSTGRESQL_TRIGGER.format(when=_TIMES_AND_SEAT[1]))
        return
    for event, when in (_INSERT, _TIMES_AND_SEAT):
        op.execute(_SQLITE_ON_ITS_DATE.format(event=event, when=when, **words))

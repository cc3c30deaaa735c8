"""The waiting list: who waits for which times, what came free meanwhile, what was offered from it.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)
_OCCUPYING = "('requested', 'held', 'confirmed', 'blocked')"

# A time is given up in many ways; each of them is an update of this table, so it is noted here, once for all.
# Only while someone waits who asked when it was taken: nobody else is ever told of it.
_GAVE_UP = f"""
OLD.state IN {_OCCUPYING} AND (
    NEW.state NOT IN {_OCCUPYING} OR NEW.starts_at <> OLD.starts_at OR NEW.ends_at <> OLD.ends_at
)
"""
_NOTE = """
INSERT INTO freed_time (coach_id, starts_at, ends_at, taken_at, freed_at)
SELECT OLD.coach_id, OLD.starts_at, OLD.ends_at, OLD.created_at, NEW.changed_at
WHERE EXISTS (SELECT 1 FROM wait WHERE wait.coach_id = OLD.coach_id AND wait.since >= OLD.created_at)
"""
_EVENT = "AFTER UPDATE OF state, starts_at, ends_at ON appointment"


def upgrade() -> None:
    op.add_column("practice", sa.Column("turn_hours", sa.Integer()))
    op.add_column("place", sa.Column("wait_id", sa.Uuid()))
    op.create_index("ix_place_wait_id", "place", ["wait_id"])
    _make_tables()
    _watch()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER note_freed_time ON appointment")
        op.execute("DROP FUNCTION note_freed_time()")
    else:
        op.execute("DROP TRIGGER note_freed_time")
    op.drop_table("freed_time")
    op.drop_table("wait")
    op.drop_index("ix_place_wait_id", "place")
    op.drop_column("place", "wait_id")
    op.drop_column("practice", "turn_hours")


def _watch() -> None:
    """The database's own note of each time that is given up."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION note_freed_time() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {_NOTE}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER note_freed_time {_EVENT} FOR EACH ROW WHEN ({_GAVE_UP}) "
            "EXECUTE FUNCTION note_freed_time()"
        )
    else:
        op.execute(f"CREATE TRIGGER note_freed_time {_EVENT} WHEN {_GAVE_UP} BEGIN {_NOTE}; END")


def _make_tables() -> None:
    op.create_table(
        "wait",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("code_hash", sa.LargeBinary()),
        sa.Column("code_sealed", sa.LargeBinary()),
        sa.Column("road_hash", sa.LargeBinary()),
        sa.Column("typed_sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_wait"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="fk_wait_coach_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_wait_offering_id"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_wait_client_id"),
        sa.UniqueConstraint("client_id", "offering_id", name="uq_wait_client_id_offering_id"),
        sa.UniqueConstraint("code_hash", name="uq_wait_code_hash"),
        sa.UniqueConstraint("road_hash", name="uq_wait_road_hash"),
    )
    op.create_index("ix_wait_coach_since", "wait", ["coach_id", "since"])
    op.create_table(
        "freed_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("taken_at", _TIME, nullable=False),
        sa.Column("freed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_freed_time"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="fk_freed_time_coach_id"),
    )
    op.create_index("ix_freed_time_coach_time", "freed_time", ["coach_id", "starts_at"])

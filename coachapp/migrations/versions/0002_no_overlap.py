"""No two appointments of one coach may overlap: the database itself refuses.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# States in which a time belongs to its appointment (coachapp.booking.rules.OCCUPYING).
_OCCUPYING = "('held', 'confirmed', 'blocked')"

_POSTGRESQL = f"""
ALTER TABLE appointment ADD CONSTRAINT no_overlap EXCLUDE USING gist (
    int4range(coach_id, coach_id, '[]') WITH &&,
    tstzrange(starts_at, ends_at, '[)') WITH &&
) WHERE (state IN {_OCCUPYING})
"""

_SQLITE = """
CREATE TRIGGER no_overlap_{event} BEFORE {when} ON appointment
WHEN NEW.state IN {occupying} AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.coach_id = NEW.coach_id AND other.id <> NEW.id AND other.state IN {occupying}
      AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at
)
BEGIN SELECT RAISE(ABORT, 'no_overlap'); END
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL)
        return
    for event, when in (("insert", "INSERT"), ("update", "UPDATE OF state, coach_id, starts_at, ends_at")):
        op.execute(_SQLITE.format(event=event, when=when, occupying=_OCCUPYING))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE appointment DROP CONSTRAINT no_overlap")
        return
    for event in ("insert", "update"):
        op.execute(f"DROP TRIGGER no_overlap_{event}")

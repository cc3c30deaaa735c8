"""Prices that are paid in parts: what a coach allows, the later parts of a price, what was decided about one.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)
_ONE_WAY = (
    "(percent IS NOT NULL AND deposit_minor IS NULL AND times IS NULL)"
    " OR (percent IS NULL AND deposit_minor IS NOT NULL AND times IS NULL)"
    " OR (percent IS NULL AND deposit_minor IS NULL AND times IS NOT NULL)"
)
_KIND = "kind = 'moved' AND due_on IS NOT NULL OR kind = 'let go' AND due_on IS NULL"

# What was agreed, and what was decided about it, is never altered; nothing follows once a part is let go.
_LET_GO = (
    "EXISTS (SELECT 1 FROM part_entry WHERE part_entry.part_id = NEW.part_id AND part_entry.kind = 'let go')"
)
_GUARDS = (
    ("part_stays", "UPDATE ON part", "1 = 1"),
    ("part_entry_stays", "UPDATE ON part_entry", "1 = 1"),
    ("part_let_go_is_last", "INSERT ON part_entry", _LET_GO),
)


def upgrade() -> None:
    op.create_table(
        "offering_parts",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("percent", sa.Integer()),
        sa.Column("deposit_minor", sa.Integer()),
        sa.Column("rest_days", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer()),
        sa.PrimaryKeyConstraint("offering_id", name="pk_offering_parts"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_offering_parts_offering_id"),
        sa.CheckConstraint(_ONE_WAY, name=op.f("ck_offering_parts_one_way")),
    )
    op.create_table(
        "part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_part"),
        sa.ForeignKeyConstraint(["attempt_id"], ["payment_attempt.id"], name="fk_part_attempt_id"),
    )
    op.create_index("uq_part_attempt_number", "part", ["attempt_id", "number"], unique=True)
    op.create_table(
        "part_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_part_entry"),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], name="fk_part_entry_part_id"),
        sa.CheckConstraint(_KIND, name=op.f("ck_part_entry_kind")),
    )
    op.create_index("uq_part_entry_turn", "part_entry", ["part_id", "turn"], unique=True)
    for name, when, forbidden in _GUARDS:
        for statement in _guard(name, when, forbidden):
            op.execute(statement)


def downgrade() -> None:
    for name, when, _forbidden in _GUARDS:
        if _is_postgresql():
            op.execute(f"DROP TRIGGER {name} ON {when.rpartition(' ')[2]}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    op.drop_table("part_entry")
    op.drop_table("part")
    op.drop_table("offering_parts")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _guard(name: str, when: str, forbidden: str) -> tuple[str, ...]:
    """A trigger that refuses a row, as each database says it."""
    if not _is_postgresql():
        return (
            f"CREATE TRIGGER {name} BEFORE {when} WHEN {forbidden} BEGIN SELECT RAISE(ABORT, '{name}'); END",
        )
    return (
        f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {forbidden} THEN
        RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
        f"CREATE TRIGGER {name} BEFORE {when} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )

"""Prices that are lower: codes and their uses, and an introductory price with its dates.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)
_ROADS = ("place", "purchase")

# How often a code counts as used: an attempt that has ended gives its use back by that alone.
_USES = """
    (SELECT count(*) FROM coupon_use AS earlier LEFT JOIN payment_attempt ON payment_attempt.id = earlier.attempt_id
     WHERE earlier.coupon_id = NEW.coupon_id {also}
       AND (earlier.attempt_id IS NULL OR payment_attempt.state NOT IN ('expired', 'failed')))
"""
_IS_LEFT = f"""
    EXISTS (SELECT 1 FROM coupon WHERE coupon.id = NEW.coupon_id
      AND (coupon.most IS NULL OR coupon.most > {_USES.format(also="")})
      AND (coupon.most_each IS NULL
        OR coupon.most_each > {_USES.format(also="AND earlier.client_id = NEW.client_id")}))
"""

_POSTGRESQL = (
    # Two who take the last one: the second waits for the code's row, and counts anew.
    f"""
CREATE FUNCTION coupon_use_is_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM coupon WHERE coupon.id = NEW.coupon_id FOR NO KEY UPDATE;
    IF NOT ({_IS_LEFT}) THEN
        RAISE EXCEPTION 'coupon_use_is_left' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER coupon_use_is_left BEFORE INSERT ON coupon_use FOR EACH ROW EXECUTE FUNCTION coupon_use_is_left()",
    """
CREATE FUNCTION coupon_use_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'coupon_use_stays' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    "CREATE TRIGGER coupon_use_stays BEFORE UPDATE ON coupon_use FOR EACH ROW EXECUTE FUNCTION coupon_use_stays()",
)

_SQLITE = (
    f"""
CREATE TRIGGER coupon_use_is_left BEFORE INSERT ON coupon_use WHEN NOT ({_IS_LEFT})
BEGIN SELECT RAISE(ABORT, 'coupon_use_is_left'); END
""",
    "CREATE TRIGGER coupon_use_stays BEFORE UPDATE ON coupon_use BEGIN SELECT RAISE(ABORT, 'coupon_use_stays'); END",
)


def upgrade() -> None:
    op.add_column("offering", sa.Column("intro_minor", sa.Integer()))
    op.add_column("offering", sa.Column("intro_from", sa.Date()))
    op.add_column("offering", sa.Column("intro_until", sa.Date()))
    for table in _ROADS:
        op.add_column(table, sa.Column("regular_minor", sa.Integer()))
        op.add_column(table, sa.Column("intro_minor", sa.Integer()))
        op.add_column(table, sa.Column("coupon_id", sa.Uuid()))
        op.add_column(table, sa.Column("intro_mark", sa.LargeBinary()))
        op.create_index(f"ix_{table}_intro_mark", table, ["intro_mark"])
    _make_coupon()
    _make_uses()
    for statement in _POSTGRESQL if _is_postgresql() else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for table in ("coupon_use", "coupon_offering", "coupon"):
        op.drop_table(table)
    if _is_postgresql():
        op.execute("DROP FUNCTION coupon_use_is_left()")
        op.execute("DROP FUNCTION coupon_use_stays()")
    for table in _ROADS:
        op.drop_index(f"ix_{table}_intro_mark", table)
        for column in ("intro_mark", "coupon_id", "intro_minor", "regular_minor"):
            op.drop_column(table, column)
    for column in ("intro_until", "intro_from", "intro_minor"):
        op.drop_column("offering", column)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _make_coupon() -> None:
    op.create_table(
        "coupon",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("code_key", sa.String(200), nullable=False),
        sa.Column("percent", sa.Integer()),
        sa.Column("off_minor", sa.Integer()),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("first_day", sa.Date()),
        sa.Column("last_day", sa.Date()),
        sa.Column("most", sa.Integer()),
        sa.Column("most_each", sa.Integer()),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("rests_since", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_coupon"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="fk_coupon_coach_id"),
    )
    op.create_index("uq_coupon_coach_key", "coupon", ["coach_id", "code_key"], unique=True)
    op.create_table(
        "coupon_offering",
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("coupon_id", "offering_id", name="pk_coupon_offering"),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name="fk_coupon_offering_coupon_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_coupon_offering_offering_id"),
    )


def _make_uses() -> None:
    op.create_table(
        "coupon_use",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("payable_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid()),
        sa.Column("full_minor", sa.Integer(), nullable=False),
        sa.Column("left_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("taken_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coupon_use"),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name="fk_coupon_use_coupon_id"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_coupon_use_client_id"),
        sa.ForeignKeyConstraint(["attempt_id"], ["payment_attempt.id"], name="fk_coupon_use_attempt_id"),
        sa.UniqueConstraint("attempt_id", name="uq_coupon_use_attempt_id"),
    )
    op.create_index("ix_coupon_use_coupon_id", "coupon_use", ["coupon_id"])
    op.create_index("ix_coupon_use_client_id", "coupon_use", ["client_id"])
    free = sa.text("attempt_id IS NULL")
    op.create_index(
        "uq_coupon_use_free",
        "coupon_use",
        ["payable_id"],
        unique=True,
        sqlite_where=free,
        postgresql_where=free,
    )

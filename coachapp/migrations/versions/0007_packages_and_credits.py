"""Packages and their sessions: a ledger that is only added to, and the road on which a package is bought.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)

# What may follow what, as in coachapp.payments.credit_rules; entries with the number 0 are about the whole.
_FOLLOWS = """
    NEW.turn = 1 AND NEW.kind = 'granted' OR EXISTS (
        SELECT 1 FROM credit_entry AS former
        WHERE former.package_id = NEW.package_id AND former.number = NEW.number AND former.turn = NEW.turn - 1
          AND (NEW.number = 0
            OR NEW.kind IN ('used', 'taken back', 'expired') AND former.kind IN ('granted', 'given back')
            OR NEW.kind = 'kept' AND former.kind = 'used'
            OR NEW.kind = 'given back' AND former.kind IN ('used', 'kept')))
"""

_POSTGRESQL = (
    f"""
CREATE FUNCTION credit_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ({_FOLLOWS}) THEN
        RAISE EXCEPTION 'credit_entry_follows' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER credit_entry_follows BEFORE INSERT ON credit_entry FOR EACH ROW EXECUTE FUNCTION credit_entry_follows()",
    """
CREATE FUNCTION credit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'credit_entry_stays' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    "CREATE TRIGGER credit_entry_stays BEFORE UPDATE ON credit_entry FOR EACH ROW EXECUTE FUNCTION credit_entry_stays()",
)

_SQLITE = (
    f"""
CREATE TRIGGER credit_entry_follows BEFORE INSERT ON credit_entry WHEN NOT ({_FOLLOWS})
BEGIN SELECT RAISE(ABORT, 'credit_entry_follows'); END
""",
    "CREATE TRIGGER credit_entry_stays BEFORE UPDATE ON credit_entry BEGIN SELECT RAISE(ABORT, 'credit_entry_stays'); END",
)


def upgrade() -> None:
    op.add_column("offering", sa.Column("pays_for_id", sa.Uuid()))
    op.add_column("offering", sa.Column("valid_months", sa.Integer(), nullable=False, server_default="12"))
    op.add_column("place", sa.Column("buys_id", sa.Uuid()))
    _make_package()
    _make_entries()
    _make_purchase()
    for statement in _POSTGRESQL if _is_postgresql() else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for table in ("purchase", "credit_entry", "package"):
        op.drop_table(table)
    if _is_postgresql():
        op.execute("DROP FUNCTION credit_entry_follows()")
        op.execute("DROP FUNCTION credit_entry_stays()")
    op.drop_column("place", "buys_id")
    op.drop_column("offering", "valid_months")
    op.drop_column("offering", "pays_for_id")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _make_package() -> None:
    op.create_table(
        "package",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid()),
        sa.Column("pays_for_id", sa.Uuid(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("single_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("place_id", sa.Uuid()),
        sa.Column("word_sealed", sa.LargeBinary()),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_package"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_package_client_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_package_offering_id"),
        sa.ForeignKeyConstraint(["pays_for_id"], ["offering.id"], name="fk_package_pays_for_id"),
        sa.UniqueConstraint("place_id", name="uq_package_place_id"),
    )
    op.create_index("ix_package_client_id", "package", ["client_id"])


def _make_entries() -> None:
    op.create_table(
        "credit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("place_id", sa.Uuid()),
        sa.Column("until", _TIME),
        sa.Column("way", sa.String(12)),
        sa.PrimaryKeyConstraint("id", name="pk_credit_entry"),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name="fk_credit_entry_package_id"),
    )
    op.create_index("uq_credit_entry_turn", "credit_entry", ["package_id", "number", "turn"], unique=True)
    used = sa.text("kind = 'used'")
    op.create_index(
        "uq_credit_entry_place",
        "credit_entry",
        ["place_id"],
        unique=True,
        sqlite_where=used,
        postgresql_where=used,
    )


def _make_purchase() -> None:
    op.create_table(
        "purchase",
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("road_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary()),
        sa.Column("code_sealed", sa.LargeBinary()),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("package_id", name="pk_purchase"),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name="fk_purchase_package_id"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_purchase_client_id"),
        sa.UniqueConstraint("road_hash", name="uq_purchase_road_hash"),
        sa.UniqueConstraint("code_hash", name="uq_purchase_code_hash"),
    )
    op.create_index("ix_purchase_client_id", "purchase", ["client_id"])

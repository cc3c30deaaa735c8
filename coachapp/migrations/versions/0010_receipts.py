"""Receipts and credit notes: numbered without gaps for each year, and never altered.

Revision ID: 0010
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)

_FOLLOWS = """
    NEW.number = 1 OR EXISTS (
        SELECT 1 FROM paper AS former WHERE former.year = NEW.year AND former.number = NEW.number - 1)
"""

_POSTGRESQL = (
    f"""
CREATE FUNCTION paper_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT ({_FOLLOWS}) THEN
        RAISE EXCEPTION 'paper_follows' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER paper_follows BEFORE INSERT ON paper FOR EACH ROW EXECUTE FUNCTION paper_follows()",
    """
CREATE FUNCTION paper_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'paper_stays' USING ERRCODE = 'integrity_constraint_violation';
END $$
""",
    "CREATE TRIGGER paper_stays BEFORE UPDATE OR DELETE ON paper FOR EACH ROW EXECUTE FUNCTION paper_stays()",
    "CREATE TRIGGER paper_counter_stays BEFORE DELETE ON paper_counter FOR EACH ROW EXECUTE FUNCTION paper_stays()",
    """
CREATE TRIGGER paper_counter_grows BEFORE UPDATE ON paper_counter FOR EACH ROW
WHEN (NEW.year <> OLD.year OR NEW.last < OLD.last) EXECUTE FUNCTION paper_stays()
""",
)

_SQLITE = (
    f"""
CREATE TRIGGER paper_follows BEFORE INSERT ON paper WHEN NOT ({_FOLLOWS})
BEGIN SELECT RAISE(ABORT, 'paper_follows'); END
""",
    "CREATE TRIGGER paper_stays BEFORE UPDATE ON paper BEGIN SELECT RAISE(ABORT, 'paper_stays'); END",
    "CREATE TRIGGER paper_is_kept BEFORE DELETE ON paper BEGIN SELECT RAISE(ABORT, 'paper_stays'); END",
    "CREATE TRIGGER paper_counter_stays BEFORE DELETE ON paper_counter BEGIN SELECT RAISE(ABORT, 'paper_stays'); END",
    """
CREATE TRIGGER paper_counter_grows BEFORE UPDATE ON paper_counter
WHEN NEW.year <> OLD.year OR NEW.last < OLD.last BEGIN SELECT RAISE(ABORT, 'paper_stays'); END
""",
)


def upgrade() -> None:
    _make_settings()
    _make_papers()
    for statement in _POSTGRESQL if _is_postgresql() else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for table in ("paper_recipient", "paper", "paper_counter", "paper_settings"):
        op.drop_table(table)
    if _is_postgresql():
        op.execute("DROP FUNCTION paper_follows()")
        op.execute("DROP FUNCTION paper_stays()")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _make_settings() -> None:
    op.create_table(
        "paper_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("country", sa.String(5), nullable=False),
        sa.Column("prefix", sa.String(10), nullable=False),
        sa.Column("issuer_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("tax_word", sa.String(20), nullable=False),
        sa.Column("tax_rate", sa.Integer()),
        sa.Column("clause", sa.String(300), nullable=False),
        sa.Column("details_above", sa.Integer()),
        sa.Column("asks_early", sa.Boolean(), nullable=False),
        sa.Column("saved_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper_settings"),
    )
    op.create_table(
        "paper_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_paper_counter"),
    )


def _make_papers() -> None:
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(10), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("issued_at", _TIME, nullable=False),
        sa.Column("moved_at", _TIME, nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid()),
        sa.Column("ref", sa.String(20), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("tax_word", sa.String(20), nullable=False),
        sa.Column("tax_rate", sa.Integer()),
        sa.Column("tax_minor", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(300), nullable=False),
        sa.Column("issuer_sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_paper"),
        sa.ForeignKeyConstraint(["corrects_id"], ["paper.id"], name="fk_paper_corrects_id"),
        sa.UniqueConstraint("year", "number", name="uq_paper_year_number"),
        sa.UniqueConstraint("kind", "about_id", name="uq_paper_kind_about_id"),
    )
    op.create_index("ix_paper_order_id", "paper", ["order_id"])
    op.create_index("ix_paper_corrects_id", "paper", ["corrects_id"])
    op.create_table(
        "paper_recipient",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_paper_recipient"),
    )

"""Disputes are rows of the ledger; until when Stripe was asked for news.

What was told of disputes before is worked once more, for their rows alone: Stripe knows the payment and the amount.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)

# A dispute is of a payment by card, and of that payment's order. What is written down is never altered.
_OTHERS = (
    "NOT EXISTS (SELECT 1 FROM payment WHERE payment.id = NEW.payment_id"
    " AND payment.order_id = NEW.order_id AND payment.method = 'card')"
)
_GUARDS = (
    ("dispute_of_a_payment", "INSERT ON dispute", _OTHERS),
    ("dispute_stays", "UPDATE ON dispute", "1 = 1"),
    ("dispute_decided_stays", "UPDATE ON dispute_decided", "1 = 1"),
)
# The states are those of payments.events: done, and told before disputes had rows.
_AGAIN = "UPDATE stripe_event SET state = '{}' WHERE state = '{}' AND type LIKE 'charge.dispute.%'"


def upgrade() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.String(120), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_dispute_payment_id"),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name="fk_dispute_order_id"),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_dispute_amount")),
    )
    for column in ("payment_id", "order_id", "opened_at"):
        op.create_index(f"ix_dispute_{column}", "dispute", [column])
    op.create_table(
        "dispute_decided",
        sa.Column("dispute_id", sa.String(120), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("decided_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("dispute_id", name="pk_dispute_decided"),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name="fk_dispute_decided_dispute_id"),
        sa.CheckConstraint(
            "verdict IN ('won', 'lost', 'withdrawn')", name=op.f("ck_dispute_decided_verdict")
        ),
    )
    op.create_index("ix_dispute_decided_decided_at", "dispute_decided", ["decided_at"])
    op.create_table(
        "news_marker",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("gap_from", _TIME),
        sa.Column("gap_until", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_news_marker"),
        sa.CheckConstraint("id = 1", name=op.f("ck_news_marker_only_one")),
    )
    for name, when, forbidden in _GUARDS:
        for statement in _guard(name, when, forbidden):
            op.execute(statement)
    op.execute(_AGAIN.format("told", "done"))


def downgrade() -> None:
    op.execute(_AGAIN.format("done", "told"))
    for name, when, _forbidden in _GUARDS:
        if _is_postgresql():
            op.execute(f"DROP TRIGGER {name} ON {when.rpartition(' ')[2]}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {name}")
    for table in ("news_marker", "dispute_decided", "dispute"):
        op.drop_table(table)


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

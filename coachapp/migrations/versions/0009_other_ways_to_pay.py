"""Money that did not come by card, what is undone of it, times that wait for it, and links for someone else to pay.

Revision ID: 0009
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)
_BY_CARD_OR_BY_HAND = (
    "method = 'card' AND attempt_id IS NOT NULL AND intent_id IS NOT NULL AND turn IS NULL"
    " OR method IN ('transfer', 'cash', 'voucher', 'other')"
    " AND attempt_id IS NULL AND intent_id IS NULL AND turn IS NOT NULL"
)

# What came by hand and is not on its way back is all that can be undone; what is undone cannot be given back.
_MAY_BE_UNDONE = """
    EXISTS (SELECT 1 FROM payment WHERE payment.id = NEW.payment_id AND payment.method <> 'card')
    AND NOT EXISTS (
        SELECT 1 FROM refund WHERE refund.payment_id = NEW.payment_id AND refund.state NOT IN ('failed', 'canceled'))
"""
_IS_UNDONE = "EXISTS (SELECT 1 FROM payment_undone WHERE payment_undone.payment_id = NEW.payment_id)"
_GUARDS = (
    ("payment_may_be_undone", "INSERT ON payment_undone", f"NOT ({_MAY_BE_UNDONE})"),
    ("payment_undone_stays", "UPDATE ON payment_undone", "1 = 1"),
    ("payment_undone_is_kept", "DELETE ON payment_undone", "1 = 1"),
    ("payment_stays", "UPDATE OF order_id, amount_minor, currency, method ON payment", "1 = 1"),
    ("refund_of_what_stands", "INSERT ON refund", _IS_UNDONE),
)


def upgrade() -> None:
    _open_the_ledger()
    op.add_column("refund", sa.Column("method", sa.String(10)))
    op.add_column("refund", sa.Column("given_on", sa.Date()))
    op.create_table(
        "payment_undone",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("payment_id", name="pk_payment_undone"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_payment_undone_payment_id"),
    )
    op.add_column("place", sa.Column("pays_by", sa.String(10)))
    op.add_column("place", sa.Column("warned_at", _TIME))
    op.create_index("ix_place_pays_by", "place", ["pays_by"])
    op.create_table(
        "paying",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_days", sa.Integer()),
        sa.Column("holder_sealed", sa.LargeBinary()),
        sa.Column("account_sealed", sa.LargeBinary()),
        sa.Column("cash", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("others_days", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_paying"),
    )
    _make_requests()
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
    op.drop_table("pay_request")
    op.drop_table("paying")
    op.drop_index("ix_place_pays_by", "place")
    op.drop_column("place", "warned_at")
    op.drop_column("place", "pays_by")
    op.drop_table("payment_undone")
    op.drop_column("refund", "given_on")
    op.drop_column("refund", "method")
    _close_the_ledger()


def _make_requests() -> None:
    op.create_table(
        "pay_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("in_space", sa.Boolean(), nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_pay_request"),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name="fk_pay_request_order_id"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="fk_pay_request_coach_id"),
        sa.UniqueConstraint("token_hash", name="uq_pay_request_token_hash"),
        sa.UniqueConstraint("code_hash", name="uq_pay_request_code_hash"),
    )
    op.create_index("ix_pay_request_order_id", "pay_request", ["order_id"])
    op.create_index("ix_pay_request_coach_id", "pay_request", ["coach_id"])


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


def _open_the_ledger() -> None:
    """A payment need not come from Stripe. SQLite makes the table anew, and refunds point at it: they wait aside."""
    _aside("refund")
    with op.batch_alter_table("payment") as payment:
        payment.add_column(sa.Column("method", sa.String(10), nullable=False, server_default="card"))
        payment.add_column(sa.Column("turn", sa.Integer()))
        payment.alter_column("attempt_id", existing_type=sa.Uuid(), nullable=True)
        payment.alter_column("intent_id", existing_type=sa.String(120), nullable=True)
        payment.create_check_constraint("ck_payment_method", _BY_CARD_OR_BY_HAND)
        payment.create_index("uq_payment_order_turn", ["order_id", "turn"], unique=True)
    _back("refund")


def _close_the_ledger() -> None:
    """Back to card payments alone; what came by hand is forgotten with what went back of it."""
    by_hand = "SELECT id FROM payment WHERE method <> 'card'"
    op.execute(f"DELETE FROM refund WHERE payment_id IN ({by_hand})")
    op.execute("DELETE FROM payment WHERE method <> 'card'")
    _aside("refund")
    with op.batch_alter_table("payment") as payment:
        payment.drop_index("uq_payment_order_turn")
        payment.drop_constraint("ck_payment_method", type_="check")
        payment.alter_column("attempt_id", existing_type=sa.Uuid(), nullable=False)
        payment.alter_column("intent_id", existing_type=sa.String(120), nullable=False)
        payment.drop_column("turn")
        payment.drop_column("method")
    _back("refund")


def _aside(table: str) -> None:
    if not _is_postgresql():
        op.execute(f"CREATE TABLE {table}_aside AS SELECT * FROM {table}")
        op.execute(f"DELETE FROM {table}")


def _back(table: str) -> None:
    if not _is_postgresql():
        op.execute(f"INSERT INTO {table} SELECT * FROM {table}_aside")
        op.execute(f"DROP TABLE {table}_aside")

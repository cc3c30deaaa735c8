"""Vouchers: money that came before it is known for what, and what happened to their worth.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)
_SIGN = "kind IN ('sold', 'back') AND minor > 0 OR kind IN ('used', 'ended') AND minor < 0"
_BELONGS = (
    "(kind = 'used') = (payment_id IS NOT NULL) AND (kind = 'back') = (refund_id IS NOT NULL)"
    " AND (kind IN ('sold', 'ended')) = (method IS NOT NULL)"
    " AND (method IS NULL) = (money_at IS NULL)"
)

_EARLIER = "SELECT {what} FROM voucher_entry AS earlier WHERE earlier.voucher_id = NEW.voucher_id"
_LEFT = f"COALESCE(({_EARLIER.format(what='SUM(earlier.minor)')}), 0)"
_WORTH = f"COALESCE(({_EARLIER.format(what='SUM(earlier.minor)')} AND earlier.kind = 'sold'), 0)"
# What is used was there, and is a payment's; what comes back was used of this very voucher; what ends is unused.
_FITS = f"""(
    NEW.kind = 'sold' AND NOT EXISTS ({_EARLIER.format(what="1")})
    OR NEW.kind = 'used' AND {_LEFT} + NEW.minor >= 0 AND EXISTS (
        SELECT 1 FROM payment JOIN voucher ON voucher.id = NEW.voucher_id
        WHERE payment.id = NEW.payment_id AND payment.method = 'voucher'
          AND payment.amount_minor = -NEW.minor AND payment.currency = voucher.currency)
    OR NEW.kind = 'back' AND {_LEFT} + NEW.minor <= {_WORTH} AND EXISTS (
        SELECT 1 FROM refund JOIN voucher_entry AS used ON used.payment_id = refund.payment_id
        WHERE refund.id = NEW.refund_id AND refund.amount_minor = NEW.minor AND used.voucher_id = NEW.voucher_id)
    OR NEW.kind = 'ended' AND {_LEFT} = {_WORTH} AND {_LEFT} + NEW.minor = 0
)"""
_BY_VOUCHER = (
    "EXISTS (SELECT 1 FROM payment WHERE payment.id = NEW.payment_id AND payment.method = 'voucher')"
)
_GUARDS = (
    ("voucher_entry_fits", "INSERT ON voucher_entry", f"NOT {_FITS}"),
    ("voucher_entry_stays", "UPDATE ON voucher_entry", "1 = 1"),
    ("voucher_entry_is_kept", "DELETE ON voucher_entry", "1 = 1"),
    # What was paid with a voucher goes back onto it by a refund, and in no other way.
    ("voucher_payment_stands", "INSERT ON payment_undone", _BY_VOUCHER),
)


def upgrade() -> None:
    op.create_table(
        "voucher",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("last_day", sa.Date()),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_voucher"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="fk_voucher_coach_id"),
        sa.UniqueConstraint("code_hash", name="uq_voucher_code_hash"),
    )
    op.create_index("ix_voucher_coach_id", "voucher", ["coach_id"])
    op.create_table(
        "voucher_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(10)),
        sa.Column("money_at", _TIME),
        sa.Column("payment_id", sa.Uuid()),
        sa.Column("refund_id", sa.Uuid()),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_voucher_entry"),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name="fk_voucher_entry_voucher_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_voucher_entry_payment_id"),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name="fk_voucher_entry_refund_id"),
        sa.UniqueConstraint("payment_id", name="uq_voucher_entry_payment_id"),
        sa.UniqueConstraint("refund_id", name="uq_voucher_entry_refund_id"),
        sa.CheckConstraint(_SIGN, name=op.f("ck_voucher_entry_sign")),
        sa.CheckConstraint(_BELONGS, name=op.f("ck_voucher_entry_belongs")),
    )
    op.create_index("ix_voucher_entry_voucher_id", "voucher_entry", ["voucher_id"])
    op.create_index("ix_voucher_entry_money_at", "voucher_entry", ["money_at"])
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
    op.drop_table("voucher_entry")
    op.drop_table("voucher")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _guard(name: str, when: str, forbidden: str) -> tuple[str, ...]:
    """A trigger that refuses a row, as each database says it."""
    if not _is_postgresql():
        return (
            f"CREATE TRIGGER {name} BEFORE {when} WHEN {forbidden} BEGIN SELECT RAISE(ABORT, '{name}'); END",
        )
    # Two who pay with one voucher: the second waits for its row, and then counts what the first has left.
    waits = (
        "PERFORM 1 FROM voucher WHERE voucher.id = NEW.voucher_id FOR NO KEY UPDATE;"
        if when == "INSERT ON voucher_entry"
        else ""
    )
    return (
        f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {waits}
    IF {forbidden} THEN
        RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
""",
        f"CREATE TRIGGER {name} BEFORE {when} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )

"""A question in writing, a price that is taken off a session because of it, and what Stripe keeps of a payment.

Revision ID: 0011
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("offering", sa.Column("most_letters", sa.Integer(), nullable=False, server_default="1500"))
    op.add_column("offering", sa.Column("answer_days", sa.Integer(), nullable=False, server_default="3"))
    _make_question()
    _make_reduction()
    op.create_table(
        "payment_fee",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("fee_minor", sa.Integer()),
        sa.Column("currency", sa.String(3)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("payment_id", name="pk_payment_fee"),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name="fk_payment_fee_payment_id"),
    )
    op.create_index("ix_payment_received_at", "payment", ["received_at"])
    op.create_index("ix_refund_created_at", "refund", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_refund_created_at", "refund")
    op.drop_index("ix_payment_received_at", "payment")
    for table in ("payment_fee", "reduction", "question"):
        op.drop_table(table)
    op.drop_column("offering", "answer_days")
    op.drop_column("offering", "most_letters")


def _make_question() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("price_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("most_letters", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("road_hash", sa.LargeBinary()),
        sa.Column("code_hash", sa.LargeBinary()),
        sa.Column("code_sealed", sa.LargeBinary()),
        sa.Column("words_sealed", sa.LargeBinary()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary()),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("paid_at", _TIME),
        sa.Column("sent_at", _TIME),
        sa.Column("promised_at", _TIME),
        sa.Column("opened_at", _TIME),
        sa.Column("answered_at", _TIME),
        sa.Column("offered_id", sa.Uuid()),
        sa.Column("turned_at", _TIME),
        sa.Column("back_at", _TIME),
        sa.Column("disputed_at", _TIME),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="fk_question_coach_id"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_question_client_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_question_offering_id"),
        sa.ForeignKeyConstraint(["offered_id"], ["offering.id"], name="fk_question_offered_id"),
        sa.UniqueConstraint("road_hash", name="uq_question_road_hash"),
        sa.UniqueConstraint("code_hash", name="uq_question_code_hash"),
        # It ends in one way: answered, turned into a session, or its money goes back.
        sa.CheckConstraint(
            "(answered_at IS NULL AND turned_at IS NULL) OR (answered_at IS NULL AND back_at IS NULL)"
            " OR (turned_at IS NULL AND back_at IS NULL)",
            name=op.f("ck_question_one_end"),
        ),
    )
    op.create_index("ix_question_client_id", "question", ["client_id"])
    op.create_index("ix_question_coach_promised", "question", ["coach_id", "promised_at"])


def _make_reduction() -> None:
    op.create_table(
        "reduction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Uuid()),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_reduction"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_reduction_client_id"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_reduction_offering_id"),
        sa.UniqueConstraint("place_id", name="uq_reduction_place_id"),
    )
    op.create_index("ix_reduction_client_id", "reduction", ["client_id"])

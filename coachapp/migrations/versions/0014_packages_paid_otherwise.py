"""A package without a first time may wait for its money too: how it is paid where that is not by card, and until when.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("purchase", sa.Column("pays_by", sa.String(10)))
    op.add_column("purchase", sa.Column("pays_until", coachapp.db.types.UtcDateTime(timezone=True)))
    op.create_index("ix_purchase_pays_by", "purchase", ["pays_by"])


def downgrade() -> None:
    op.drop_index("ix_purchase_pays_by", "purchase")
    op.drop_column("purchase", "pays_until")
    op.drop_column("purchase", "pays_by")

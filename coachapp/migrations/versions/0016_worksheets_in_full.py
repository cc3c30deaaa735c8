"""Worksheets in full: drafts, paths, earlier answers, margins, filling in together, household seats, reader's links.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TIME = coachapp.db.types.UtcDateTime(timezone=True)
_IS_OPEN = sa.text("ended_at IS NULL")
_NEW = (
    "sheet_draft",
    "sheet_path",
    "sheet_path_step",
    "earlier_answer",
    "looking_back",
    "margin_note",
    "filling_together",
    "household_seat",
    "reader_link",
)


def upgrade() -> None:
    op.add_column("sheet_template", sa.Column("retired_at", _TIME))
    op.add_column("assignment", sa.Column("wanted_on", sa.Date()))
    op.add_column("assignment", sa.Column("progress_shown_at", _TIME))
    op.add_column("assignment", sa.Column("at_desk", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("sheet_answer", sa.Column("off_home_at", _TIME))
    _drafts_and_paths()
    _answers_and_pages()
    _beside_a_sheet()
    _for_others()


def _drafts_and_paths() -> None:
    op.create_table(
        "sheet_draft",
        _id(),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        _when("made_at"),
        _when("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_draft"),
        sa.UniqueConstraint("key", name="uq_sheet_draft_key"),
    )
    op.create_table(
        "sheet_path",
        _id(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        _when("made_at"),
        sa.Column("rests", sa.JSON(), nullable=False),
        _when("paused_at", nullable=True),
        sa.Column("paused_by", sa.String(10)),
        _when("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_path"),
        _of("sheet_path", "client_id", "client"),
    )
    op.create_index("ix_sheet_path_client_id", "sheet_path", ["client_id"])
    op.create_table(
        "sheet_path_step",
        _id(),
        sa.Column("path_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(12), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Uuid()),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("assignment_id", sa.Uuid()),
        _when("given_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_path_step"),
        _of("sheet_path_step", "path_id", "sheet_path"),
        _of("sheet_path_step", "template_id", "sheet_template"),
        _of("sheet_path_step", "place_id", "place"),
        _of("sheet_path_step", "assignment_id", "assignment"),
    )
    op.create_index("uq_sheet_path_step_position", "sheet_path_step", ["path_id", "position"], unique=True)


def _answers_and_pages() -> None:
    op.create_table(
        "earlier_answer",
        _id(),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("value_sealed", sa.LargeBinary(), nullable=False),
        _when("saved_at"),
        _when("replaced_at"),
        sa.PrimaryKeyConstraint("id", name="pk_earlier_answer"),
        _of("earlier_answer", "assignment_id", "assignment"),
    )
    op.create_index("ix_earlier_answer_assignment_id", "earlier_answer", ["assignment_id"])
    op.create_table(
        "looking_back",
        _id(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        _when("made_at"),
        _when("shared_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_looking_back"),
        _of("looking_back", "client_id", "client"),
    )
    op.create_index("uq_looking_back_client_number", "looking_back", ["client_id", "number"], unique=True)


def _beside_a_sheet() -> None:
    op.create_table(
        "margin_note",
        _id(),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(60), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        _when("written_at"),
        _when("changed_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_margin_note"),
        _of("margin_note", "assignment_id", "assignment"),
        _of("margin_note", "coach_id", "coach"),
    )
    op.create_index("ix_margin_note_assignment_id", "margin_note", ["assignment_id"])
    op.create_table(
        "filling_together",
        _id(),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        _when("asked_at"),
        _when("agreed_at", nullable=True),
        _when("ends_at"),
        _when("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_filling_together"),
        _of("filling_together", "assignment_id", "assignment"),
        _of("filling_together", "coach_id", "coach"),
    )
    op.create_index("ix_filling_together_assignment_id", "filling_together", ["assignment_id"])
    op.create_index(
        "uq_filling_together_open",
        "filling_together",
        ["assignment_id"],
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )


def _for_others() -> None:
    op.create_table(
        "household_seat",
        _id(),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        _when("made_at"),
        _when("ends_at"),
        _when("read_at", nullable=True),
        sa.Column("read_revision", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_household_seat"),
        sa.UniqueConstraint("token_hash", name="uq_household_seat_token_hash"),
        _of("household_seat", "assignment_id", "assignment"),
    )
    op.create_index("ix_household_seat_assignment_id", "household_seat", ["assignment_id"])
    op.create_table(
        "reader_link",
        _id(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=False),
        _when("made_at"),
        _when("ends_at"),
        _when("answered_at", nullable=True),
        sa.Column("facts_sealed", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_reader_link"),
        sa.UniqueConstraint("token_hash", name="uq_reader_link_token_hash"),
        _of("reader_link", "client_id", "client"),
    )
    op.create_index("ix_reader_link_client_id", "reader_link", ["client_id"])


def downgrade() -> None:
    for table in reversed(_NEW):
        op.drop_table(table)
    for table, column in (
        ("assignment", "at_desk"),
        ("sheet_answer", "off_home_at"),
        ("assignment", "progress_shown_at"),
        ("assignment", "wanted_on"),
        ("sheet_template", "retired_at"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), nullable=False)


def _when(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, _TIME, nullable=nullable)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")

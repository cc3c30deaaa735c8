"""Booking in full: outside calendars, requests, invitations, wishes, limits per day and week.

Revision ID: 0003
Revises: 0002
"""

import secrets

import sqlalchemy as sa
from alembic import op

import coachapp.db.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BEFORE = "('held', 'confirmed', 'blocked')"
_OCCUPYING = "('requested', 'held', 'confirmed', 'blocked')"

_POSTGRESQL = """
ALTER TABLE appointment ADD CONSTRAINT no_overlap EXCLUDE USING gist (
    int4range(coach_id, coach_id, '[]') WITH &&,
    tstzrange(starts_at, ends_at, '[)') WITH &&
) WHERE (state IN {occupying})
"""

_SQLITE = """
CREATE TRIGGER no_overlap_{event} BEFORE {when} ON appointment
WHEN NEW.state IN {occupying} AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.coach_id = NEW.coach_id AND other.id <> NEW.id AND other.state IN {occupying}
      AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at
)
BEGIN SELECT RAISE(ABORT, 'no_overlap'); END
"""
_EVENTS = (("insert", "INSERT"), ("update", "UPDATE OF state, coach_id, starts_at, ends_at"))

_TIME = coachapp.db.types.UtcDateTime(timezone=True)
_NEW_TABLES = (
    "away",
    "outside_calendar",
    "outside_busy",
    "invitation",
    "blocked_person",
    "wishes",
    "short_message",
)


def upgrade() -> None:
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_appointment_series_id", "appointment", ["series_id"])
    op.create_index("ix_place_invitation_id", "place", ["invitation_id"])
    op.create_index("ix_coach_feed_hash", "coach", ["feed_hash"], unique=True)
    _make_tables()
    _guard_overlap(_OCCUPYING)
    _give_rooms()


def downgrade() -> None:
    _guard_overlap(_BEFORE)
    for table in reversed(_NEW_TABLES):
        op.drop_table(table)
    op.drop_index("ix_coach_feed_hash", "coach")
    op.drop_index("ix_place_invitation_id", "place")
    op.drop_index("ix_appointment_series_id", "appointment")
    for table, columns in _new_columns().items():
        for column in reversed(columns):
            op.drop_column(table, column.name)


def _give_rooms() -> None:
    """A room's key for every time that stands, as those confirmed from now on get one."""
    db, times = op.get_bind(), sa.table("appointment", *map(sa.column, ("id", "state", "room_key")))
    for (found,) in db.execute(sa.select(times.c.id).where(times.c.state == "confirmed")).all():
        db.execute(times.update().where(times.c.id == found).values(room_key=secrets.token_hex(12)))


def _guard_overlap(occupying: str) -> None:
    """The database's own refusal, for these states in place of the former ones."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE appointment DROP CONSTRAINT no_overlap")
        op.execute(_POSTGRESQL.format(occupying=occupying))
        return
    for event, when in _EVENTS:
        op.execute(f"DROP TRIGGER no_overlap_{event}")
        op.execute(_SQLITE.format(event=event, when=when, occupying=occupying))


def _new_columns() -> dict[str, tuple[sa.Column, ...]]:
    return {
        "appointment": (sa.Column("room_key", sa.String(24)), sa.Column("series_id", sa.Uuid())),
        "client": (sa.Column("early_until", sa.Date()),),
        "coach": (
            sa.Column("room_pattern", sa.String(300)),
            sa.Column("most_per_day", sa.Integer()),
            sa.Column("most_per_week", sa.Integer()),
            sa.Column("remind_min", sa.Integer()),
            sa.Column("early_notice_min", sa.Integer()),
            sa.Column("calendar_mail", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("feed_hash", sa.LargeBinary()),
            sa.Column("feed_sealed", sa.LargeBinary()),
        ),
        "offering": (
            sa.Column("most_per_day", sa.Integer()),
            sa.Column("most_per_week", sa.Integer()),
            sa.Column("way", sa.String(10), nullable=False, server_default="video"),
            sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.true()),
        ),
        "outbox_message": (sa.Column("calendar_sealed", sa.LargeBinary()),),
        "place": (
            sa.Column("outcome", sa.String(10)),
            sa.Column("outcome_at", _TIME),
            sa.Column("late_min", sa.Integer()),
            sa.Column("late_at", _TIME),
            sa.Column("asked_zone", sa.String(64)),
            sa.Column("answer", sa.String(10)),
            sa.Column("invitation_id", sa.Uuid()),
        ),
        "practice": (
            sa.Column("who_books", sa.String(10), nullable=False, server_default="open"),
            sa.Column("reading_weekday", sa.Integer(), nullable=False, server_default="3"),
        ),
    }


def _make_tables() -> None:
    _table(
        "away",
        sa.Column("id", sa.Integer(), nullable=False),
        _coach(),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("by", sa.String(5), nullable=False),
        points={"coach_id": "coach.id"},
        indexes={"ix_away_coach_id": ["coach_id"]},
    )
    _table(
        "outside_calendar",
        sa.Column("id", sa.Uuid(), nullable=False),
        _coach(),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("label_sealed", sa.LargeBinary()),
        sa.Column("asked_at", _TIME),
        sa.Column("good_at", _TIME),
        sa.Column("trouble", sa.String(20)),
        sa.Column("added_at", _TIME, nullable=False),
        points={"coach_id": "coach.id"},
        indexes={"ix_outside_calendar_coach_id": ["coach_id"]},
    )
    _table(
        "outside_busy",
        sa.Column("id", sa.Integer(), nullable=False),
        _coach(),
        sa.Column("calendar_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        points={"coach_id": "coach.id", "calendar_id": "outside_calendar.id"},
        indexes={
            "ix_outside_busy_calendar_id": ["calendar_id"],
            "ix_outside_busy_coach_time": ["coach_id", "starts_at"],
        },
    )
    _table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        _coach(),
        sa.Column("offering_id", sa.Uuid()),
        sa.Column("client_id", sa.Uuid()),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME),
        points={"coach_id": "coach.id", "offering_id": "offering.id", "client_id": "client.id"},
        indexes={"ix_invitation_coach_id": ["coach_id"], "ix_invitation_client_id": ["client_id"]},
        unique="token_hash",
    )
    _table(
        "blocked_person",
        sa.Column("id", sa.Uuid(), nullable=False),
        _coach(),
        sa.Column("match_hash", sa.LargeBinary(), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary()),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("tried_at", _TIME),
        sa.Column("tries", sa.Integer(), nullable=False),
        points={"coach_id": "coach.id"},
        indexes={"ix_blocked_person_match_hash": ["match_hash"]},
    )
    _table(
        "wishes",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("absence", sa.String(10), nullable=False),
        sa.Column("absence_sealed", sa.LargeBinary()),
        sa.Column("agreed_sealed", sa.LargeBinary()),
        sa.Column("remind_min", sa.Integer()),
        sa.Column("changed_at", _TIME, nullable=False),
        points={"client_id": "client.id"},
    )
    _table(
        "short_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        _coach(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer_sealed", sa.LargeBinary()),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", _TIME, nullable=False),
        sa.Column("answered_at", _TIME),
        points={"coach_id": "coach.id", "client_id": "client.id"},
        indexes={
            "ix_short_message_client_id": ["client_id"],
            "ix_short_message_coach_time": ["coach_id", "written_at"],
        },
        unique="code_hash",
    )


def _coach() -> sa.Column:
    return sa.Column("coach_id", sa.Integer(), nullable=False)


def _table(
    name: str, *columns: sa.Column, points: dict, indexes: dict | None = None, unique: str = ""
) -> None:
    """A table whose first column is its key; `points` are its foreign keys."""
    keys = [sa.ForeignKeyConstraint([own], [other], name=f"fk_{name}_{own}") for own, other in points.items()]
    if unique:
        keys.append(sa.UniqueConstraint(unique, name=f"uq_{name}_{unique}"))
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(columns[0].name, name=f"pk_{name}"), *keys)
    for index, indexed in (indexes or {}).items():
        op.create_index(index, name, indexed)

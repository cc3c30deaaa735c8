"""Several coaches for one offering.

Revision ID: 0006
Revises: 0005
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WORDS = (("meet_phone", 300), ("meet_person", 600))
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"


def upgrade() -> None:
    op.create_table(
        "offering_coach",
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("offering_id", "coach_id", name="pk_offering_coach"),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name="fk_offering_coach_offering_id"),
        sa.ForeignKeyConstraint(["coach_id"], ["coach.id"], name="fk_offering_coach_coach_id"),
    )
    op.create_index("ix_offering_coach_coach_id", "offering_coach", ["coach_id"])
    for name, length in _WORDS:
        op.add_column("coach", sa.Column(name, sa.String(length)))
    op.add_column("coach", sa.Column("short_id", sa.String(8), nullable=False, server_default=""))
    _name_everyone()
    _move_words()
    op.create_index("ix_coach_short_id", "coach", ["short_id"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_coach_short_id", "coach")
    op.drop_column("coach", "short_id")
    _move_words_back()
    for name, _length in reversed(_WORDS):
        op.drop_column("coach", name)
    op.drop_table("offering_coach")


def _name_everyone() -> None:
    """A short name without a meaning for every coach there is, each another."""
    db, coaches = op.get_bind(), sa.table("coach", *map(sa.column, ("id", "short_id")))
    given: set[str] = set()
    for (found,) in db.execute(sa.select(coaches.c.id)).all():
        name = _new_name()
        while name in given:
            name = _new_name()
        given.add(name)
        db.execute(coaches.update().where(coaches.c.id == found).values(short_id=name))


def _move_words() -> None:
    """What the practice said about phone and place becomes every coach's own."""
    db, page = op.get_bind(), _page()
    words = {name: page[name][:length] for name, length in _WORDS if page.get(name)}
    if words:
        db.execute(_coach().update().values(**words))
        _set_page({key: value for key, value in page.items() if key not in words})


def _move_words_back() -> None:
    """The first coach's are the practice's again."""
    found = op.get_bind().execute(sa.select(_coach()).order_by("id")).first()
    words = {name: getattr(found, name) for name, _length in _WORDS if found and getattr(found, name)}
    if words:
        _set_page(_page() | words)


def _coach() -> sa.TableClause:
    return sa.table("coach", sa.column("id"), *(sa.column(name) for name, _length in _WORDS))


def _practice() -> sa.TableClause:
    return sa.table("practice", sa.column("id"), sa.column("page", sa.JSON()))


def _page() -> dict:
    return op.get_bind().scalar(sa.select(_practice().c.page)) or {}


def _set_page(page: dict) -> None:
    op.get_bind().execute(_practice().update().values(page=page))


def _new_name() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(6))

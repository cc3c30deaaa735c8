"""The audit log: one row per person and day for looking, however many pages ask at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import sqlalchemy as sa

from coachapp import clock, db
from coachapp.audit.models import AuditEntry
from coachapp.audit.operations import record_view

AT_ONCE = 6
NORA, ALEX = UUID(int=11), UUID(int=12)


def test_looking_from_several_pages_at_once_is_one_row_and_no_trouble(app):
    together = Barrier(AT_ONCE)

    def look(_page: int) -> None:
        with app.app_context():
            db.session().execute(sa.select(1))
            together.wait()
            record_view(ALEX, now=clock.now(), role="staff", actor=NORA)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(look, range(AT_ONCE)))
    with app.app_context():
        assert db.session().scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 1

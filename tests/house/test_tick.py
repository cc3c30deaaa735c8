"""Tick: every step has its turn, whatever the others do, and what failed is tried again next time."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from coachapp import db
from coachapp.audit.models import AuditEntry
from coachapp.audit.operations import entry_digest, record
from coachapp.tick import STEPS, Step, run_tick

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def note(app, action="view"):
    with app.app_context():
        record(action, now=NOW, role="coach", actor=uuid4())


def linked(app):
    with app.app_context():
        return db.session().scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()


def test_every_step_runs_and_none_fails(app):
    note(app)
    assert run_tick(app, NOW) == ()
    assert [entry.entry_hash == entry_digest(entry) for entry in linked(app)] == [True]


def test_one_failure_stops_nothing_and_leaves_nothing_half_done(app):
    def fail_half_way(now):
        with db.transaction() as session:
            session.add(AuditEntry(at=now, role="coach", action="half done"))
            session.flush()
            raise RuntimeError("a name that no log may hold")

    note(app)
    steps = (Step("one that fails", fail_half_way), *STEPS)
    assert run_tick(app, NOW, steps) == ("one that fails",)
    assert [(entry.action, entry.entry_hash is not None) for entry in linked(app)] == [("view", True)]


def test_a_failure_is_logged_without_its_words(capfd, app):
    def fail(now):
        raise RuntimeError("canary-in-a-mine")

    run_tick(app, NOW, [Step("one that fails", fail)])
    said = capfd.readouterr().err
    assert "one that fails" in said and "RuntimeError" in said and "canary" not in said


def test_the_chain_grows_from_tick_to_tick(app):
    for action in ("view", "export", "erase"):
        note(app, action)
        run_tick(app, NOW)
    chain = linked(app)
    assert [entry.previous_hash for entry in chain] == [None, chain[0].entry_hash, chain[1].entry_hash]


def test_the_command_does_it_once(app):
    note(app)
    answer = app.test_cli_runner().invoke(args=["tick"])
    assert (answer.exit_code, answer.output) == (0, "")
    assert linked(app)[0].entry_hash

"""Nothing leaves without the gate: read from the source itself."""

import ast
from functools import cache

import pytest

from coachapp.config import PROJECT

SENDERS = {"smtplib", "aiosmtplib", "imaplib", "sendgrid", "twilio"}
SOURCES = sorted(PROJECT.glob("coachapp/**/*.py"))
DOOR = "notifications/operations.py"


@cache
def trees():
    return [
        (str(path.relative_to(PROJECT / "coachapp")), ast.parse(path.read_text("utf-8"))) for path in SOURCES
    ]


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def users_of(wanted):
    """Modules that import one of these names, or something inside it."""
    return {
        where
        for where, tree in trees()
        for name in imported(tree)
        if any(name == each or name.startswith(each + ".") for each in wanted)
    }


@pytest.mark.safety("T7")
def test_only_the_mailer_can_send():
    assert users_of(SENDERS) == {"notifications/mailer.py"}


@pytest.mark.safety("T7")
def test_only_the_composition_root_makes_a_mailer_and_only_the_outbox_uses_it():
    assert users_of({"coachapp.notifications.mailer"}) == {"app.py"}
    handed_on = {
        where
        for where, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "mailer"
    }
    assert handed_on <= {"app.py", "tick.py", "cli.py", "demo/run.py"}
    calls = {
        where
        for where, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "transport"
    }
    assert calls == {DOOR}


@pytest.mark.safety("T7")
def test_only_the_outbox_writes_messages_and_asks_the_gate():
    writers = {
        where
        for where, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "OutboxMessage"
    }
    assert writers == {DOOR}
    enqueue = next(
        node
        for where, tree in trees()
        if where == DOOR
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "enqueue"
    )
    assert any(isinstance(node, ast.Name) and node.id == "gate" for node in ast.walk(enqueue))

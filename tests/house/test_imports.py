"""Habits of the house that the import contracts of pyproject.toml cannot say."""

import ast
from pathlib import Path

import pytest

from coachapp.config import PROJECT

FILES = sorted(PROJECT.glob("coachapp/**/*.py"))


def imported(path: Path) -> set[str]:
    """Every module a file imports, `from x import y` as both x and x.y."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_tables_are_used_only_in_their_room_and_in_queries(path):
    room = path.relative_to(PROJECT / "coachapp").parts[0]
    others = {
        name
        for name in imported(path)
        if name.endswith(".models") and not name.startswith(f"coachapp.{room}.")
    }
    assert not others or path.stem.endswith("queries") or path.parent.name == "queries", others


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_says_what_it_holds(path):
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, "begin the file with one sentence that says what it holds"


def test_there_is_no_room_for_odds_and_ends():
    names = {path.stem for path in FILES} | {path.parent.name for path in FILES}
    assert names.isdisjoint({"utils", "util", "helpers", "misc", "core"})


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_an_alias_belongs_to_one_statement(path):
    """SQLAlchemy fills an alias's columns at first use; two threads that share one then miss each other's."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        node for each in ast.walk(module) if isinstance(each, ast.FunctionDef) for node in ast.walk(each)
    }
    calls = {node for node in ast.walk(module) if isinstance(node, ast.Call)} - inside
    shared = [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "aliased"]
    assert not shared, "call aliased() in the function that makes the statement"

"""Habits of the house that the import contracts of pyproject.toml cannot say."""

import ast

from coachapp.config import PROJECT

MODULES = {
    path.relative_to(PROJECT): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PROJECT.glob("coachapp/**/*.py"))
}


def imported(module: ast.Module) -> set[str]:
    """Every module a file imports, `from x import y` as both x and x.y."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_tables_are_used_only_in_their_room_and_in_queries():
    wrong = {
        str(path): others
        for path, module in MODULES.items()
        if not path.stem.endswith("queries") and path.parent.name != "queries"
        if (others := {name for name in imported(module) if _is_others_tables(name, path.parts[1])})
    }
    assert wrong == {}


def _is_others_tables(name: str, room: str) -> bool:
    return name.endswith(".models") and not name.startswith(f"coachapp.{room}.")


def test_every_module_says_what_it_holds():
    """Begin each file with one sentence that says what it holds."""
    assert [str(path) for path, module in MODULES.items() if not ast.get_docstring(module)] == []


def test_there_is_no_room_for_odds_and_ends():
    names = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    assert names.isdisjoint({"utils", "util", "helpers", "misc", "core"})


def test_an_alias_belongs_to_one_statement():
    """SQLAlchemy fills an alias's columns at first use; two threads that share one then miss each other's.

    So `aliased()` is called in the function that makes the statement.
    """
    assert {
        str(path): shared for path, module in MODULES.items() if (shared := _shared_aliases(module))
    } == {}


def _shared_aliases(module: ast.Module) -> list[int]:
    """The lines on which an alias is made outside of every function."""
    functions = (each for each in ast.walk(module) if isinstance(each, ast.FunctionDef))
    inside = {node for each in functions for node in ast.walk(each)}
    calls = (node for node in ast.walk(module) if isinstance(node, ast.Call) and node not in inside)
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "aliased"]

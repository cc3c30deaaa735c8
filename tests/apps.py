"""Opening an app for a test, and closing what it opened."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import CodeType, MethodType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import Rule

from coachapp.app import create_app
from coachapp.config import Config


class _Compiled(BytecodeCache):
    """Templates compiled once for all apps of a test run, instead of once for each app."""

    def __init__(self) -> None:
        self.kept: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code
        self.kept[bucket.key] = bucket.code


_COMPILED = _Compiled()


class _CompiledRule(Rule):
    """An address compiled once for all apps of a test run: two thirds of the time that making an app takes."""

    _known: dict[tuple[Any, ...], tuple[dict[str, Any], Any, Any]] = {}

    def compile(self) -> None:
        key = (self.rule, self.endpoint, repr(self.defaults), self.subdomain)
        if key in self._known:
            facts, build, build_unknown = self._known[key]
            vars(self).update(facts)
            self._build, self._build_unknown = MethodType(build, self), MethodType(build_unknown, self)
            return
        super().compile()
        facts = {name: vars(self)[name] for name in ("_parts", "_trace", "_converters", "arguments")}
        self._known[key] = facts, self._build.__func__, self._build_unknown.__func__


Flask.url_rule_class = _CompiledRule

_KNOWN: dict[str, tuple[Dialect, Any]] = {}


def _share_statements(engine: Engine) -> None:
    """Statements compiled once for all databases of a kind in a test run; SQLAlchemy does it once for each engine."""
    kind = engine.dialect.name
    if kind in _KNOWN:
        engine.dialect, engine._compiled_cache = _KNOWN[kind]
        return
    with (
        suppress(SQLAlchemyError),
        engine.connect(),
    ):  # what there is to know of this kind is asked at the first connection
        _KNOWN[kind] = engine.dialect, engine._compiled_cache


@contextmanager
def open_app(settings: Config) -> Iterator[Flask]:
    """The app with these settings; its connections are closed at the end."""
    app = create_app(settings)
    app.config["ARGON2_CHEAP"] = True
    app.jinja_env.bytecode_cache = _COMPILED
    _share_statements(app.extensions["engine"])
    try:
        yield app
    finally:
        app.extensions["engine"].dispose()
        app.extensions["vault"]._engine.dispose()

"""Opening an app for a test, and closing what it opened."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

from coachapp.app import create_app
from coachapp.config import Config


class _Compiled(BytecodeCache):
    """Templates compiled once for all apps of a test run, instead of once for each app."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@contextmanager
def open_app(settings: Config) -> Iterator[Flask]:
    """The app with these settings; its connections are closed at the end."""
    app = create_app(settings)
    app.config["ARGON2_CHEAP"] = True
    app.jinja_env.bytecode_cache = _COMPILED
    try:
        yield app
    finally:
        app.extensions["engine"].dispose()
        app.extensions["vault"]._engine.dispose()

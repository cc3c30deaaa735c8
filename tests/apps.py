"""Opening an app for a test, and closing what it opened."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from coachapp.app import create_app
from coachapp.config import Config


@contextmanager
def open_app(settings: Config) -> Iterator[Flask]:
    """The app with these settings; its connections are closed at the end."""
    app = create_app(settings)
    app.config["ARGON2_CHEAP"] = True
    try:
        yield app
    finally:
        app.extensions["engine"].dispose()
        app.extensions["vault"]._engine.dispose()

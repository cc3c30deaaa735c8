"""Counts kept in a real Redis; and what happens while it is away."""

import dataclasses
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa

from coachapp import db
from coachapp.web import limits
from tests.apps import open_app
from tests.live import free_port

START_SECONDS = 10


@pytest.fixture
def redis_url(tmp_path) -> Iterator[str]:
    """A Redis server of this test's own."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server on this machine; install one to test REDIS_URL against it")
    port = free_port()
    here = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""]
    with subprocess.Popen([program, *here], stdout=subprocess.DEVNULL) as server:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
        server.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise AssertionError("redis-server did not start")


def kept_in_database():
    return db.session().scalar(sa.select(sa.func.count()).select_from(limits.Count))


def test_redis_keeps_the_counts_and_apps_share_them(settings, redis_url):
    settings = dataclasses.replace(settings, redis_url=redis_url)
    with open_app(settings) as first, first.test_request_context():
        limits.count("2 per hour", "sign-in", "maya")
        assert kept_in_database() == 0
    with open_app(settings) as second, second.test_request_context():
        limits.count("2 per hour", "sign-in", "maya")
        with pytest.raises(limits.TooMany):
            limits.count("2 per hour", "sign-in", "maya")
        limits.count("2 per hour", "sign-in", "alex")
        assert kept_in_database() == 0


def test_while_redis_is_away_the_database_counts(settings):
    settings = dataclasses.replace(settings, redis_url=f"redis://127.0.0.1:{free_port()}/0")
    with open_app(settings) as app, app.test_request_context():
        limits.count("1 per hour", "sign-in", "maya")
        assert kept_in_database() == 1
        with pytest.raises(limits.TooMany):
            limits.count("1 per hour", "sign-in", "maya")

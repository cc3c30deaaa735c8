"""Limits count truly across processes, keep no name, and forget."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from coachapp import db
from coachapp.config import PROJECT
from coachapp.web import limits

PROGRAM = """
import sys
from coachapp.db import open_engine
from coachapp.web.limits import DatabaseStorage
storage = DatabaseStorage(open_engine(sys.argv[1]))
print(" ".join(str(storage.incr("tries", 3600)) for _ in range(int(sys.argv[2]))))
"""


def test_the_limit_is_reached_and_says_until_when(app):
    with app.test_request_context():
        for _ in range(3):
            limits.count("3 per hour", "sign-in", "maya")
        before = datetime.now(UTC)
        with pytest.raises(limits.TooMany) as caught:
            limits.count("3 per hour", "sign-in", "maya")
        assert before < caught.value.until <= before + timedelta(hours=1)


def test_others_and_other_purposes_are_counted_apart(app):
    with app.test_request_context():
        for purpose, who in (("sign-in", "maya"), ("sign-in", "alex"), ("write", "maya")):
            limits.count("1 per hour", purpose, who)
        with pytest.raises(limits.TooMany):
            limits.count("1 per hour", "sign-in", "alex")


def test_no_name_is_kept(app):
    with app.test_request_context():
        limits.count("1 per hour", "sign-in", "maya")
        rows = db.session().execute(sa.select(limits.Count)).scalars().all()
        assert len(rows) == 1 and b"maya" not in rows[0].key_hash and b"sign-in" not in rows[0].key_hash


def test_processes_share_one_count(settings):
    several = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, settings.database_url, "20"], stdout=subprocess.PIPE, cwd=PROJECT
        )
        for _ in range(3)
    ]
    numbers = [int(word) for process in several for word in process.communicate()[0].split()]
    assert sorted(numbers) == list(range(1, 61))


def test_old_counts_are_forgotten(app):
    with app.test_request_context():
        limits.count("1 per hour", "sign-in", "maya")
        limits.forget_old(datetime.now(UTC))
        assert db.session().scalar(sa.select(sa.func.count()).select_from(limits.Count)) == 1
        db.session().rollback()
        limits.forget_old(datetime.now(UTC) + timedelta(hours=2))
        assert db.session().scalar(sa.select(sa.func.count()).select_from(limits.Count)) == 0
        limits.count("1 per hour", "sign-in", "maya")


def network_of(app, address):
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        return limits.network()


@pytest.mark.parametrize(
    "neighbours",
    [
        ("203.0.113.77", "203.0.113.5", "::ffff:203.0.113.9"),
        ("203.0.114.77", "::ffff:203.0.114.9"),
        ("2001:db8:12:34::1", "2001:db8:12::5"),
        ("2001:db8::1", "2001:db8:0:7::1"),
        ("", "unix:"),
    ],
)
def test_a_network_is_not_an_address(app, neighbours):
    network, *others = {network_of(app, address) for address in neighbours}
    assert not others and network not in neighbours
    assert network != network_of(app, "::ffff:198.51.100.1")

"""Fifty people want one time at the same moment: real HTTP, several worker processes, both databases."""

import base64
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from itertools import pairwise
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from coachapp import clock
from coachapp.booking.models import Appointment, Place
from coachapp.config import PROJECT
from coachapp.db import open_engine
from tests.live import clean_environ, free_port
from tests.road import open_practice

WORKERS = 3
PEOPLE = 50


@pytest.fixture
def served(app, settings, tmp_path):
    """The small practice on gunicorn with several processes; its port."""
    with app.app_context():
        open_practice()
    vault = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in settings.vault_keys)
    port = free_port()
    environ = clean_environ() | {
        "INSTANCE": str(tmp_path / "instance"),
        "DATABASE_URL": settings.database_url,
        "KEYS_DATABASE_URL": settings.keys_database_url,
        "SECRET_KEY": settings.secret_key,
        "VAULT_KEYS": vault,
        "BASE_URL": f"http://127.0.0.1:{port}",
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--no-control-socket",
        "--preload",
        "--workers",
        str(WORKERS),
        "--threads",
        "4",
    ]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning", "wsgi:app"]
    log = open(tmp_path / "log", "wb")  # noqa: SIM115  # outlives this line, closed below
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environ, stdout=log, stderr=log, start_new_session=True
    )
    try:
        wait_until_up(port, process, tmp_path / "log")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        log.close()


def wait_until_up(port, process, log):
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            if ask(port, "GET", "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextmanager
def line_to(port):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        yield line
    finally:
        line.close()


def ask(port, method, path, form=None, cookies=""):
    """(status, words, cookies) of one request on a line of its own."""
    with line_to(port) as line:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}
        line.request(method, path, urlencode(form) if form else None, headers)
        answer = line.getresponse()
        given = SimpleCookie()
        for value in answer.headers.get_all("Set-Cookie") or []:
            given.load(value)
        jar = "; ".join(f"{name}={each.value}" for name, each in given.items())
        return answer.status, answer.read().decode(), jar


def visitor(port):
    """Someone who has opened the page: her cookies and her form's token."""
    _status, page, cookies = ask(port, "GET", "/book/power-hour")
    return cookies, re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def starts(port):
    today = clock.now().date()
    query = f"from={today}&to={today + timedelta(days=9)}&tz=UTC"
    _status, body, _cookies = ask(port, "GET", f"/book/power-hour/times.json?{query}")
    found = re.findall(r'"start": ?"([^"]+)"', body)
    return [int(datetime.fromisoformat(start).timestamp()) // 60 for start in found]


def at_once(works):
    """Run these at the same moment; what each returned."""
    together, results, lock = threading.Barrier(len(works)), [], threading.Lock()

    def run(work):
        together.wait()
        result = work()
        with lock:
            results.append(result)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_many_people_at_once(served, settings, proof):
    """One server for all three, for it takes a while to start."""
    # Two rounds at the most: one network may hold 200 times an hour, and all of these come from one.
    held = one_hold_and_forty_nine_kind_refusals(served, proof(1, 2))
    assert_held(settings.database_url, held)
    held += neighbouring_times_never_overlap(served)
    assert_held(settings.database_url, held)
    held += many_people_fill_in_their_details(served)
    assert_held(settings.database_url, held)


def one_hold_and_forty_nine_kind_refusals(served, rounds):
    people = [visitor(served) for _ in range(5)]
    for _ in range(rounds):
        start = starts(served)[0]

        def book(number, start=start):
            cookies, token = people[number % len(people)]
            return ask(served, "POST", "/book/power-hour", {"csrf_token": token, "slot": start}, cookies)

        answers = at_once([lambda number=number: book(number) for number in range(PEOPLE)])
        assert Counter(status for status, _page, _cookies in answers) == {303: 1, 409: PEOPLE - 1}
        refused = [page for status, page, _cookies in answers if status == 409]
        assert all("That time has been taken" in page for page in refused)
        assert all('name="slot"' in page for page in refused), "other times are shown at once"
    return rounds


def neighbouring_times_never_overlap(served):
    """Every start of a day at once: whoever gets in stands clear of all others by the pause between them."""
    wanted = [start for start in starts(served)[:15] for _ in range(2)]
    cookies, token = visitor(served)

    def book(start):
        return ask(served, "POST", "/book/power-hour", {"csrf_token": token, "slot": start}, cookies)[0]

    answers = Counter(at_once([lambda start=start: book(start) for start in wanted]))
    assert set(answers) <= {303, 409} and answers[303] >= 4
    return answers[303]


def many_people_fill_in_their_details(served):
    """A key of her own is made for each, in the same moment."""
    free = starts(served)
    chosen = [free[0]]
    for start in free:
        if start - chosen[-1] >= 75 and len(chosen) < 8:
            chosen.append(start)
    roads = []
    for start in chosen:
        cookies, token = visitor(served)
        status, _page, road = ask(
            served, "POST", "/book/power-hour", {"csrf_token": token, "slot": start}, cookies
        )
        assert status == 303
        roads.append((f"{cookies}; {road}", token))

    def tell(cookies, token):
        typed = {
            "csrf_token": token,
            "name": "Alex",
            "email": "alex@example.com",
            "inbox": "shared",
            "agree": "y",
        }
        return ask(served, "POST", "/book/details", typed, cookies)[0]

    answers = Counter(at_once([lambda road=road: tell(*road) for road in roads]))
    assert answers == {303: len(chosen)}
    return len(chosen)


def assert_held(url, count):
    """That many holds, each clear of the next by 15 minutes, and as many places."""
    engine = open_engine(url)
    with engine.connect() as connection:
        spans = connection.execute(
            sa.select(Appointment.starts_at, Appointment.ends_at)
            .where(Appointment.state == "held")
            .order_by(Appointment.starts_at)
        ).all()
        places = connection.scalar(sa.select(sa.func.count()).select_from(Place))
    engine.dispose()
    assert (len(spans), places) == (count, count)
    for (_start, end), (start, _end) in pairwise(spans):
        assert start - end >= timedelta(minutes=15)

"""The small practice behind several worker processes, and a crowd that comes to it from many networks."""

import base64
import http.client
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from coachapp import clock
from coachapp.config import PROJECT
from tests.live import clean_environ, free_port
from tests.road import open_practice


@contextmanager
def served_by(workers, app, settings, tmp_path):
    """The small practice on gunicorn with so many processes, behind one proxy; its port."""
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
        "TRUSTED_PROXIES": "1",
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--no-control-socket",
        "--preload",
        "--workers",
        str(workers),
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
    """(status, words, cookies) of one request on a line, and from a network, of its own."""
    with line_to(port) as line:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookies,
            "X-Forwarded-For": ".".join(str(random.randint(1, 223)) for _ in range(4)),
        }
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

"""`make run`: four programs that start together, say how to come in, and end together; never open to others."""

import os
import re
import signal
import smtplib
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from coachapp.config import PROJECT, ConfigError, from_environment
from coachapp.demo import practice
from coachapp.demo.children import Trouble
from coachapp.demo.surroundings import place, settings
from tests.live import LiveServer, clean_environ, free_port

pytestmark = pytest.mark.long

LIVE = "sk_" + "live_abc"


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()


def children_of(pid):
    """Direct children of a process, by reading /proc."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
    return found


def test_serves_and_says_how_to_come_in(live_server):
    said = "".join(live_server.said)
    for words in (
        live_server.url,
        practice.COACH_NAME,
        practice.COACH_PASSPHRASE,
        practice.CLIENT_NAME,
        "demo code",
    ):
        assert words in said
    assert re.search(r"code now: \d{6}", said)
    assert fetch(f"{live_server.url}/readyz")[0] == 200
    assert "Quiet Harbour" in fetch(f"{live_server.url}/")[1]
    assert "Power hour" in fetch(f"{live_server.url}/book")[1]
    assert re.fullmatch(r"\d{6}\n", live_server.flask("demo", "code"))


def test_mails_are_caught_and_shown(live_server):
    program = next(line for line in children_of(live_server.process.pid).values() if "mail_catcher" in line)
    assert str(live_server.instance / "mail") in program
    port = next(port for port in listening(children_of(live_server.process.pid), "mail_catcher"))
    with smtplib.SMTP("127.0.0.1", port) as line:
        line.sendmail(
            "a@example.com", ["maya@example.com"], "Subject: Your update\r\n\r\nSee https://example.com/\r\n"
        )
    status, page = fetch(f"{live_server.url}/demo/mail")
    assert status == 200 and "Your update" in page and 'href="https://example.com/"' in page


def listening(children, words):
    """Ports that the child with these words in its command listens on (Linux)."""
    pid = next(pid for pid, line in children.items() if words in line)
    inodes = {
        os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.exists() or link.is_symlink()
    }
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        parts = row.split()
        if parts[3] == "0A" and f"socket:[{parts[9]}]" in inodes:
            yield int(parts[1].partition(":")[2], 16)


@pytest.fixture
def in_background():
    """What a shell does for `make run &`: Ctrl-C is ignored by us, and so by what we start."""
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.usefixtures("in_background")
def test_ends_all_four_and_starts_again(tmp_path):
    with LiveServer(tmp_path / "instance") as server:
        four = children_of(server.process.pid)
        assert len(four) == 4
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in four)
        began = time.monotonic()
        server.process.stdout.close()
        server.start()
        print(f"second start: {time.monotonic() - began:.1f} s")
        assert "nothing was changed" in server.log()
    assert server.process.returncode == 0


@pytest.mark.parametrize(
    "who",
    [
        "gunicorn",
        *(pytest.param(name, marks=pytest.mark.proof) for name in ("stripe_standin", "mail_catcher", "tick")),
    ],
)
def test_when_one_ends_the_rest_is_ended(tmp_path, who):
    with LiveServer(tmp_path / "instance") as server:
        four = children_of(server.process.pid)
        os.kill(next(pid for pid, line in four.items() if who in line), signal.SIGKILL)
        assert server.process.wait(20) == 1
        assert "stopped by itself, so the rest was ended too" in server.process.stdout.read()
        assert not any(Path(f"/proc/{pid}").exists() for pid in four)


def run(tmp_path, **environ):
    return subprocess.run(
        [sys.executable, "-m", "coachapp.demo.run", "--instance", str(tmp_path / "instance")],
        cwd=PROJECT, env=clean_environ() | environ, text=True, capture_output=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"HOST": "0.0.0.0"}, "HOST must be this machine itself"),
        ({"PORT": "many"}, "PORT is a whole number"),
        ({"STRIPE_API_KEY": LIVE}, "STRIPE_API_KEY is a live key"),
    ],
)
def test_refuses_in_one_clear_sentence(tmp_path, environ, words):
    done = run(tmp_path, **{"PORT": str(free_port()), **environ})
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr and "Traceback" not in done.stderr and LIVE not in done.stderr


def test_a_taken_port_is_named(tmp_path, live_server):
    done = run(tmp_path, PORT=str(live_server.port))
    assert done.returncode == 2
    assert (
        f"Port {live_server.port} is taken" in done.stderr and f"PORT={live_server.port + 1}" in done.stderr
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "example.com", "0.0.0.0", "::"])
def test_only_loopback(host):
    with pytest.raises(Trouble):
        place({"HOST": host, "PORT": str(free_port())})


def test_settings_of_a_real_practice_do_not_leak_in(tmp_path):
    real = {
        "SMTP_URL": "smtp://mail.example.org",
        "STRIPE_API_KEY": "sk_test_own",
        "PUBLIC_URL": "https://x.example",
    }
    made = settings(real, place({"PORT": str(free_port())}), tmp_path)
    assert "SMTP_URL" not in made and "PUBLIC_URL" not in made
    found = from_environment(made)
    assert found.demo and found.stripe_api_key == "sk_test_demo" and found.instance == tmp_path


def test_the_webhook_secret_stays(tmp_path):
    here = place({"PORT": str(free_port())})
    first, second = (settings({}, here, tmp_path)["STRIPE_WEBHOOK_SECRETS"] for _ in range(2))
    assert first == second and (tmp_path / "stripe_webhook_secret").stat().st_mode & 0o77 == 0
    with pytest.raises(ConfigError):
        from_environment({"STRIPE_WEBHOOK_SECRETS": first.removeprefix("whsec_")}, tmp_path)

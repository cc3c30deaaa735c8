"""What the load is measured with: the small client, the bare page, and the command itself."""

import json
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from sqlalchemy import make_url

from benchmarks.bare import create
from benchmarks.case import SLUG, loaded, sample
from benchmarks.client import BadAnswer, Connection, rate
from coachapp.config import PROJECT


@pytest.fixture
def line(live_server):
    """Connections to the running demo, each for one address."""
    made = []

    def connect(path: str) -> Connection:
        parts = urlsplit(live_server.url)
        request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
        made.append(Connection(parts.hostname, parts.port, request))
        return made[-1]

    yield connect
    for each in made:
        each.close()


def test_the_client_reads_whole_answers_one_after_the_other(line):
    kept = line("/book/power-hour")
    for _ in range(3):
        kept.ask()
    assert kept.answers == 3


def test_the_client_counts_nothing_but_pages_that_are_there(line):
    gone = line("/book/no-such-thing")
    with pytest.raises(BadAnswer, match="404"):
        gone.ask()
    assert gone.answers == 0


def test_the_rate_is_of_all_connections(live_server):
    assert rate(f"{live_server.url}/healthz", 2, 0.2) > 0
    with pytest.raises(BadAnswer):
        rate(f"{live_server.url}/book/no-such-thing", 2, 0.2)


def test_the_bare_page_shows_the_row_it_reads():
    with loaded(sample(1, days=1)) as app:
        bare = create(make_url(app.config["COACHAPP"].database_url).database).test_client()
        assert "<p>60 min</p>" in bare.get(f"/{SLUG}").text
        assert bare.get("/another").status_code == 404


@pytest.mark.proof
def test_the_command_prints_rates_and_ratios():
    command = [sys.executable, "-m", "benchmarks.load", "0.2"]
    answer = json.loads(subprocess.run(command, cwd=PROJECT, check=True, capture_output=True).stdout)
    assert set(answer["rps"]) == {"bare", "page", "times"} and set(answer["ratio"]) == {"page", "times"}
    for name, ratio in answer["ratio"].items():
        assert ratio == pytest.approx(answer["rps"][name] / answer["rps"]["bare"], abs=0.01)

"""Requests a second of the page for choosing a time, and of its times.json, beside a bare Flask page.

python -m benchmarks.load [SECONDS]: the demo practice on two gunicorn workers of four threads, then the bare page on
the same, in turns, all on loopback. Prints one JSON line: `rps` (the median of the rounds)
and `ratio` to the bare page.
"""

import argparse
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.client import rate
from coachapp import clock
from coachapp.demo.children import Children
from coachapp.demo.surroundings import Place, settings

SLUG = "power-hour"
ROUNDS, CONNECTIONS = 3, 8
START_SECONDS = 60
_FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
_SERVER = [
    sys.executable,
    "-m",
    "gunicorn",
    "--no-control-socket",
    "--preload",
    "--workers",
    "2",
    "--threads",
    "4",
]
# Nothing listens there: while the pretend Stripe is away, the demo simply has nothing paid.
_NO_STRIPE = "http://localhost:9"


def measure(seconds: float) -> dict[str, float]:
    """Requests a second of `bare`, `page` and `times`: the median of some rounds of `seconds` each, in turns."""
    with servers() as (app, bare):
        today = clock.now().date()
        window = f"from={today}&to={today + timedelta(days=31)}&tz=Europe/Lisbon"
        urls = {
            "bare": f"{bare}/{SLUG}",
            "page": f"{app}/book/{SLUG}",
            "times": f"{app}/book/{SLUG}/times.json?{window}",
        }
        rounds: dict[str, list[float]] = {name: [] for name in urls}
        for url in urls.values():
            rate(url, CONNECTIONS, min(seconds, 1))
        for _ in range(ROUNDS):
            for name, url in urls.items():
                rounds[name].append(rate(url, CONNECTIONS, seconds))
    return {name: median(found) for name, found in rounds.items()}


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """The addresses of the app with its demo practice and of the bare page, ended afterwards."""
    with TemporaryDirectory(prefix="coachapp-bench-") as name:
        folder = Path(name)
        app, bare = (Place("127.0.0.1", _free_port()) for _ in range(2))
        environ = settings(os.environ, app, folder) | {"STRIPE_API_BASE": _NO_STRIPE}
        for setting in ("DATABASE_URL", "KEYS_DATABASE_URL"):
            environ.pop(setting, None)
        with Children(folder / "run.log") as children:
            children.run("Filling the practice", [*_FLASK, "demo", "load"], environ)
            children.start("The app", [*_SERVER, "--bind", app.bind, "wsgi:app"], environ)
            factory = f"benchmarks.bare:create({str(folder / 'coachapp.sqlite3')!r})"
            children.start("The bare page", [*_SERVER, "--bind", bare.bind, factory], environ)
            children.wait_until(lambda: _answers(app) and _answers(bare), START_SECONDS)
            yield app.url, bare.url


def ratios(rps: dict[str, float]) -> dict[str, float]:
    """How much of the bare page's rate each of ours reaches."""
    return {name: found / rps["bare"] for name, found in rps.items() if name != "bare"}


def _answers(place: Place) -> bool:
    try:
        with socket.create_connection((place.host, place.port), 1):
            return True
    except OSError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=5, help="length of one round")
    options = parser.parse_args()
    rps = measure(options.seconds)
    rounded = {name: round(found, 1) for name, found in rps.items()}
    print(json.dumps({"rps": rounded, "ratio": {name: round(r, 3) for name, r in ratios(rps).items()}}))


if __name__ == "__main__":
    main()

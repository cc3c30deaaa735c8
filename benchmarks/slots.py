"""Times the way from rows in a database to free times with their labels: python -m benchmarks.slots CASE.json REPS

Prints one JSON line: `ms` (one per repetition) and `slots` (UTC epoch minutes, sorted). Putting the case into the
database is not timed; reading it, in a database session of its own as each page has one, is.
"""

import argparse
import json
import time
from pathlib import Path

from flask import Flask

from benchmarks.case import SLUG, Case, loaded, read_case
from coachapp.booking.queries import free_days
from coachapp.practice.queries import offering
from coachapp.zones import zone


def measure(case: Case, reps: int) -> tuple[list[float], list[int]]:
    """Milliseconds of each repetition, and the free times found. One unmeasured round comes first."""
    with loaded(case) as app:
        _, found = once(app, case)
        times = []
        for _ in range(reps):
            took, found = once(app, case)
            times.append(took)
    return times, found


def once(app: Flask, case: Case) -> tuple[float, list[int]]:
    """One page's worth of work: milliseconds, and the free times."""
    where = zone(case.client_tz)
    first, end = case.window
    with app.app_context():
        chosen = offering(SLUG)
        start = time.perf_counter()
        days = free_days(chosen, first, end, where, now=first)
        took = (time.perf_counter() - start) * 1000
    return took, [start for day in days for start in day.starts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("reps", type=int)
    options = parser.parse_args()
    times, found = measure(read_case(options.case), options.reps)
    print(json.dumps({"ms": [round(took, 4) for took in times], "slots": found}))


if __name__ == "__main__":
    main()

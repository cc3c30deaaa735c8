"""The measured free times are the right ones: equal to an obvious reference, whatever it took to find them."""

import json
import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benchmarks.case import case_of, sample
from benchmarks.floor import floor_ms
from benchmarks.slots import measure
from coachapp.config import PROJECT

HOURS = {str(day): [[540, 780], [840, 1080]] for day in range(5)} | {"6": [[600, 615]]}


def minutes(at: datetime) -> int:
    return int(at.timestamp()) // 60


def made_up(**other) -> dict[str, object]:
    """A case as it lies in a file: three weeks over Madrid's change in autumn, bookings that overlap each other too."""
    chance = random.Random(7)
    first = minutes(datetime(2026, 10, 19, tzinfo=UTC))
    starts = [first + chance.randrange(0, 21 * 1440, 5) for _ in range(60)]
    return {
        "start": "2026-10-19",
        "days": 21,
        "host_tz": "Europe/Madrid",
        "client_tz": "America/New_York",
        "hours": HOURS,
        "length": 50,
        "step": 15,
        "buffer": 10,
        "bookings": [[start, start + chance.choice((20, 50, 90))] for start in starts],
    } | other


def reference(case: dict) -> list[int]:
    """Every start of every range of every day, asked one by one whether a booking stands against it."""
    where, found = ZoneInfo(case["host_tz"]), []
    for number in range(case["days"]):
        day = date.fromisoformat(case["start"]) + timedelta(days=number)
        for low, high in case["hours"].get(str(day.weekday()), []):
            midnight = datetime(day.year, day.month, day.day)
            opens, closes = (
                minutes((midnight + timedelta(minutes=edge)).replace(tzinfo=where)) for edge in (low, high)
            )
            start = opens
            while start + case["length"] <= closes:
                begin, end = start - case["buffer"], start + case["length"] + case["buffer"]
                if not any(start < end and begin < stop for start, stop in case["bookings"]):
                    found.append(start)
                start += case["step"]
    return found


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"bookings": []},
        {"buffer": 0, "step": 5, "days": 8},
        {"host_tz": "Australia/Lord_Howe", "start": "2026-09-28", "client_tz": "Asia/Kathmandu"},
        {"host_tz": "America/Santiago", "start": "2026-03-30", "length": 15},
    ],
    ids=["madrid", "nothing booked", "no buffer", "lord howe", "santiago"],
)
def test_the_free_times_are_the_obvious_ones(other):
    case = made_up(**other)
    times, found = measure(case_of(case), 1)
    assert found == reference(case)
    assert found and len(times) == 1


def test_the_command_prints_one_line_of_json(tmp_path):
    case = made_up(days=5)
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.slots", str(path), "3"]
    said = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    answer = json.loads(said)
    assert said.count("\n") == 1 and set(answer) == {"ms", "slots"}
    assert len(answer["ms"]) == 3 and all(took > 0 for took in answer["ms"])
    assert answer["slots"] == reference(case)


@pytest.mark.parametrize("bookings", [100, 1000])
def test_the_floor_finds_the_same(bookings):
    case = sample(bookings)
    assert len(case.bookings) == bookings
    assert floor_ms(case, 1)[1] == measure(case, 1)[1]

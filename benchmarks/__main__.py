"""`make bench`: every figure beside the floor measured in the same run, and how far they are apart."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import floor, load
from benchmarks.case import loaded, sample
from benchmarks.slots import once

ROUNDS = 3
SLOT_REPS, PDF_REPS, MANY = 60, 10, 500
LOAD_SECONDS = 3


@dataclass(frozen=True)
class Row:
    """One line of the table: our figure and the floor in `unit`, and what their ratio should be."""

    name: str
    ours: float
    floor: float
    unit: str
    goal: str

    def __str__(self) -> str:
        ratio = self.ours / self.floor
        return (
            f"{self.name:<34} {self.ours:>9.2f} {self.floor:>9.2f} {self.unit:<5} {ratio:>7.2f}   {self.goal}"
        )


def slots() -> Iterator[Row]:
    """60 days, a start every 15 minutes, against a sweep over plain integers; then 1,000 bookings against 100."""
    few, many = (_slots_row(bookings) for bookings in (100, 1000))
    yield from (few, many)
    yield Row("free times, K=1000 to K=100", many.ours, few.ours, "ms", "at most 2.5")


def _slots_row(bookings: int) -> Row:
    case = sample(bookings)
    ours, sweeps = [], []
    with loaded(case) as app:
        once(app, case)
        for _ in range(SLOT_REPS):
            ours.append(once(app, case)[0])
            sweeps += floor.floor_ms(case, 1)[0]
    goal = "at most 3" if bookings == 100 else ""
    return Row(f"free times, 60 days, K={bookings}", _undisturbed(ours), _undisturbed(sweeps), "ms", goal)


def pdfs() -> Iterator[Row]:
    """A worksheet of four pages against plain platypus: warm, with fields, and from a cold start."""
    with TemporaryDirectory(prefix="coachapp-bench-") as name:
        out = Path(name) / "out.pdf"
        ways = {
            "tagged": ["benchmarks.pdf"],
            "form": ["benchmarks.pdf", "--form"],
            "plain": ["benchmarks.pdf_floor"],
        }
        warm: dict[str, list[float]] = {way: [] for way in ways}
        cold: dict[str, list[float]] = {way: [] for way in ways}
        size: dict[str, int] = {}
        for _ in range(ROUNDS):
            for way, (module, *more) in ways.items():
                warm[way] += _run(module, PDF_REPS, out, *more)[0]
                cold[way].append(_run(module, 0, out, *more)[1])
                size[way] = out.stat().st_size
    plain, start = _undisturbed(warm["plain"]), _undisturbed(cold["plain"])
    yield Row("PDF, four pages, tagged", _undisturbed(warm["tagged"]), plain, "ms", "at most 1.3")
    yield Row("PDF, with form fields", _undisturbed(warm["form"]), plain, "ms", "at most 2.5")
    yield Row("PDF, cold start", _undisturbed(cold["tagged"]), start, "ms", "at most 1.5")
    for name, way, most in (("PDF, size", "tagged", 100), ("PDF, size with form fields", "form", 170)):
        yield Row(name, size[way] / 1000, size["plain"] / 1000, "kB", f"under {most} kB")


def many_pdfs() -> Iterator[Row]:
    """Memory after 500 documents beside that before, and documents of eight threads beside those of one."""
    said = _said("benchmarks.pdf_many", str(MANY))
    name = f"PDF, memory after {MANY} documents"
    yield Row(name, said["after_mb"], said["before_mb"], "MB", "at most 1.1")
    name = f"PDF, the same from {said['threads']} threads"
    yield Row(name, said["same"], said["made"], "files", "exactly 1")


def _undisturbed(times: list[float]) -> float:
    """The fastest tenth's slowest: what else the machine does makes times longer, never shorter."""
    return sorted(times)[len(times) // 10]


def _run(module: str, reps: int, out: Path, *more: str) -> tuple[list[float], float]:
    """A benchmark in a process of its own: its repetitions, and how long all of it took, in milliseconds."""
    began = time.perf_counter()
    said = _said(module, str(reps), str(out), *more)
    return said["ms"], (time.perf_counter() - began) * 1000


def _said(module: str, *more: str) -> dict[str, Any]:
    """The JSON line a benchmark prints, run in a process of its own."""
    command = [sys.executable, "-m", module, *more]
    said: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return said


def pages() -> Iterator[Row]:
    """The page for choosing a time and times.json against a bare Flask page on the same server."""
    rps = load.measure(LOAD_SECONDS)
    yield Row("page of times, requests a second", rps["page"], rps["bare"], "1/s", "at least 0.3")
    yield Row("times.json, requests a second", rps["times"], rps["bare"], "1/s", "at least 0.5")


def main() -> None:
    print(f"{'':<34} {'ours':>9} {'floor':>9} {'':<5} {'ratio':>7}   goal")
    for part in (slots, pdfs, many_pdfs, pages):
        for row in part():
            print(row, flush=True)


if __name__ == "__main__":
    main()

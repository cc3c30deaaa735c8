"""Whether making many PDFs keeps memory and takes turns well: python -m benchmarks.pdf_many DOCUMENTS

Prints one JSON line: `before_mb` and `after_mb`, the memory in use before and after that many documents, every second
one with form fields; `threads`, `made` and `same`: how many documents as many threads made at once, and how many of
them have the bytes one thread gives them.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from benchmarks.pdf import build

WARM, THREADS, EACH = 20, 8, 4


def made(seed: int) -> bytes:
    """One worksheet; those of odd seeds have fields."""
    return build(seed, form=bool(seed % 2))


def memory_mb() -> float:
    """What this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1024**2, 1)


def grown(documents: int) -> tuple[float, float]:
    """Memory before and after so many documents, once a few have been made."""
    for seed in range(WARM):
        made(seed)
    before = memory_mb()
    for seed in range(documents):
        made(seed)
    return before, memory_mb()


@contextmanager
def turns_a_thousand_times_as_often() -> Iterator[None]:
    """So that threads meet over whatever they share."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 1000)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def alike() -> tuple[int, int]:
    """How many documents all threads made, and how many are as one thread makes them."""
    seeds = list(range(THREADS * EACH))
    expected = [made(seed) for seed in seeds]
    with turns_a_thousand_times_as_often(), ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(made, seeds))
    return len(seeds), sum(a == b for a, b in zip(found, expected, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=int)
    before, after = grown(parser.parse_args().documents)
    count, same = alike()
    print(
        json.dumps({"before_mb": before, "after_mb": after, "threads": THREADS, "made": count, "same": same})
    )


if __name__ == "__main__":
    main()

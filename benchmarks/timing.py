"""Timing the making of a file again and again."""

import json
import resource
import time
from collections.abc import Callable
from pathlib import Path


def measure(build: Callable[[int], bytes], reps: int, out: Path) -> str:
    """One JSON line: `ms` of `build(1)` to `build(reps)`, `bytes` of the last file, `rss_mb` (peak memory).

    `build(0)`, which loads the fonts, comes first and is not timed; the last file is left in `out`.
    """
    data, times = build(0), []
    for seed in range(1, reps + 1):
        start = time.perf_counter()
        data = build(seed)
        times.append(round((time.perf_counter() - start) * 1000, 3))
    out.write_bytes(data)
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return json.dumps({"ms": times, "bytes": len(data), "rss_mb": memory})

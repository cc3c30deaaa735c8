"""Waiting for what happens in another program: asked again until it holds, never a fixed sleep."""

import time
from collections.abc import Callable

WITHIN_SECONDS = 20.0


def eventually(holds: Callable[[], object], what: str) -> None:
    """Ask `holds` until it answers true; after 20 s the test fails with `what`."""
    end = time.monotonic() + WITHIN_SECONDS
    while not holds():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)

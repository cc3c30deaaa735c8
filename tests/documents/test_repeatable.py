"""The same input gives the same bytes: twice, in another process, and in many threads at once."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from coachapp.documents import Mode
from tests.documents.samples import door, pause

ROOT = Path(__file__).parents[2]
PRINT_DIGESTS = """
import hashlib
from coachapp.documents import Mode
from tests.documents.samples import door, pause
for make in (door, pause):
    for mode in Mode:
        print(hashlib.sha256(make(mode=mode).build()).hexdigest())
"""


def digests() -> list[str]:
    made = [make(mode=mode).build() for make in (door, pause) for mode in Mode]
    return [hashlib.sha256(data).hexdigest() for data in made]


def test_twice():
    assert digests() == digests()


def test_building_again_gives_the_same_file():
    made = pause()
    assert made.build() == made.build()


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_in_another_process(seed):
    env = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run(
        [sys.executable, "-c", PRINT_DIGESTS], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == digests()


@pytest.fixture
def threads_in_turns() -> Iterator[None]:
    """Threads that take turns a thousand times as often: what they share, they meet over."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 1000)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_in_turns")
def test_in_eight_threads():
    expected = digests()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: digests(), range(16)))
    assert all(result == expected for result in results)


def test_in_eight_threads_from_a_cold_start():
    code = (
        "import hashlib\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "from tests.documents.samples import pause\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    made = list(pool.map(lambda _: pause().build(), range(8)))\n"
        "print(hashlib.sha256(made[0]).hexdigest(), len(set(made)))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [hashlib.sha256(pause(mode=Mode.BLANK).build()).hexdigest(), "1"]

"""The measured worksheet and the plain one hold the same, and both commands say what the others rely on."""

import json
import subprocess
import sys

import pypdf
import pytest

from benchmarks.sheet_content import LATIN
from coachapp.config import PROJECT


def run(module, reps, out, *more):
    command = [sys.executable, "-m", module, str(reps), str(out), *more]
    said = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    assert said.count("\n") == 1
    return json.loads(said)


@pytest.mark.parametrize(
    ("module", "more"),
    [("benchmarks.pdf", ()), ("benchmarks.pdf", ("--form",)), ("benchmarks.pdf_floor", ())],
    ids=["tagged", "form", "plain"],
)
def test_it_makes_four_pages_and_says_how_long_it_took(tmp_path, module, more):
    out = tmp_path / "out.pdf"
    answer = run(module, 2, out, *more)
    assert set(answer) == {"ms", "bytes", "rss_mb"}
    assert len(answer["ms"]) == 2 and answer["bytes"] == out.stat().st_size and answer["rss_mb"] > 1
    found = pypdf.PdfReader(out)
    text = "\n".join(page.extract_text() for page in found.pages)
    assert len(found.pages) == 4
    for words in ("Section 4", "Choice 3", "Column 4", "8.3", "спокойно", "ήρεμα", *LATIN.split()[:3]):
        assert words.lower() in text.lower(), words
    assert bool(found.get_fields()) == bool(more)


def test_without_repetitions_it_only_starts_and_builds_one(tmp_path):
    out = tmp_path / "out.pdf"
    assert run("benchmarks.pdf", 0, out)["ms"] == []
    assert out.read_bytes().startswith(b"%PDF-")

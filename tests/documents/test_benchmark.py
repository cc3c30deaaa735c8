"""The PDF benchmark does what programs that call it rely on."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.documents.pdf_checks import assert_good_pdf

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("flags", "fields"), [([], 0), (["--form"], 60)])
@pytest.mark.parametrize("reps", [0, 2])
def test_prints_one_json_line_and_writes_the_file(tmp_path, reps, flags, fields):
    out = tmp_path / "out.pdf"
    command = [sys.executable, "-m", "benchmarks.pdf", str(reps), str(out), *flags]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    printed = json.loads(run.stdout)
    data = out.read_bytes()
    assert len(printed["ms"]) == reps and printed["bytes"] == len(data) and printed["rss_mb"] > 0
    assert len(PdfReader(io.BytesIO(data)).pages) == 4
    assert len(PdfReader(io.BytesIO(data)).get_fields() or {}) == fields
    assert_good_pdf(data)


@pytest.mark.proof
def test_many_documents_take_no_more_memory_and_threads_make_the_same():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.pdf_many", "500"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(run.stdout)
    assert found["same"] == found["made"] > found["threads"] == 8
    assert found["after_mb"] < 1.1 * found["before_mb"]

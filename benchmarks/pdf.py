"""Times the making of one four-page worksheet: python -m benchmarks.pdf REPS OUT.pdf [--form]

Prints one JSON line: `ms` (one per repetition), `bytes` of the last file, `rss_mb` (peak memory). The first
document, which loads the fonts, is not among the repetitions; with REPS 0 it is the only one.
"""

import argparse
import json
import random
import resource
import time
from pathlib import Path

from coachapp.documents import Mode, Option, Sheet

LATIN = "calm door table water morning letter answer quiet friend window evening number paper river"
GREEK = "ήρεμα πόρτα γράμμα σπίτι φίλη πρωί νερό απάντηση"
CYRILLIC = "спокойно дверь письмо друг утро вода ответ окно"
WORDS = f"{LATIN} {GREEK} {CYRILLIC}".split()
SECTIONS, PARAGRAPHS, LINES, BOXES, ROWS, COLUMNS = 4, 14, 44, 16, 9, 4
PARAGRAPH_WORDS = 36


def sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def share(total: int, place: int) -> int:
    """How many of `total` things fall to section `place` of all."""
    return total // SECTIONS + (place < total % SECTIONS)


def build(seed: int, *, form: bool) -> bytes:
    """One worksheet of four pages whose paragraphs depend on `seed`."""
    chance = random.Random(seed)  # noqa: S311 - text for a benchmark
    mode = Mode.FILLABLE if form else Mode.BLANK
    sheet = Sheet("A worksheet to measure", neutral_title="Worksheet 1", mode=mode)
    for place in range(SECTIONS):
        if place:
            sheet.page_break()
        add_section(sheet, chance, place)
    return sheet.build()


def add_section(sheet: Sheet, chance: random.Random, place: int) -> None:
    sheet.step(f"Section {place + 1}")
    for _ in range(share(PARAGRAPHS, place)):
        sheet.paragraph(sentence(chance, PARAGRAPH_WORDS))
    sheet.checks(f"boxes{place}", [Option(str(n), f"Choice {n}") for n in range(share(BOXES, place))])
    sheet.lines(f"lines{place}", "In your words", share(LINES, place))
    if place == SECTIONS - 1:
        heads = [f"Column {n + 1}" for n in range(COLUMNS)]
        cells = [[f"{row}.{n}" for n in range(COLUMNS)] for row in range(ROWS)]
        sheet.text_table(heads, cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reps", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--form", action="store_true", help="lines and boxes are form fields")
    options = parser.parse_args()
    data = build(0, form=options.form)
    times = []
    for seed in range(1, options.reps + 1):
        start = time.perf_counter()
        data = build(seed, form=options.form)
        times.append(round((time.perf_counter() - start) * 1000, 3))
    options.out.write_bytes(data)
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    print(json.dumps({"ms": times, "bytes": len(data), "rss_mb": memory}))


if __name__ == "__main__":
    main()

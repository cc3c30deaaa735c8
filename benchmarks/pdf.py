"""Times the making of one four-page worksheet: python -m benchmarks.pdf REPS OUT.pdf [--form]

Prints one JSON line: `ms` (one per repetition), `bytes` of the last file, `rss_mb` (peak memory). The first
document, which loads the fonts, is not among the repetitions; with REPS 0 it is the only one.
"""

import argparse
import random
from pathlib import Path

from benchmarks.sheet_content import (
    BOXES,
    LINES,
    PARAGRAPH_WORDS,
    PARAGRAPHS,
    SECTIONS,
    sentence,
    share,
    table,
)
from benchmarks.timing import measure
from coachapp.documents import Mode, Option, Sheet


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
        sheet.text_table(*table())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reps", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--form", action="store_true", help="lines and boxes are form fields")
    options = parser.parse_args()
    print(measure(lambda seed: build(seed, form=options.form), options.reps, options.out))


if __name__ == "__main__":
    main()

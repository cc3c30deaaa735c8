"""What each sheet says to someone who listens, in order, kept beside the tests: one text file per template.

`python -m tests.worksheets.reading_order` writes the files anew; look at what changed before keeping it.
"""

import re
from pathlib import Path

from coachapp.documents import Mode
from coachapp.worksheets.pdf import sheet_pdf
from coachapp.worksheets.shelf import library
from coachapp.worksheets.template import Template
from tests.documents.page_reader import Pages

FOLDER = Path(__file__).parent / "reading_order"
_OF_A_SCALE = re.compile(r"\[(.+): \d+\]")


def order(template: Template) -> str:
    """The fillable sheet as it is said: a line for each element, its tag first; fields in [brackets]."""
    rows: list[str] = []
    for tag, said, _pages in Pages(sheet_pdf(template, mode=Mode.FILLABLE)).elements():
        scale = _OF_A_SCALE.fullmatch(said)
        row = f"{tag:<6} {said if not scale else f'[{scale[1]}: 0 to 10]'}"
        if row not in rows[-1:]:
            rows.append(row)
    return "\n".join(rows) + "\n"


def path(template: Template) -> Path:
    return FOLDER / f"{template.key}.txt"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for template in library():
        path(template).write_text(order(template), encoding="utf-8")


if __name__ == "__main__":
    main()

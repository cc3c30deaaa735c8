"""Cuts NotoSans-Form.ttf, the font typed form answers are shown in, out of NotoSans-Regular.ttf.

Run by hand after a font update (needs fontTools, which the app itself does not):

    python -m coachapp.documents.fonts.make_form_font
"""

import sys
from pathlib import Path

from fontTools import subset  # type: ignore[import-untyped]  # has no stubs
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # has no stubs

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "NotoSans-Regular.ttf"
TARGET = FOLDER / "NotoSans-Form.ttf"

# Latin with all European accents, Greek, Cyrillic, Vietnamese, and the punctuation people type.
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    *range(0x370, 0x460),
    *range(0x1E00, 0x2000),
    *range(0x2010, 0x2040),
    0x20AC,
    0x2192,
)


def cut_form_font(source: Path, target: Path) -> int:
    """Write the subset of `source` to `target` without features or hinting; returns its size in bytes."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[6])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    font.save(target)
    return target.stat().st_size


if __name__ == "__main__":
    sys.stdout.write(f"{TARGET.name}: {cut_form_font(SOURCE, TARGET)} bytes\n")

"""The typefaces of every PDF: registered once, measured here, and chosen character by character."""

import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"
REGULAR, BOLD, WIDE, LAST = "coachapp-regular", "coachapp-bold", "coachapp-wide", "coachapp-last"
FILES = {
    REGULAR: "AtkinsonHyperlegibleNext-Regular.ttf",
    BOLD: "AtkinsonHyperlegibleNext-Bold.ttf",
    WIDE: "NotoSans-Regular.ttf",
    LAST: "DejaVuSans.ttf",
}
FALLBACKS = (WIDE, LAST)

SUBSTITUTE = "◇"  # stands in for what no font can show, in DejaVu Sans; never mistaken for a letter
JOINERS = frozenset("\u200c\u200d\ufe0e\ufe0f") | {chr(c) for c in range(0x1F3FB, 0x1F400)}

_lock = threading.Lock()


class EmbeddedFont(TTFont):
    """A TrueType font whose unused slots never claim to stand for U+0000, which PDF/UA forbids."""

    def addObjects(self, doc: PDFDocument) -> None:
        count = len(self.state[doc].subsets)
        before = set(doc.idToObject)
        super().addObjects(doc)
        names = [n for n in doc.idToObject if n not in before and n.startswith("toUnicodeCMap:")]
        assert len(names) == count
        for name in names:
            stream = doc.idToObject[name]
            stream.content = stream.content.replace("> <0000>", "> <FFFD>")


class Face:
    """What setting text needs to know of a font: `advances`, the width of each character in 1/1000 em."""

    def __init__(self, name: str) -> None:
        font = EmbeddedFont(name, str(FOLDER / FILES[name]), asciiReadable=False)
        pdfmetrics.registerFont(font)
        self.advances: dict[str, float] = {chr(code): w for code, w in font.face.charWidths.items()}
        self.advances["\xa0"] = self.advances[" "]

    def shows(self, characters: Iterable[str]) -> bool:
        return self.advances.keys() >= set(characters)


@cache
def _register() -> dict[str, Face]:
    return {name: Face(name) for name in FILES}


def faces() -> dict[str, Face]:
    """All faces by name; reads the font files on the first call of the process (about 0.1 s)."""
    with _lock:
        return _register()


def clean(text: str) -> str:
    """`text` with one kind of line end, composed letters, and without control and formatting characters."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(_keep(c) for c in text)


def _keep(character: str) -> str:
    if character == "\n" or character in JOINERS:
        return character
    if character in "\t\x0b\x0c\x85\u2028\u2029":
        return "\n" if character in "\x85\u2028\u2029" else " "
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") else character


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """`text` cut into (font, part): each part in the first font that can show it, unknown signs replaced."""
    known = faces()
    if known[font].shows(text):
        return [(font, text)] if text else []
    parts: list[tuple[str, str]] = []
    for cluster in _clusters(text):
        name, shown = _place(cluster, font, parts[-1][0] if parts else font)
        if parts and parts[-1][0] == name:
            parts[-1] = (name, parts[-1][1] + shown)
        else:
            parts.append((name, shown))
    return parts


def _place(cluster: str, font: str, current: str) -> tuple[str, str]:
    """The font for one cluster; a space stays in the font before it so that runs stay long."""
    if cluster == " ":
        return current, cluster
    for name in (font, *FALLBACKS):
        if faces()[name].shows(cluster):
            return name, cluster
    base = cluster[0]
    for name in (font, *FALLBACKS):
        if base in faces()[name].advances:
            return name, base
    return LAST, SUBSTITUTE


def _clusters(text: str) -> list[str]:
    """Characters with the marks that sit on them; picture joiners and skin tones go with their picture."""
    clusters: list[str] = []
    joined = False
    for character in text:
        if character in JOINERS:
            joined = joined or character == "\u200d"
        elif clusters and unicodedata.combining(character):
            clusters[-1] += character
        elif not (joined and unicodedata.category(character) == "So"):
            clusters.append(character)
            joined = False
        else:
            joined = False
    return clusters


def width(text: str, font: str, size: float) -> float:
    """The width of `text` in points when set in `font` with its fallbacks."""
    advances = faces()[font].advances
    try:
        return sum([advances[c] for c in text]) * size / 1000
    except KeyError:
        known = faces()
        return sum(known[name].advances[c] for name, part in runs(text, font) for c in part) * size / 1000

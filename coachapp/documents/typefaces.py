"""The typefaces of every PDF: registered once, measured here, and chosen character by character."""

import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument, PDFStream
from reportlab.pdfbase.ttfonts import TTFont

from coachapp.documents.rawpdf import to_unicode

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

_reading = threading.Lock()  # the font files have one reader at a time


class EmbeddedFont(TTFont):
    """A TrueType font whose codes are tied to characters in the way PDF/UA asks for.

    reportlab ties unused codes to U+0000 and writes characters above U+FFFF with five digits. It also keeps one
    reading position per font file, so two documents must not take their letters from a file at the same moment.
    """

    def addObjects(self, doc: PDFDocument) -> None:
        subsets = [list(subset) for subset in self.state[doc].subsets]
        known = set(doc.idToObject)
        with _reading:
            super().addObjects(doc)
        names = [n for n in doc.idToObject if n not in known and n.startswith("toUnicodeCMap:")]
        for name, subset in zip(names, subsets, strict=True):
            stream = doc.idToObject[name]
            assert isinstance(stream, PDFStream)
            stream.content = to_unicode({code: u for code, u in enumerate(subset) if u}, digits=2)


class Face:
    """What setting text in a font and its fallbacks needs to know.

    `homes` gives the font that shows a character, `advances` its width there in 1/1000 em. Marks that sit on
    other characters are left out of both: a text with marks is looked at cluster by cluster.
    """

    def __init__(self, chain: Iterable[TTFont]) -> None:
        self.homes: dict[str, str] = {}
        self.advances: dict[str, float] = {}
        for font in chain:
            widths = {chr(code): advance for code, advance in font.face.charWidths.items()}
            for character in widths.keys() - self.homes.keys():
                if character not in JOINERS and not unicodedata.combining(character):
                    self.homes[character], self.advances[character] = font.fontName, widths[character]


@cache
def faces() -> dict[str, Face]:
    """The two text faces by name; reads the font files on the first call of the process (about 0.1 s)."""
    with _reading:
        return _register()


@cache
def _register() -> dict[str, Face]:
    fonts = {name: EmbeddedFont(name, str(FOLDER / FILES[name]), asciiReadable=False) for name in FILES}
    for font in fonts.values():
        pdfmetrics.registerFont(font)
    return {name: Face([fonts[n] for n in (name, *FALLBACKS)]) for name in (REGULAR, BOLD)}


def embedded(name: str) -> EmbeddedFont:
    """The registered font of this name."""
    font = pdfmetrics.getFont(name)
    assert isinstance(font, EmbeddedFont)
    return font


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
    homes = faces()[font].homes
    try:
        places = [(homes[character], character) for character in text]
    except KeyError:
        places = [_place(cluster, font) for cluster in _clusters(text)]
    return _joined(places, font)


def _joined(places: Iterable[tuple[str, str]], current: str) -> list[tuple[str, str]]:
    """Neighbours of one font in one part; a space stays in the font before it, so that parts stay long."""
    parts: list[tuple[str, str]] = []
    run = ""
    for name, shown in places:
        if name != current and shown != " ":
            if run:
                parts.append((current, run))
            current, run = name, ""
        run += shown
    return [*parts, (current, run)] if run else parts


def _place(cluster: str, font: str) -> tuple[str, str]:
    """The font for a character and its marks; marks no font has are left away, then the character replaced."""
    for shown in (cluster, cluster[0]):
        for name in (font, *FALLBACKS):
            widths = embedded(name).face.charWidths
            if all(ord(character) in widths for character in shown):
                return name, shown
    return LAST, SUBSTITUTE


def _clusters(text: str) -> list[str]:
    """Characters with the marks that sit on them; pictures joined to one are one, skin tones are dropped."""
    clusters: list[str] = []
    joined = False
    for character in text:
        if character in JOINERS:
            joined = joined or character == "\u200d"
        elif clusters and unicodedata.combining(character):
            clusters[-1] += character
        else:
            if not (joined and unicodedata.category(character) == "So"):
                clusters.append(character)
            joined = False
    return clusters


def width(text: str, font: str, size: float) -> float:
    """The width of `text` in points when set in `font` with its fallbacks."""
    advances = faces()[font].advances
    try:
        return sum([advances[character] for character in text]) * size / 1000
    except KeyError:
        parts = runs(text, font)
        return sum(pdfmetrics.stringWidth(part, name, size) for name, part in parts)

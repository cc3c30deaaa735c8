"""The font that answers typed into a form are shown in, prepared once per process as ready bytes."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from reportlab.pdfbase.ttfonts import TTFontFile

from coachapp.documents.rawpdf import Raw, number, stream, to_unicode
from coachapp.documents.typefaces import FOLDER

FILE = "NotoSans-Form.ttf"


@dataclass(frozen=True)
class FormFont:
    """The parts of a Type0/Identity-H font: four objects that never change, and two heads that join them."""

    name: str
    file: bytes
    to_unicode: bytes
    descriptor: str
    widths: str

    def add_to(self, add_object: Callable[[Raw], int]) -> int:
        """Add the font to a document; returns its object number."""
        file = add_object(Raw(self.file))
        descriptor = add_object(Raw(f"{self.descriptor}/FontFile2 {file} 0 R>>".encode()))
        glyphs = add_object(
            Raw(
                f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{self.name}/CIDToGIDMap/Identity/DW 1000"
                f"/FontDescriptor {descriptor} 0 R/W[0[{self.widths}]]"
                "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>".encode()
            )
        )
        unicode = add_object(Raw(self.to_unicode))
        return add_object(
            Raw(
                f"<</Type/Font/Subtype/Type0/BaseFont/{self.name}/Encoding/Identity-H"
                f"/DescendantFonts[{glyphs} 0 R]/ToUnicode {unicode} 0 R>>".encode()
            )
        )


@cache
def form_font() -> FormFont:
    """The form font, read from its file on the first call."""
    data = (FOLDER / FILE).read_bytes()
    face = TTFontFile(str(FOLDER / FILE))
    name = f"FORMFF+{face.name.decode()}"
    scale = 1000 / face.unitsPerEm
    glyphs = face.glyphToChar  # type: ignore[attr-defined]  # not in the stub
    characters = {glyph: min(codes) for glyph, codes in glyphs.items() if glyph}
    descriptor = (
        f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{' '.join(map(number, face.bbox))}]"
        f"/ItalicAngle 0/Ascent {number(face.ascent)}/Descent {number(face.descent)}"
        f"/CapHeight {number(face.capHeight)}/StemV 80"
    )
    return FormFont(
        name=name,
        file=stream(f"/Length1 {len(data)}", zlib.compress(data, 9), "FlateDecode"),
        to_unicode=stream("", zlib.compress(to_unicode(characters, digits=4).encode(), 9), "FlateDecode"),
        descriptor=descriptor,
        widths=" ".join(str(round(advance * scale)) for advance, _side in face.hmetrics),
    )

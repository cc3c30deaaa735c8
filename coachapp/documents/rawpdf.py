"""Small pieces of PDF written as ready bytes: names, text strings, numbers, objects."""

import re
from collections.abc import Mapping

from reportlab.pdfbase.pdfdoc import PDFDocument, PDFObject

_SPECIAL = re.compile(r"([\\()])")
_CMAP_BLOCK = 100  # the most lines a CMap block may hold
_PLAIN_NAME = re.compile(r"[^A-Za-z0-9_-]")


class Raw(PDFObject):
    """A PDF object whose `data` is already in its final form; it may be filled in after it is numbered."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data

    def format(self, document: PDFDocument) -> bytes:
        return self.data


def text_string(text: str) -> str:
    """A PDF text string literal for any Unicode text."""
    if text.isascii() and text.isprintable():
        return "(" + _SPECIAL.sub(r"\\\1", text) + ")"
    return "<FEFF" + text.encode("utf-16-be", "replace").hex().upper() + ">"


def plain_name(text: str) -> str:
    """`text` fit for a field name or a PDF name: letters, digits, `_` and `-` of ASCII only."""
    return _PLAIN_NAME.sub("_", text)


def number(value: float) -> str:
    """A PDF number with at most two decimals (1/100 pt is finer than any printer)."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def numbers(*values: float) -> str:
    return " ".join(number(v) for v in values)


def stream(head: str, content: bytes, filtered: str = "") -> bytes:
    """A stream object with the dictionary entries `head`; `filtered` names the filter already applied."""
    applied = f"/Filter/{filtered}" if filtered else ""
    return f"<<{head}{applied}/Length {len(content)}>>\nstream\n".encode() + content + b"\nendstream"


def to_unicode(characters: Mapping[int, int], *, digits: int) -> str:
    """The CMap that tells which character (code point) a glyph code of `digits` hexadecimal digits shows."""
    lines = [
        f"<{code:0{digits}X}> <{chr(character).encode('utf-16-be').hex().upper()}>"
        for code, character in sorted(characters.items())
    ]
    blocks = [lines[i : i + _CMAP_BLOCK] for i in range(0, len(lines), _CMAP_BLOCK)]
    body = "".join(f"{len(b)} beginbfchar\n{chr(10).join(b)}\nendbfchar\n" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
        "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def "
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def "
        f"1 begincodespacerange <{'0' * digits}> <{'F' * digits}> endcodespacerange\n{body}endcmap end end"
    )

"""Small pieces of PDF written as ready bytes: names, text strings, numbers, objects."""

import re

from reportlab.pdfbase.pdfdoc import PDFDocument, PDFObject

_SPECIAL = re.compile(r"([\\()])")
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

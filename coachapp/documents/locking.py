"""Locks a finished PDF with a passphrase: AES-256 as PDF 2.0 has it (revision 6); tags and fields stay as they are."""

import io
import unicodedata

import pikepdf

LEAST = 8
"""Characters a passphrase has at least."""
MOST_BYTES = 127
"""The standard looks at no more bytes than these; more would be cut off without a word."""


class UnfitPassphrase(ValueError):
    """Shorter than `LEAST` characters, or longer than `MOST_BYTES`."""


def fits(passphrase: str) -> bool:
    """Whether a file can be locked with it."""
    said = _as_readers_read_it(passphrase)
    return len(said) >= LEAST and len(said.encode("utf-8", "replace")) <= MOST_BYTES


def locked(data: bytes, passphrase: str) -> bytes:
    """`data`, which opens with `passphrase` only. Its bytes differ each time: the salt is drawn. UnfitPassphrase.

    Nothing is held back from whoever can open it: the passphrase is the owner's as well.
    """
    if not fits(passphrase):
        raise UnfitPassphrase
    said, out = _as_readers_read_it(passphrase), io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner=said, user=said, R=6))
    return out.getvalue()


def _as_readers_read_it(passphrase: str) -> str:
    """One form for what looks the same on two keyboards, as the standard asks readers to do (RFC 4013)."""
    return unicodedata.normalize("NFKC", passphrase)

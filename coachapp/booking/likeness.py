"""When two typed addresses or numbers are one person's: the form in which they are compared (pure)."""

import unicodedata

# Hosts whose mailboxes ignore dots in the name, and the several names one host answers to.
_DOTS_IGNORED = frozenset(("gmail.com", "proton.me"))
_SAME_HOST = {
    "googlemail.com": "gmail.com",
    "protonmail.com": "proton.me",
    "pm.me": "proton.me",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
}
_DIGITS_COMPARED = 8
_LEAST_DIGITS = 6


def likeness(typed: str) -> str | None:
    """The form that every way of writing the same address or number shares; None if it is neither.

    An address: without case, tags after a plus, dots where the host ignores them, or look-alike letters of another
    width. A number: its last eight digits, which `+44 7700 900123`, `0044 …` and `07700 900123` have in common
    whatever the country; two people share them once in a hundred million.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", typed).casefold() if _is_seen(c))
    if "@" in plain:
        return _mail(plain)
    digits = "".join(str(unicodedata.decimal(c)) for c in plain if c.isdecimal())
    return f"tel:{digits[-_DIGITS_COMPARED:]}" if len(digits) >= _LEAST_DIGITS else None


def _mail(plain: str) -> str | None:
    name, _at, host = plain.rpartition("@")
    host = _plain_host(host)
    name = name.partition("+")[0]
    if host in _DOTS_IGNORED:
        name = name.replace(".", "")
    return f"mail:{name}@{host}" if name and host else None


def _plain_host(host: str) -> str:
    """In the letters of the network, without the dot that may end it, under its first name."""
    try:
        plain = host.rstrip(".").encode("idna").decode()
    except UnicodeError:
        plain = host.rstrip(".")
    return _SAME_HOST.get(plain, plain)


def _is_seen(char: str) -> bool:
    """Neither a space nor a mark without width."""
    return not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")

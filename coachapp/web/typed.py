"""Tidying and recognising what people type: one line, an email address, a web address."""

from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email


def one_line(text: str | None) -> str:
    """Without line breaks and doubled spaces."""
    return " ".join((text or "").split())


def stripped(text: str | None) -> str:
    """Without spaces at either end."""
    return (text or "").strip()


def is_email(text: str) -> bool:
    """Whether this has the shape of an address; nothing is looked up."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def is_https(text: str) -> bool:
    """Whether this is a whole https address."""
    try:
        parts = urlsplit(text)
        return parts.scheme == "https" and bool(parts.hostname) and not any(c.isspace() for c in text)
    except ValueError:
        return False

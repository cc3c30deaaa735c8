"""Argon2 for passphrases and PINs: the same work for a missing hash as for a present one, a few at a time."""

import secrets
import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError
from flask import current_app

AT_ONCE = 4


class Hasher:
    """Hashes and checks, at most `at_once` in parallel (each takes 64 MiB); `cheap` is for tests only."""

    def __init__(self, *, cheap: bool = False, at_once: int = AT_ONCE) -> None:
        self._argon = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()
        self._door = BoundedSemaphore(at_once)
        self._nobody = self._argon.hash(secrets.token_urlsafe())

    def hash(self, text: str) -> str:
        """The salted hash to keep."""
        with self._door:
            return self._argon.hash(_plain(text))

    def matches(self, kept: str | None, text: str) -> bool:
        """Whether `text` made `kept`. Without a kept hash the same work is done, for nothing."""
        with self._door:
            return self._verify(kept or self._nobody, _plain(text)) and kept is not None

    def _verify(self, kept: str, text: str) -> bool:
        try:
            return self._argon.verify(kept, text)
        except VerifyMismatchError:
            return False
        except VerificationError as error:
            raise ValueError("a kept hash cannot be read") from error


def _plain(text: str) -> str:
    """The same words whichever keyboard wrote them; a space caught at the ends while copying does not count."""
    return unicodedata.normalize("NFKC", text).strip()


def hasher() -> Hasher:
    """The hasher of the present app; made at first use, cheap if the app says so (ARGON2_CHEAP)."""
    found: Hasher | None = current_app.extensions.get("hasher")
    if found is None:
        found = Hasher(cheap=bool(current_app.config.get("ARGON2_CHEAP")))
        current_app.extensions["hasher"] = found
    return found

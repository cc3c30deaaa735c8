"""API keys: test keys are welcome, live keys never."""

import base64
import binascii
import re

from coachapp.demo.stripe_standin.answers import Refusal

_TEST = re.compile(r"(sk|rk)_test_\w+")
_LIVE = re.compile(r"(sk|rk|pk)_live_")


class LiveKeyRefused(Exception):
    """The stand-in must never run where real money could be meant."""


def refuse_live_key(key: str | None) -> None:
    """Raise LiveKeyRefused for a live key; the message does not repeat it."""
    if key and _LIVE.match(key.strip()):
        raise LiveKeyRefused("A live Stripe key is set. The pretend Stripe does not start beside it.")


def check_key(authorization: str | None) -> None:
    """Refuse with 401 unless the header bears a test key, as Bearer or as the user name of Basic."""
    key = _key(authorization or "")
    if not key:
        message = "You did not provide an API key. Put it in the Authorization header, as Bearer."
        raise Refusal(message, status=401)
    if _LIVE.match(key):
        raise Refusal("This is a stand-in for tests and demonstrations: it takes no live key.", status=401)
    if not _TEST.fullmatch(key):
        raise Refusal(f"Invalid API Key provided: {key[:4]}****{key[-4:]}", status=401)


def _key(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return value.strip() if scheme.lower() == "bearer" else ""
    try:
        return base64.b64decode(value).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""

"""The second factor: six-digit codes by time, each good once, and recovery codes (pure)."""

import hmac
import re
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A fresh secret, base32, as authenticator apps take it."""
    return pyotp.random_base32()


def address(secret: str, issuer: str) -> str:
    """The `otpauth:` address that the QR code holds; it names no person."""
    return pyotp.TOTP(secret).provisioning_uri(name="desk", issuer_name=issuer)


def code_at(secret: str, now: datetime) -> str:
    """The six figures of this half minute (for the demo, which has no telephone)."""
    return str(pyotp.TOTP(secret).generate_otp(step_of(now)))


def step_of(now: datetime) -> int:
    """The number of the half minute since 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The half minute this code belongs to: this one or a neighbour, and later than the last one used; or None."""
    totp, present, figures = pyotp.TOTP(secret), step_of(now), re.sub(r"\s", "", code)
    matches = [
        step
        for step in (present - 1, present, present + 1)
        if hmac.compare_digest(str(totp.generate_otp(step)).encode(), figures.encode())
    ]
    fresh = [step for step in matches if step > last_step]
    return fresh[0] if fresh else None


def new_recovery_code() -> str:
    """Twelve letters and figures in three groups, none of which look alike: 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def normal_recovery_code(typed: str) -> str:
    """A recovery code as it is compared: small letters and figures only."""
    return re.sub(r"[^a-z0-9]", "", typed.casefold())


def is_six_figures(typed: str) -> bool:
    """Whether this is a code from an app rather than a recovery code; spaces in it are fine."""
    return bool(re.fullmatch(r"\d{6}", re.sub(r"\s", "", typed), re.ASCII))

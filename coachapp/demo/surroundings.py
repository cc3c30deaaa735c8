"""Where the demo runs and with which settings: always on this machine alone, never with anything that is live."""

import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coachapp.config import LOOPBACK, is_live_key
from coachapp.demo.children import Trouble

DEMO_KEY = "sk_test_demo"
# Settings a person may have set for a real practice; none of them belongs in the demo.
_NOT_HERE = ("STRIPE_API_BASE", "SMTP_URL", "PUBLIC_URL", "TRUSTED_PROXIES", "REDIS_URL")


@dataclass(frozen=True)
class Place:
    """A free address of this machine."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.bind}"


def place(environ: Mapping[str, str]) -> Place:
    """The address of HOST and PORT; Trouble if it is open to others, no number, or taken."""
    host, port = environ.get("HOST") or "127.0.0.1", environ.get("PORT") or "8000"
    if host not in LOOPBACK:
        raise Trouble(
            "HOST must be this machine itself (127.0.0.1): the demo's passphrases are known to all."
        )
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Trouble("PORT is a whole number from 1 to 65535.")
    found = Place(host, int(port))
    _check_free(found)
    return found


def settings(environ: Mapping[str, str], here: Place, folder: Path) -> dict[str, str]:
    """The environment of every part; Trouble beside a live Stripe key."""
    if is_live_key(environ.get("STRIPE_API_KEY")):
        raise Trouble("STRIPE_API_KEY is a live key. The demo does not start beside it; unset it first.")
    kept = {name: value for name, value in environ.items() if name.removesuffix("_FILE") not in _NOT_HERE}
    for name in ("STRIPE_API_KEY_FILE", "STRIPE_WEBHOOK_SECRETS_FILE", "BASE_URL_FILE", "MAIL_FROM_FILE"):
        kept.pop(name, None)
    return kept | {
        "DEMO": "1",
        "INSTANCE": str(folder),
        "BASE_URL": here.url,
        "MAIL_FROM": "QH Appointments <appointments@quietharbour.example>",
        "STRIPE_API_KEY": DEMO_KEY,
        "STRIPE_WEBHOOK_SECRETS": _kept_secret(folder / "stripe_webhook_secret"),
        "PYTHONUNBUFFERED": "1",
    }


def _check_free(here: Place) -> None:
    family = socket.AF_INET6 if ":" in here.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((here.host, here.port))
        except OSError as error:
            raise Trouble(
                f"Port {here.port} is taken by another program. Close that one, or choose another: "
                f"PORT={here.port + 1} make run"
            ) from error


def _kept_secret(path: Path) -> str:
    """A webhook secret that stays the same over restarts, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(made := f"whsec_{secrets.token_hex(16)}")
    return made

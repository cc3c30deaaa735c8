"""Environment -> frozen Config. The only reader of os.environ; a bad value stops the start and names itself."""

import base64
import binascii
import ipaddress
import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

PROJECT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
CHECKOUT_ORIGIN = "https://checkout.stripe.com"


class ConfigError(Exception):
    """A setting has a value the app will not start with; the message names the setting."""


@dataclass(frozen=True)
class Config:
    """Every setting, checked. Field names are the settings' names in small letters (docs/settings.md)."""

    instance: Path
    database_url: str
    keys_database_url: str
    secret_key: str
    vault_keys: tuple[tuple[str, bytes], ...]
    base_url: str = "http://127.0.0.1:8000"
    public_url: str | None = None
    stripe_api_key: str | None = None
    stripe_webhook_secrets: tuple[str, ...] = ()
    stripe_api_base: str | None = None
    smtp_url: str | None = None
    mail_from: str = "Appointments <appointments@localhost>"
    redis_url: str | None = None
    trusted_proxies: int = 0
    fetch_allow: tuple[str, ...] = ()
    backup_recipient: str | None = None
    metrics_token: str | None = None
    log_format: str = "text"
    demo: bool = False

    @property
    def secure(self) -> bool:
        """True behind https: cookies then carry Secure and the __Host- prefix."""
        return self.base_url.startswith("https://")

    @property
    def checkout_origin(self) -> str:
        """Origin that pages leading to payment may post on to (Content-Security-Policy, form-action)."""
        if not self.stripe_api_base:
            return CHECKOUT_ORIGIN
        parts = urlsplit(self.stripe_api_base)
        return f"{parts.scheme}://localhost:{parts.port}"

    @property
    def stripe_live(self) -> bool:
        return is_live_key(self.stripe_api_key)


def settings() -> Config:
    """The settings of the running app."""
    found: Config = current_app.config["COACHAPP"]
    return found


def is_live_key(key: str | None) -> bool:
    """Whether a Stripe key moves real money."""
    return bool(key) and "_live_" in str(key)


def from_environment(environ: Mapping[str, str] | None = None, instance: Path | None = None) -> Config:
    """Read and check every setting; ConfigError names the first one that will not do."""
    read = _Reader(os.environ if environ is None else environ)
    folder = instance or Path(read.text("INSTANCE") or PROJECT / "instance").absolute()
    demo = read.choice("DEMO", ("0", "1"), "0") == "1"
    database_url = read.text("DATABASE_URL") or f"sqlite:///{folder / 'coachapp.sqlite3'}"
    invent = demo or database_url.startswith("sqlite")
    return Config(
        instance=folder,
        database_url=_database("DATABASE_URL", database_url),
        keys_database_url=_database(
            "KEYS_DATABASE_URL", read.text("KEYS_DATABASE_URL") or f"sqlite:///{folder / 'keys.sqlite3'}"
        ),
        secret_key=_secret(read, folder, "SECRET_KEY", lambda: secrets.token_urlsafe(48), invent),
        vault_keys=_vault_keys(_secret(read, folder, "VAULT_KEYS", _new_vault_key, invent)),
        base_url=_base_url(read.text("BASE_URL") or "http://127.0.0.1:8000"),
        public_url=read.text("PUBLIC_URL"),
        smtp_url=_smtp(read.text("SMTP_URL")),
        mail_from=_one_line("MAIL_FROM", read.text("MAIL_FROM") or "Appointments <appointments@localhost>"),
        redis_url=_redis(read.text("REDIS_URL")),
        trusted_proxies=read.number("TRUSTED_PROXIES", 0, 10),
        fetch_allow=_networks(read.many("FETCH_ALLOW")),
        backup_recipient=read.text("BACKUP_RECIPIENT"),
        metrics_token=read.text("METRICS_TOKEN"),
        log_format=read.choice("LOG_FORMAT", ("text", "json"), "text"),
        demo=demo,
        stripe_api_key=(key := _stripe_key(read.text("STRIPE_API_KEY"))),
        stripe_api_base=_stripe_base(read.text("STRIPE_API_BASE"), key),
        stripe_webhook_secrets=_webhook_secrets(read.many("STRIPE_WEBHOOK_SECRETS")),
    )


class _Reader:
    """Reads one setting at a time, from NAME or from the file NAME_FILE points at."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str) -> str | None:
        value, path = self._environ.get(name), self._environ.get(f"{name}_FILE")
        if value and path:
            raise ConfigError(f"{name} and {name}_FILE are both set; keep one of them.")
        if path:
            try:
                value = Path(path).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(f"{name}_FILE cannot be read: {error.__class__.__name__}.") from error
        return (value or "").strip() or None

    def many(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in (self.text(name) or "").split(",") if part.strip())

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        if value not in allowed:
            raise ConfigError(f"{name} is one of: {', '.join(allowed)}.")
        return value

    def number(self, name: str, default: int, most: int) -> int:
        value = self.text(name) or str(default)
        if not (value.isascii() and value.isdigit() and int(value) <= most):
            raise ConfigError(f"{name} is a whole number from 0 to {most}.")
        return int(value)


def _secret(read: _Reader, folder: Path, name: str, make: Callable[[], str], invent: bool) -> str:
    """A key from the environment, or one kept in the instance folder (made on first start, mode 0600)."""
    if value := read.text(name):
        if len(value) < 16:
            raise ConfigError(f"{name} is too short to keep anything safe.")
        return value
    if not invent:
        raise ConfigError(
            f"{name} is not set. With PostgreSQL, keys are never invented: set {name} or {name}_FILE."
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _kept(folder / name.lower(), make)


def _kept(path: Path, make: Callable[[], str]) -> str:
    """What the file at `path` holds; made first where there is none.

    Written beside it and then given its name, which only one of several that start at once can do: nobody ever
    reads a half-written key.
    """
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="ascii") as file:  # mode 0600
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text(encoding="ascii").strip()


def _new_vault_key() -> str:
    return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _vault_keys(text: str) -> tuple[tuple[str, bytes], ...]:
    keys: list[tuple[str, bytes]] = []
    for part in text.split(","):
        name, colon, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ConfigError("VAULT_KEYS is a comma list of id:base64 of 32 bytes.") from error
        if not colon or not name or len(key) != 32 or name in dict(keys):
            raise ConfigError("VAULT_KEYS is a comma list of id:base64 of 32 bytes, each id once.")
        keys.append((name, key))
    return tuple(keys)


def _database(name: str, url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ConfigError(f"{name} is a sqlite:/// or postgresql:// address.")
    return url


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ConfigError("BASE_URL is like https://www.example.org, without a path.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ConfigError("BASE_URL is http only on this machine itself; elsewhere it is https.")
    return url.rstrip("/")


def _smtp(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ConfigError("SMTP_URL is like smtp://user:pass@host:587 or smtps://user:pass@host:465.")
    return url


def _redis(url: str | None) -> str | None:
    if url and not (url.startswith(("redis://", "rediss://")) and urlsplit(url).hostname):
        raise ConfigError("REDIS_URL is like redis://:pass@host:6379/0, or rediss:// over TLS.")
    return url


def _one_line(name: str, value: str) -> str:
    if "\n" in value or "\r" in value or "@" not in value:
        raise ConfigError(f"{name} is one address, like Appointments <times@example.org>.")
    return value


def _networks(parts: tuple[str, ...]) -> tuple[str, ...]:
    for part in parts:
        try:
            ipaddress.ip_network(part)
        except ValueError as error:
            raise ConfigError("FETCH_ALLOW is a comma list of networks, like 10.0.0.0/8.") from error
    return parts


def _stripe_key(key: str | None) -> str | None:
    if key and not key.startswith(("sk_", "rk_")):
        raise ConfigError("STRIPE_API_KEY begins with rk_ (or sk_).")
    return key


def _stripe_base(base: str | None, key: str | None) -> str | None:
    if base and is_live_key(key):
        raise ConfigError("STRIPE_API_BASE cannot stand beside a live STRIPE_API_KEY.")
    if base and urlsplit(base).hostname not in LOOPBACK:
        raise ConfigError("STRIPE_API_BASE names a stand-in on this machine itself, nothing else.")
    return base


def _webhook_secrets(hooks: tuple[str, ...]) -> tuple[str, ...]:
    if any(not hook.startswith("whsec_") for hook in hooks):
        raise ConfigError("STRIPE_WEBHOOK_SECRETS is a comma list; each begins with whsec_.")
    return hooks

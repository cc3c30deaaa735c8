"""How often a thing may be tried: fixed windows counted in our own database, or in Redis when that is set."""

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from flask import Flask, current_app, request
from limits import parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Engine, LargeBinary, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from coachapp import clock, vault
from coachapp.db import Base, UtcDateTime
from coachapp.web import logs

REDIS_SECONDS = 1


class Count(Base):
    """How often something was tried in the present window; the key is a keyed hash, never a name or an address."""

    __tablename__ = "rate_count"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    count: Mapped[int]
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass
class TooMany(Exception):
    """The limit is reached; it may be tried again at `until`."""

    until: datetime


def init_app(app: Flask, engine: Engine, redis_url: str | None) -> None:
    """Choose where the counts are kept: the database, or Redis first and the database while Redis is away."""
    storages: list[Storage] = [DatabaseStorage(engine)]
    if redis_url:
        waits = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
        redis = storage_from_string(redis_url, wrap_exceptions=True, **waits)
        assert isinstance(redis, Storage), "an address without async+ never gives an asynchronous one"
        storages.insert(0, redis)
    app.extensions["limits"] = [FixedWindowRateLimiter(storage) for storage in storages]


def count(limit: str, purpose: str, *parts: str) -> None:
    """Count one try of `purpose` against `limit` (as "10 per 15 minutes"); TooMany once that is passed."""
    *preferred, last = current_app.extensions["limits"]
    key = vault.keyed_hash(f"limit:{purpose}", "|".join(parts)).hex()
    for limiter in preferred:
        try:
            return _hit(limiter, limit, key)
        except StorageError as error:
            logs.logger().warning("limits", kind="redis away", **logs.describe(error))
    _hit(last, limit, key)


def _hit(limiter: FixedWindowRateLimiter, limit: str, key: str) -> None:
    item = parse(limit)
    if not limiter.hit(item, key):
        raise TooMany(datetime.fromtimestamp(limiter.get_window_stats(item, key).reset_time, UTC))


def is_reachable() -> bool:
    """Whether the preferred place for the counts answers (Redis, where it is set)."""
    found: FixedWindowRateLimiter = current_app.extensions["limits"][0]
    return bool(found.storage.check())


def network() -> str:
    """The caller's network: the /24 of an IPv4 address, the /48 of an IPv6 one. Only ever used hashed."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:
        return "-"
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped  # a server that listens on both kinds writes every IPv4 caller so
    return address.packed[: 3 if address.version == 4 else 6].hex()


def forget_old(now: datetime) -> None:
    """Drop counts whose window has ended."""
    engine: Engine = current_app.extensions["engine"]
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(delete(Count).where(Count.until < now))


class DatabaseStorage(Storage):
    """Fixed-window counts in one table, correct across processes (insert or increment in one statement)."""

    STORAGE_SCHEME = ["coachapp"]

    def __init__(self, engine: Engine) -> None:
        super().__init__("coachapp://")
        self._engine = engine

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = clock.now()
        until = datetime.fromtimestamp(now.timestamp() + expiry, UTC)
        dialect: Any = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        fresh = dialect.insert(Count).values(key_hash=key.encode(), count=amount, until=until)
        running = Count.until > now
        statement = fresh.on_conflict_do_update(
            index_elements=[Count.key_hash],
            set_={
                "count": case((running, Count.count + amount), else_=amount),
                "until": case((running, Count.until), else_=until),
            },
        ).returning(Count.count)
        with self._engine.connect().execution_options(writing=True) as connection, connection.begin():
            return int(connection.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        row = self._row(key)
        return row[0] if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return row[1].timestamp() if row else clock.now().timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return None

    def clear(self, key: str) -> None:
        with self._engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(delete(Count).where(Count.key_hash == key.encode()))

    def _row(self, key: str) -> tuple[int, datetime] | None:
        with self._engine.connect() as connection:
            found = select(Count.count, Count.until).where(
                Count.key_hash == key.encode(), Count.until > clock.now()
            )
            row = connection.execute(found).first()
        return (row[0], row[1]) if row else None

"""Keys and encryption of personal text: one data key per owner, wrapped keys in a database of their own.

Sealed text is bound to its owner, column and row (the additional data of AES-256-GCM), so that moving a
ciphertext to another row or person makes it unreadable. This is encryption at rest; whoever runs the server and
holds VAULT_KEYS can read. An owner is a client, a coach, the practice itself (`PRACTICE`), or its invoices
(`INVOICES`), which have to be kept when a client and her key are gone.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app, g
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    delete,
    select,
)
from sqlalchemy.exc import IntegrityError

from coachapp import clock
from coachapp.db import open_engine

PRACTICE = UUID(int=1)
INVOICES = UUID(int=2)
_LOOKUPS = UUID(int=0)
_NONCE = 12

_metadata = MetaData()
_keys = Table(
    "data_key",
    _metadata,
    Column("owner", Uuid, primary_key=True),
    Column("wrapping_key", String(40), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("made_on", DateTime(timezone=True), nullable=False),
)


class KeyGone(Exception):
    """This owner's key was destroyed or never made: what was sealed for them cannot be read."""


class Unreadable(Exception):
    """A sealed text that was altered, or that belongs to another row or person."""


class Vault:
    """The keys database and the keys that wrap what lies in it; the first wrapping key is the present one."""

    def __init__(self, engine: Engine, wrapping_keys: tuple[tuple[str, bytes], ...]) -> None:
        self._engine = engine
        self._wrapping = {name: AESGCM(key) for name, key in wrapping_keys}
        self._present = wrapping_keys[0][0]

    def prepare(self) -> None:
        """Make the table and the keys that belong to no person, if they are missing."""
        _metadata.create_all(self._engine)
        for owner in (_LOOKUPS, PRACTICE, INVOICES):
            self.make_key(owner)

    def make_key(self, owner: UUID) -> None:
        """Commit a new data key for `owner`; an existing one stays as it is."""
        nonce, key = secrets.token_bytes(_NONCE), AESGCM.generate_key(256)
        wrapped = nonce + self._wrapping[self._present].encrypt(nonce, key, owner.bytes)
        row = {"owner": owner, "wrapping_key": self._present, "wrapped": wrapped, "made_on": clock.now()}
        try:
            with self._writing() as connection:
                if connection.scalar(select(_keys.c.owner).where(_keys.c.owner == owner)) is None:
                    connection.execute(_keys.insert().values(row))
        except IntegrityError:
            return  # made by someone else in the same moment

    def destroy_key(self, owner: UUID) -> None:
        """Destroy an owner's key: everything sealed for them is unreadable from now on."""
        with self._engine.begin() as connection:
            connection.execute(delete(_keys).where(_keys.c.owner == owner))

    def load(self, owners: Iterable[UUID]) -> dict[UUID, bytes]:
        """The data keys of these owners, unwrapped; owners without a key are left out."""
        wanted = list(owners)
        with self._engine.connect() as connection:
            rows = connection.execute(select(_keys).where(_keys.c.owner.in_(wanted))).all()
        return {row.owner: self._unwrap(row.owner, row.wrapping_key, row.wrapped) for row in rows}

    def rotate(self) -> int:
        """Wrap every data key anew with the present wrapping key; returns how many were changed."""
        changed = 0
        with self._writing() as connection:
            stale = connection.execute(select(_keys).where(_keys.c.wrapping_key != self._present)).all()
            for row in stale:
                key, nonce = (
                    self._unwrap(row.owner, row.wrapping_key, row.wrapped),
                    secrets.token_bytes(_NONCE),
                )
                wrapped = nonce + self._wrapping[self._present].encrypt(nonce, key, row.owner.bytes)
                connection.execute(
                    _keys.update()
                    .where(_keys.c.owner == row.owner)
                    .values(wrapped=wrapped, wrapping_key=self._present)
                )
                changed += 1
        return changed

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that reads before it writes: such a one queues with the other writers from the start."""
        with self._engine.connect().execution_options(writing=True) as connection, connection.begin():
            yield connection

    def _unwrap(self, owner: UUID, name: str, wrapped: bytes) -> bytes:
        if name not in self._wrapping:
            raise KeyGone(f"VAULT_KEYS has no key {name!r}")
        return self._wrapping[name].decrypt(wrapped[:_NONCE], wrapped[_NONCE:], owner.bytes)


def init_app(app: Flask, url: str, wrapping_keys: tuple[tuple[str, bytes], ...]) -> None:
    """Give the app its vault."""
    app.extensions["vault"] = Vault(open_engine(url), wrapping_keys)


def present() -> Vault:
    """The vault of the present app."""
    found: Vault = current_app.extensions["vault"]
    return found


def make_key(owner: UUID) -> None:
    """Commit a data key for `owner` before the first row that uses it (a stray key harms nobody)."""
    present().make_key(owner)


def destroy_key(owner: UUID) -> None:
    """Destroy `owner`'s key, here and in this context's memory."""
    present().destroy_key(owner)
    _held().pop(owner, None)


def preload(owners: Iterable[UUID]) -> None:
    """Fetch many owners' keys with one query, before reading a list."""
    missing = set(owners) - _held().keys()
    if missing:
        _held().update(present().load(missing))


def seal(owner: UUID, column: str, row_id: UUID, text: str) -> bytes:
    """Encrypt `text` for one place only: this owner, `column` ("table.column") and row. KeyGone without a key."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key(owner)).encrypt(nonce, text.encode(), _place(owner, column, row_id))


def open_(owner: UUID, column: str, row_id: UUID, sealed: bytes) -> str:
    """Read what `seal` wrote in the same place. KeyGone, or Unreadable when it is not from there."""
    try:
        plain = AESGCM(_key(owner)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _place(owner, column, row_id))
    except (InvalidTag, ValueError) as error:  # changed, moved, or cut short
        raise Unreadable(column) from error
    return plain.decode()


def keyed_hash(purpose: str, text: str) -> bytes:
    """A fingerprint for finding equal values without keeping them; differs for each `purpose`. 32 bytes."""
    return hmac.new(_key(_LOOKUPS), f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def new_token() -> str:
    """A secret for an address or a cookie: 128 bits and more, safe in a path."""
    return secrets.token_urlsafe(18)


def _key(owner: UUID) -> bytes:
    preload([owner])
    try:
        return _held()[owner]
    except KeyError:
        raise KeyGone(str(owner)) from None


def _held() -> dict[UUID, bytes]:
    if "data_keys" not in g:
        g.data_keys = {}
    found: dict[UUID, bytes] = g.data_keys
    return found


def _place(owner: UUID, column: str, row_id: UUID) -> bytes:
    return f"v1|{owner}|{column}|{row_id}".encode()

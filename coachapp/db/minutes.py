"""Times of the database as whole minutes since the epoch, counted there: a page reads a thousand of them."""

import sqlite3
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

# Before 3.38 SQLite says the same more slowly.
_SECONDS = "unixepoch(" if sqlite3.sqlite_version_info >= (3, 38) else "strftime('%s', "


class minute_down(FunctionElement[int]):  # written like a function of SQL
    """The minute in which a time lies."""

    type = BigInteger()
    inherit_cache = True


class minute_up(FunctionElement[int]):
    """The first minute that does not lie before a time."""

    type = BigInteger()
    inherit_cache = True


@compiles(minute_down, "sqlite")
def _down_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"{_SECONDS}{compiler.process(element.clauses, **more)}) / 60"


@compiles(minute_up, "sqlite")
def _up_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"{_SECONDS}{compiler.process(element.clauses, **more)}, '+59.999 seconds') / 60"


@compiles(minute_down, "postgresql")
def _down_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return f"floor(extract(epoch FROM {compiler.process(element.clauses, **more)}) / 60)::bigint"


@compiles(minute_up, "postgresql")
def _up_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return f"ceil(extract(epoch FROM {compiler.process(element.clauses, **more)}) / 60)::bigint"

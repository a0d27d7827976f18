"""The database's own clock, by which leases end: those of several machines differ."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class now_ms(FunctionElement[int]):  # noqa: N801 - a function of SQL
    """Milliseconds since 1970, at this moment and not at the beginning of the transaction."""

    type = BigInteger()
    inherit_cache = True


@compiles(now_ms, "postgresql")
def _of_postgresql(*_: Any, **__: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"


@compiles(now_ms, "sqlite")
def _of_sqlite(*_: Any, **__: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"

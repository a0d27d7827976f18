"""Where the database is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from sizzle.errors import InputError

VARIABLE: Final = "SIZZLE_DATABASE"

_FILE: Final = "sizzle.db"
_KNOWN = ("sqlite", "postgresql")


def database_url(state: Path, named: str | None = None) -> URL:
    """The URL of an installation's database.

    Args:
        state: the state folder, which has a SQLite database where nothing else is named.
        named: an explicit choice; without it, that of the environment.

    Raises:
        InputError: not a URL of SQLite or PostgreSQL.
    """
    text = named or os.environ.get(VARIABLE) or ""
    if not text:
        return URL.create("sqlite", database=str(state.absolute() / _FILE))
    try:
        url = make_url(text)
    except ArgumentError:
        raise _unusable("The database's address is not a URL") from None
    if url.drivername.partition("+")[0] not in _KNOWN:
        raise _unusable(f"{url.drivername!r} is not a supported database")
    if url.drivername.startswith("sqlite") and not url.database:
        raise _unusable("The address names no file")
    return url


def _unusable(what: str) -> InputError:
    return InputError(
        f"{what}.",
        where=VARIABLE,
        fix="use sqlite:////absolute/path.db or postgresql://user:password@host/name.",
    )

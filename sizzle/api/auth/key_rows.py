"""The records of API keys as rows of the database that several machines share."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from sizzle.api.auth.api_keys import ApiKey, ApiScope
from sizzle.api.auth.key_records import Change, KeyFile, read_keys
from sizzle.database import Database
from sizzle.database.service_tables import API_ACCESS, API_KEYS

_log = logging.getLogger(__name__)
_SET_ASIDE: Final = ".imported"
_ONLY: Final = 1  # the number of the one row of `api_access`


class KeyRows:
    """The records in the database; a file of the state folder is imported, once.

    The marker file is kept too: whatever becomes of the database, this machine stays closed.

    Args:
        database: that has them.
        state: the state folder.
    """

    def __init__(self, database: Database, state: Path) -> None:
        self._database = database
        self._file = KeyFile(state)

    @property
    def name(self) -> str:
        """The database's address, without its password."""
        return self._database.name

    def load(self) -> tuple[Mapping[str, ApiKey], bool]:
        """As in the database."""
        self._import_file()
        with self._database.snapshot() as connection:
            keys = [_key(row) for row in connection.execute(select(API_KEYS))]
            required = _changes(connection) > 0
        if required:
            self._file.require()
        return {key.key_id: key for key in keys}, required or self._file.marker.exists()

    def stamp(self) -> object:
        """How often they were changed, and whether there is a file to import."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return _changes(connection), self._file.stamp()

    def change(self, key_id: str, change: Change) -> ApiKey:
        """Change a row."""
        self._import_file()
        with self._database.writing() as connection:
            found = connection.execute(select(API_KEYS).where(API_KEYS.c.key_id == key_id)).first()
            changed = change(None if found is None else _key(found))
            _put(connection, changed)
        self._file.require()
        return changed

    def require(self) -> None:
        """Have all machines need keys."""
        self._database.upgrade_once()
        with self._database.writing() as connection:
            _count_change(connection)
        self._file.require()

    def _import_file(self) -> None:
        """Take over the keys that this machine had in a file, which is then set aside."""
        self._database.upgrade_once()
        path = self._file.path
        keys = read_keys(path)
        if not path.exists():
            return
        with self._database.writing() as connection:
            known = {row.key_id: _key(row) for row in connection.execute(select(API_KEYS))}
            for key in keys.values():
                _put(connection, _merged(key, known.get(key.key_id)))
        aside = path.with_name(path.name + _SET_ASIDE)
        with suppress(FileNotFoundError):  # another worker does the same
            path.rename(aside)
            _log.warning(
                "The API keys of %s are in the database %s from now on; the file is set aside "
                "as %s.",
                *(path, self.name, aside.name),
            )


def _merged(key: ApiKey, known: ApiKey | None) -> ApiKey:
    """Of two machines' records of one key: who has revoked it anywhere has revoked it."""
    if known is None or known.revoked is not None:
        return known or key
    return key


def _put(connection: Connection, key: ApiKey) -> None:
    row = {**key.to_json(), "scopes": " ".join(key.scopes)}
    connection.execute(delete(API_KEYS).where(API_KEYS.c.key_id == key.key_id))
    connection.execute(insert(API_KEYS).values(row))
    _count_change(connection)


def _count_change(connection: Connection) -> None:
    """Have all machines read the keys again, and need one from now on."""
    raised = update(API_ACCESS).values(changes=API_ACCESS.c.changes + 1)
    if not connection.execute(raised).rowcount:
        connection.execute(insert(API_ACCESS).values(number=_ONLY, changes=1))


def _changes(connection: Connection) -> int:
    """How often keys were changed; 0 where there never was one."""
    return connection.execute(select(API_ACCESS.c.changes)).scalar() or 0


def _key(row: Row[Any]) -> ApiKey:
    scopes = tuple(ApiScope(scope) for scope in row.scopes.split())
    return ApiKey(**{**row._mapping, "scopes": scopes})

"""Applications: each has its own endpoints and events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection, RowMapping, insert, select

from sizzle.database import Database
from sizzle.database.schema import APPS
from sizzle.events.event import canonical

_MAX_KNOWN: Final = 10_000


@dataclass(frozen=True, slots=True)
class App:
    """An application.

    Attributes:
        app: its id.
        name: for people.
        tags: text by names.
        created: milliseconds since 1970.
    """

    app: str
    name: str
    tags: Mapping[str, str]
    created: int


class Apps:
    """The applications of a database. Safe to share between threads.

    Args:
        database: that has them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: set[str] = set()

    def create(self, app: App) -> None:
        """Keep a new application. Raises as `Database.writing`; its id must be new."""
        self._database.upgrade_once()
        with self._database.writing() as connection:
            _insert(connection, app)

    def note(self, app: str, now: int) -> None:
        """Keep the id of an application that a request names, if nothing is known of it.

        Raises:
            DatabaseUnavailableError: the database cannot be read or written to.
        """
        if app in self._known:
            return
        if self.find(app) is None:
            with self._database.writing() as connection:
                if connection.execute(select(APPS.c.app).where(APPS.c.app == app)).first() is None:
                    _insert(connection, App(app, app, {}, now))
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known.add(app)

    def find(self, app: str) -> App | None:
        """One of them. Raises as `note`."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            row = connection.execute(select(APPS).where(APPS.c.app == app)).mappings().first()
        return None if row is None else _app(row)

    def page(self, after: str, limit: int) -> list[App]:
        """Those whose ids come after one, in the order of their ids. Raises as `note`."""
        query = select(APPS).where(APPS.c.app > after).order_by(APPS.c.app).limit(limit)
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [_app(row) for row in connection.execute(query).mappings()]


def _insert(connection: Connection, app: App) -> None:
    values = {"app": app.app, "name": app.name, "created": app.created}
    connection.execute(insert(APPS), {**values, "tags": canonical(app.tags)})


def _app(row: RowMapping) -> App:
    return App(row["app"], row["name"], msgspec.json.decode(row["tags"]), row["created"])

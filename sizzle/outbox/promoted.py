"""What is promoted, in the database."""

from __future__ import annotations

import json
from typing import ClassVar

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, select, tuple_

from sizzle.database import Database
from sizzle.database.content_tables import PROMOTED
from sizzle.errors import NotFoundError, SizzleError
from sizzle.outreach.content.promoted_json import (
    promoted_digest,
    promoted_of_json,
    promoted_text,
)
from sizzle.outreach.vocabulary import Promoted, PromotedKind


class PromotedEditedError(SizzleError):
    """Facts that somebody else has changed meanwhile."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "promoted-edited"
    title: ClassVar[str] = "Changed meanwhile"


class PromotedThings:
    """The titles, assets and offers that may be promoted. Safe to share between threads.

    Args:
        database: that has them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, promoted: Promoted, now: int, *, based_on: str | None = None) -> bool:
        """Keep one, in place of what was kept under its kind and id.

        Lines that were approved for other facts are no longer approved then.

        Args:
            promoted: what is kept.
            now: milliseconds since 1970.
            based_on: the digest of the facts that were changed, empty for new ones; None where
                it does not matter.

        Returns:
            Whether anything changed.

        Raises:
            PromotedEditedError: the facts are not those any more.
            DatabaseUnavailableError: the database cannot be written to.
        """
        digest = promoted_digest(promoted)
        self._database.upgrade_once()
        with self._database.writing() as connection:
            known = digest_of(connection, promoted.kind, promoted.id)
            if known == digest:
                return False
            if based_on is not None and known != based_on:
                raise PromotedEditedError(
                    "Somebody has changed its facts meanwhile.",
                    fix="see what they say, and save yours again if they are still wanted.",
                )
            connection.execute(delete(PROMOTED).where(_row(promoted.kind, promoted.id)))
            connection.execute(
                insert(PROMOTED),
                {
                    "kind": str(promoted.kind),
                    "promoted_id": promoted.id,
                    "content": promoted_text(promoted),
                    "digest": digest,
                    "updated": now,
                },
            )
        return True

    def find(self, kind: PromotedKind, promoted_id: str) -> Promoted | None:
        """One of them, or None. Raises as `save`."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return _find(connection, kind, promoted_id)

    def get(self, kind: PromotedKind, promoted_id: str) -> Promoted:
        """One of them.

        Raises:
            NotFoundError: it is not there.
            DatabaseUnavailableError: the database cannot be read.
        """
        promoted = self.find(kind, promoted_id)
        if promoted is None:
            raise NotFoundError(
                f"There is no {kind} {promoted_id[:100]!r} to promote.",
                fix="add it with `sizzle outreach promoted add FILE`.",
            )
        return promoted

    def all(self, *, after: tuple[str, str] = ("", ""), limit: int | None = None) -> list[Promoted]:
        """All of them, by kind and id. Raises as `save`.

        Args:
            after: kind and id of the last of an earlier page.
            limit: at most so many.
        """
        key = tuple_(PROMOTED.c.kind, PROMOTED.c.promoted_id)
        query = select(PROMOTED).order_by(PROMOTED.c.kind, PROMOTED.c.promoted_id).limit(limit)
        query = query.where(key > tuple_(*after)) if any(after) else query
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [_promoted(row) for row in connection.execute(query).mappings()]


def digest_of(connection: Connection, kind: PromotedKind, promoted_id: str) -> str:
    """SHA-256 of the facts as they are now; empty for what is not there."""
    promoted = _find(connection, kind, promoted_id)
    return "" if promoted is None else promoted_digest(promoted)


def titles_counted(connection: Connection, kind: PromotedKind, promoted_id: str) -> frozenset[str]:
    """The titles whose plays are what is wanted: it itself, or those in an asset; empty for any."""
    if kind is PromotedKind.TITLE:
        return frozenset({promoted_id})
    promoted = _find(connection, kind, promoted_id) if kind is PromotedKind.ASSET else None
    return frozenset() if promoted is None else promoted.title_ids


def _find(connection: Connection, kind: PromotedKind, promoted_id: str) -> Promoted | None:
    query = select(PROMOTED).where(_row(kind, promoted_id))
    row = connection.execute(query).mappings().first()
    return None if row is None else _promoted(row)


def _row(kind: PromotedKind, promoted_id: str) -> ColumnElement[bool]:
    return and_(PROMOTED.c.kind == str(kind), PROMOTED.c.promoted_id == promoted_id)


def _promoted(row: RowMapping) -> Promoted:
    return promoted_of_json(json.loads(row["content"]))

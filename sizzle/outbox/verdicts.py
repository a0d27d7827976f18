"""What people said of drafts: agree, or disagree and why. Appended, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, RowMapping, func, insert, select

from sizzle.database import Database
from sizzle.database.content_tables import VERDICTS

AGREE: Final = "agree"
DISAGREE: Final = "disagree"

_PARAMETERS: Final = 500  # of one statement: databases limit them


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody said of a line.

    Attributes:
        digest: of the line.
        promoted_digest: of the facts that it was compared with.
        agrees: whether it may be sent.
        reason: why not; empty where it may.
        by: who said so.
        at: milliseconds since 1970.
        number: rises with time; 0 before it is kept.
    """

    digest: str
    promoted_digest: str
    agrees: bool
    reason: str
    by: str
    at: int
    number: int = 0


class Verdicts:
    """The verdicts of a database. Safe to share between threads.

    Args:
        database: that has them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, verdict: Verdict) -> None:
        """Keep one. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.writing() as connection:
            connection.execute(insert(VERDICTS), _values(verdict))

    def of(self, digest: str) -> list[Verdict]:
        """All of a line, the oldest first. Raises DatabaseUnavailableError."""
        query = select(VERDICTS).where(VERDICTS.c.digest == digest).order_by(VERDICTS.c.number)
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [_verdict(row) for row in connection.execute(query).mappings()]


def newest_verdict(connection: Connection, digest: str) -> Verdict | None:
    """The one that counts, within a transaction."""
    return newest_verdicts(connection, [digest]).get(digest)


def newest_verdicts(connection: Connection, digests: Sequence[str]) -> dict[str, Verdict]:
    """The ones that count of several lines, within a transaction."""
    found = {}
    for start in range(0, len(digests), _PARAMETERS):
        page = digests[start : start + _PARAMETERS]
        newest = (
            select(func.max(VERDICTS.c.number))
            .where(VERDICTS.c.digest.in_(page))
            .group_by(VERDICTS.c.digest)
        )
        query = select(VERDICTS).where(VERDICTS.c.number.in_(newest))
        for row in connection.execute(query).mappings():
            found[row["digest"]] = _verdict(row)
    return found


def _values(verdict: Verdict) -> dict[str, object]:
    return {
        "digest": verdict.digest,
        "promoted_digest": verdict.promoted_digest,
        "verdict": AGREE if verdict.agrees else DISAGREE,
        "reason": verdict.reason,
        "by": verdict.by,
        "at": verdict.at,
    }


def _verdict(row: RowMapping) -> Verdict:
    return Verdict(
        digest=row["digest"],
        promoted_digest=row["promoted_digest"],
        agrees=row["verdict"] == AGREE,
        reason=row["reason"],
        by=row["by"],
        at=row["at"],
        number=row["number"],
    )

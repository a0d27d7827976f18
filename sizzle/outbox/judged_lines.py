"""Lines with what people said of them: what waits for somebody, and what may be sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, select

from sizzle.database import Database
from sizzle.database.content_tables import DRAFTS, LINES, VERDICTS
from sizzle.outbox.lines import DEFAULT_LANGUAGE, line_of_row
from sizzle.outbox.promoted import digest_of
from sizzle.outbox.verdicts import Verdict, newest_verdicts
from sizzle.outreach.content.lines import Line, preferred
from sizzle.outreach.vocabulary import Channel, PromotedKind

_PARAMETERS: Final = 500  # of one statement: databases limit them


class LineState(StrEnum):
    """What people said of a line."""

    APPROVED = "approved"
    TO_JUDGE = "to judge"
    # It was approved for other facts than those of today.
    FACTS_CHANGED = "facts changed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A line, and the verdict that counts.

    Attributes:
        verdict: the newest; None where nobody has judged it.
        drafted: rises with the time of its last draft; 0 without one.
    """

    line: Line
    state: LineState
    verdict: Verdict | None
    drafted: int

    @property
    def waits(self) -> bool:
        """Whether it waits for a verdict."""
        return self.state in (LineState.TO_JUDGE, LineState.FACTS_CHANGED)

    @property
    def number(self) -> int:
        """Of its newest verdict, to see whether somebody has judged it meanwhile."""
        return 0 if self.verdict is None else self.verdict.number


def judged_lines(
    database: Database,
    kind: PromotedKind | None = None,
    promoted_id: str | None = None,
    channel: Channel | None = None,
) -> list[JudgedLine]:
    """All lines, or those of one thing or channel, those that were drafted last first.

    Args:
        database: that has them.
        kind: only of what is of this kind.
        promoted_id: only of what has this id.
        channel: only of this one.

    Raises:
        ContentNotApprovedError: the store has another text under the digest of one.
        DatabaseUnavailableError: the database cannot be read.
    """
    query = select(LINES)
    wanted = ((LINES.c.kind, kind), (LINES.c.promoted_id, promoted_id), (LINES.c.channel, channel))
    for column, value in wanted:
        query = query if value is None else query.where(column == str(value))
    return _judged(database, query)


def judged_line(database: Database, digest: str) -> JudgedLine | None:
    """A line by its digest, or None. Raises as `judged_lines`."""
    return next(iter(_judged(database, select(LINES).where(LINES.c.digest == digest))), None)


def unjudged_lines(database: Database, after: str = "", limit: int = 50) -> list[Line]:
    """Lines of which nobody has said anything, by their digests. Raises as `judged_lines`.

    Args:
        database: that has them.
        after: the digest of the last of an earlier page.
        limit: at most so many.
    """
    judged = select(VERDICTS.c.digest).where(VERDICTS.c.digest == LINES.c.digest).exists()
    query = select(LINES).where(LINES.c.digest > after, ~judged).order_by(LINES.c.digest)
    database.upgrade_once()
    with database.reading() as connection:
        return [line_of_row(row) for row in connection.execute(query.limit(limit)).mappings()]


def line_to_show(
    lines: Sequence[JudgedLine],
    reason: str,
    language: str,
    *,
    drafts: bool = True,
    fallback: str = DEFAULT_LANGUAGE,
) -> JudgedLine | None:
    """The line that a member would get; else the draft of it that waits for a verdict.

    Args:
        lines: about one thing, for one channel.
        reason: that may be given.
        language: the member's.
        drafts: whether one that nobody has approved yet will do.
        fallback: the language of members whose own has no line.
    """
    states = (LineState.APPROVED,), (LineState.TO_JUDGE, LineState.FACTS_CHANGED)
    for wanted in states if drafts else states[:1]:
        fitting = sorted(
            (line for line in lines if line.state in wanted), key=lambda each: -_rank(each)
        )
        best = preferred([line.line for line in fitting], reason, language, fallback)
        for line in fitting:
            if line.line == best:
                return line
    return None


def _rank(judged: JudgedLine) -> int:
    """Of approved lines the one approved last goes first, of drafts the newest."""
    return judged.number if judged.state is LineState.APPROVED else judged.drafted


def _judged(database: Database, query: Select[Any]) -> list[JudgedLine]:
    database.upgrade_once()
    with database.reading() as connection:
        by_digest = {row["digest"]: row for row in connection.execute(query).mappings()}
        verdicts = newest_verdicts(connection, list(by_digest))
        drafted = _drafted(connection, list(by_digest))
        facts = _facts(connection, by_digest.values())
    found = [
        JudgedLine(
            line_of_row(row),
            _state(verdicts.get(digest), facts[row["kind"], row["promoted_id"]]),
            verdicts.get(digest),
            drafted.get(digest, 0),
        )
        for digest, row in by_digest.items()
    ]
    return sorted(found, key=lambda each: -each.drafted)


def _facts(connection: Connection, rows: Iterable[RowMapping]) -> dict[tuple[str, str], str]:
    """The digest of today's facts of each thing that rows are about, by its kind and id."""
    things = {(row["kind"], row["promoted_id"]) for row in rows}
    return {
        (kind, promoted_id): digest_of(connection, PromotedKind(kind), promoted_id)
        for kind, promoted_id in things
    }


def _state(verdict: Verdict | None, facts: str) -> LineState:
    if verdict is None:
        return LineState.TO_JUDGE
    if not verdict.agrees:
        return LineState.REFUSED
    return LineState.APPROVED if verdict.promoted_digest == facts else LineState.FACTS_CHANGED


def _drafted(connection: Connection, digests: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(digests), _PARAMETERS):
        page = digests[start : start + _PARAMETERS]
        query = select(DRAFTS.c.digest, func.max(DRAFTS.c.number)).where(DRAFTS.c.digest.in_(page))
        found.update(map(tuple, connection.execute(query.group_by(DRAFTS.c.digest))))
    return found

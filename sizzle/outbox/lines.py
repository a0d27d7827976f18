"""Lines in the database: written once, approved by their digest, verified at each use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from sqlalchemy import Connection, RowMapping, Select, bindparam, insert, select

from sizzle.database import Database
from sizzle.database.content_tables import LINES
from sizzle.errors import NotFoundError, SizzleError
from sizzle.eventlog.append import found_in
from sizzle.outbox.promoted import digest_of
from sizzle.outbox.verdicts import newest_verdict, newest_verdicts
from sizzle.outreach.content.lines import Line, preferred
from sizzle.outreach.vocabulary import Channel, PromotedKind

DEFAULT_LANGUAGE: Final = "en"

_MIN_BEGINNING: Final = 8


class ContentNotApprovedError(SizzleError):
    """A line that nobody approved as it is now."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 409
    slug: ClassVar[str] = "content-not-approved"
    title: ClassVar[str] = "Content not approved"


class Lines:
    """The lines of a database. Safe to share between threads.

    Args:
        database: that has them.
        fallback: the language for members whose own has no approved line.
    """

    def __init__(self, database: Database, fallback: str = DEFAULT_LANGUAGE) -> None:
        self._database = database
        self._fallback = fallback

    def add(self, line: Line) -> str:
        """Keep a line. Returns its digest. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.writing() as connection:
            add_line(connection, line)
        return line.digest

    def get(self, digest: str) -> Line:
        """A line, approved or not.

        Raises:
            NotFoundError: there is none of that digest.
            ContentNotApprovedError: the store has another text under that digest.
            DatabaseUnavailableError: the database cannot be read.
        """
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return line_of(connection, digest)

    def of_digests(self, digests: Iterable[str]) -> dict[str, Line]:
        """Those of these digests that are kept, approved or not, by their digests.

        Raises:
            ContentNotApprovedError: the store has another text under one of them.
            DatabaseUnavailableError: the database cannot be read.
        """
        self._database.upgrade_once()
        with self._database.reading() as connection:
            rows = (row._mapping for row in found_in(connection, _OF_DIGESTS, digests))
            return {row["digest"]: line_of_row(row) for row in rows}

    def resolve(self, beginning: str) -> str:
        """The digest that begins so, of at least 8 letters.

        Raises:
            NotFoundError: no line has it, or several do.
            DatabaseUnavailableError: the database cannot be read.
        """
        query = select(LINES.c.digest).where(LINES.c.digest.startswith(beginning, autoescape=True))
        self._database.upgrade_once()
        with self._database.reading() as connection:
            found = connection.execute(query.limit(2)).scalars().all()
        if len(beginning) < _MIN_BEGINNING or len(found) != 1:
            raise NotFoundError(
                f"{len(found) or 'No'} line{'s' if len(found) > 1 else ''} of digest "
                f"{beginning[:64]!r}.",
                fix="give at least 8 letters of one; `sizzle outreach lines` lists them.",
            )
        return str(found[0])

    def find(
        self,
        kind: PromotedKind | None = None,
        promoted_id: str | None = None,
        channel: Channel | None = None,
        *,
        after: str = "",
        limit: int | None = None,
    ) -> list[Line]:
        """All lines, or those of one thing or channel, by their digests. Raises as `get`.

        Args:
            kind: only of this kind.
            promoted_id: only of what has this id.
            channel: only of this channel.
            after: only those whose digests come after this one.
            limit: at most so many; None for all.
        """
        query = select(LINES).where(LINES.c.digest > after).order_by(LINES.c.digest).limit(limit)
        wanted = ((LINES.c.kind, kind), (LINES.c.promoted_id, promoted_id))
        for column, value in (*wanted, (LINES.c.channel, channel)):
            query = query if value is None else query.where(column == str(value))
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [line_of_row(row) for row in connection.execute(query).mappings()]

    def approved(
        self, kind: PromotedKind, promoted_id: str, reason: str, language: str, channel: Channel
    ) -> Line | None:
        """The approved line for a member, or None.

        One in the member's language without a reason goes before one in the fallback language;
        of several that fit alike, the one that was approved last.

        Raises:
            ContentNotApprovedError: the store's text is not the one that was approved.
            DatabaseUnavailableError: the database cannot be read.
        """
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return self.approved_within(connection, kind, promoted_id, reason, language, channel)

    def approved_within(
        self,
        connection: Connection,
        kind: PromotedKind,
        promoted_id: str,
        reason: str,
        language: str,
        channel: Channel,
    ) -> Line | None:
        """As `approved`, within a transaction. Raises ContentNotApprovedError."""
        query = select(LINES).where(
            LINES.c.kind == str(kind),
            LINES.c.promoted_id == promoted_id,
            LINES.c.channel == str(channel),
        )
        rows = connection.execute(query).mappings().all()
        facts = digest_of(connection, kind, promoted_id)
        lines = _approved(connection, rows, facts)
        return preferred(lines, reason, language, self._fallback)

    def verified(self, digest: str) -> Line:
        """A line that is approved as it is now. Raises as `verified_line`."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return verified_line(connection, digest)


def _approved(connection: Connection, rows: Iterable[RowMapping], facts: str) -> list[Line]:
    """Those that are approved for these facts, the newest approval first."""
    by_digest = {row["digest"]: row for row in rows}
    verdicts = newest_verdicts(connection, list(by_digest)).values()
    agreed = [
        verdict for verdict in verdicts if verdict.agrees and verdict.promoted_digest == facts
    ]
    agreed.sort(key=lambda verdict: -verdict.number)
    return [line_of_row(by_digest[verdict.digest]) for verdict in agreed]


def add_line(connection: Connection, line: Line) -> None:
    """Keep a line within a transaction, if it is not there yet."""
    digest = line.digest
    if connection.execute(_row(digest)).first() is None:
        values = {name: str(getattr(line, name)) for name in Line.__slots__}
        connection.execute(insert(LINES), {**values, "digest": digest})


def line_of(connection: Connection, digest: str) -> Line:
    """A line within a transaction. Raises NotFoundError and ContentNotApprovedError."""
    row = connection.execute(_row(digest)).mappings().first()
    if row is None:
        raise NotFoundError(
            f"There is no line {digest[:64]!r}.", fix="`sizzle outreach lines` lists them."
        )
    return line_of_row(row)


def verified_line(connection: Connection, digest: str) -> Line:
    """A line that is approved as it is now, within a transaction: of what is handed over.

    Raises:
        NotFoundError: there is none of that digest.
        ContentNotApprovedError: nobody approved it, somebody disagreed since, its text in the
            store was changed, or the facts of what it promotes were.
    """
    line = line_of(connection, digest)
    verdict = newest_verdict(connection, digest)
    if verdict is None or not verdict.agrees:
        raise _not_approved(digest, "nobody has approved it" if verdict is None else "refused")
    if verdict.promoted_digest != digest_of(connection, line.kind, line.promoted_id):
        raise _not_approved(digest, "the facts have changed since it was approved")
    return line


_OF_DIGESTS: Final = select(LINES).where(LINES.c.digest.in_(bindparam("values", expanding=True)))


def _row(digest: str) -> Select[tuple[str]]:
    return select(LINES).where(LINES.c.digest == digest)


def line_of_row(row: RowMapping) -> Line:
    """The line of a row. Raises ContentNotApprovedError: the row is not what its digest names."""
    try:
        line = Line(
            kind=PromotedKind(row["kind"]),
            promoted_id=row["promoted_id"],
            reason=row["reason"],
            language=row["language"],
            channel=Channel(row["channel"]),
            subject=row["subject"],
            text=row["text"],
        )
    except ValueError:
        raise _not_approved(row["digest"], "its row in the store was changed") from None
    if line.digest != row["digest"]:
        raise _not_approved(row["digest"], "its row in the store was changed")
    return line


def _not_approved(digest: str, why: str) -> ContentNotApprovedError:
    return ContentNotApprovedError(
        f"content not approved: line {digest[:12]}: {why}.",
        fix="draft it again, and have somebody else approve it with `sizzle outreach approve`.",
    )

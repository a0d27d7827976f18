"""Drafts in the database: who or what wrote a line, and what the checks found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import RowMapping, insert, select

from sizzle.database import Database
from sizzle.database.content_tables import DRAFTS
from sizzle.outbox.lines import add_line
from sizzle.outreach.content.lines import Line
from sizzle.outreach.policy.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Origin:
    """Who or what wrote a draft.

    Attributes:
        author: the person who asked for it, or wrote it.
        writer: `person`, or the writer's name.
        model: of the writer; empty without one.
        provider_id: the provider's own id of its answer; empty without one.
        prompt: the name of the prompt; empty without one.
        prompt_version: of the prompt, from 1; 0 without one.
        seed: that the writer was given.
    """

    author: str
    writer: str = "person"
    model: str = ""
    provider_id: str = ""
    prompt: str = ""
    prompt_version: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A line as it was written once.

    Attributes:
        digest: of the line.
        findings: what the checks found then.
        previous: digest of the draft that was refused before it; empty for a first try.
        created: milliseconds since 1970.
    """

    digest: str
    origin: Origin
    findings: tuple[Finding, ...]
    previous: str
    created: int


class Drafts:
    """The drafts of a database. Safe to share between threads.

    Args:
        database: that has them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        line: Line,
        origin: Origin,
        findings: Iterable[Finding],
        now: int,
        previous: str = "",
    ) -> Draft:
        """Keep a draft and its line. Raises DatabaseUnavailableError."""
        draft = Draft(line.digest, origin, tuple(findings), previous, now)
        self._database.upgrade_once()
        with self._database.writing() as connection:
            add_line(connection, line)
            connection.execute(insert(DRAFTS), _values(draft))
        return draft

    def of(self, digest: str) -> list[Draft]:
        """All of a line, the oldest first. Raises DatabaseUnavailableError."""
        query = select(DRAFTS).where(DRAFTS.c.digest == digest).order_by(DRAFTS.c.number)
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [_draft(row) for row in connection.execute(query).mappings()]

    def authors(self, digest: str) -> set[str]:
        """All who wrote a line or asked for it. Raises DatabaseUnavailableError."""
        return {draft.origin.author for draft in self.of(digest)}


def _values(draft: Draft) -> dict[str, object]:
    findings = [asdict(finding) for finding in draft.findings]
    return {
        "digest": draft.digest,
        **asdict(draft.origin),
        "findings": json.dumps(findings, ensure_ascii=False),
        "previous": draft.previous,
        "created": draft.created,
    }


def _draft(row: RowMapping) -> Draft:
    origin = Origin(**{name: row[name] for name in Origin.__slots__})
    findings = tuple(
        Finding(**{**record, "severity": Severity(record["severity"])})
        for record in json.loads(row["findings"])
    )
    return Draft(row["digest"], origin, findings, row["previous"], row["created"])

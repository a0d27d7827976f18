"""Tables of what is promoted, the lines about it, and who approved them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from sizzle.database.metadata import METADATA, POSITION

PROMOTED: Final = Table(
    "promoted",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("promoted_id", Text, primary_key=True),
    # All that may be said of it, as canonical JSON, and the SHA-256 of that.
    Column("content", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # Milliseconds since 1970.
    Column("updated", BigInteger, nullable=False),
)

LINES: Final = Table(
    "lines",
    METADATA,
    # SHA-256 of the content: a row is written once and never changed.
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("promoted_id", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index("lines_by_promoted", "kind", "promoted_id", "channel"),
)

DRAFTS: Final = Table(
    "drafts",
    METADATA,
    Column("number", POSITION, primary_key=True, autoincrement=True),
    # Of its line; the same text may have been written more than once.
    Column("digest", Text, nullable=False),
    # Whoever wrote it: a person, or a writer with its model, prompt, seed and the provider's id.
    Column("author", Text, nullable=False),
    Column("writer", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("prompt_version", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    # What the checks found then, as JSON.
    Column("findings", Text, nullable=False),
    # Digest of the draft that was refused before it; empty for a first try.
    Column("previous", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("drafts_by_digest", "digest"),
    sqlite_autoincrement=True,
)

VERDICTS: Final = Table(
    "verdicts",
    METADATA,
    Column("number", POSITION, primary_key=True, autoincrement=True),
    # Of the line, and of the facts that it was compared with.
    Column("digest", Text, nullable=False),
    Column("promoted_digest", Text, nullable=False),
    # `agree` or `disagree`; the newest of a digest counts.
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("verdicts_by_digest", "digest"),
    sqlite_autoincrement=True,
)

PROMPTS: Final = Table(
    "prompts",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    # Why this version was made, by whom: a person or a writer.
    Column("note", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)

EVALUATIONS: Final = Table(
    "evaluations",
    METADATA,
    Column("number", POSITION, primary_key=True, autoincrement=True),
    Column("prompt", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("writer", Text, nullable=False),
    Column("model", Text, nullable=False),
    # SHA-256 of the panel: only results of one panel are compared.
    Column("panel", Text, nullable=False),
    # How many passed each check, as JSON.
    Column("results", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("evaluations_by_prompt", "prompt", "version"),
    sqlite_autoincrement=True,
)

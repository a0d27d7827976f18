"""What is promoted, the lines about it, and who approved them."""

import sqlalchemy as sa
from alembic import op

revision = "v0006"
down_revision = "v0005"

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "promoted",
        *_keys("kind", "promoted_id"),
        *_texts("content", "digest"),
        _number("updated"),
    )
    op.create_table(
        "lines",
        *_keys("digest"),
        *_texts("kind", "promoted_id", "reason", "language", "channel", "subject", "text"),
    )
    op.create_index("lines_by_promoted", "lines", ["kind", "promoted_id", "channel"])
    op.create_table(
        "drafts",
        _position(),
        *_texts("digest", "author", "writer", "model", "provider_id", "prompt"),
        sa.Column("prompt_version", sa.Integer, nullable=False),
        _number("seed"),
        *_texts("findings", "previous"),
        _number("created"),
        sqlite_autoincrement=True,
    )
    op.create_index("drafts_by_digest", "drafts", ["digest"])
    op.create_table(
        "verdicts",
        _position(),
        *_texts("digest", "promoted_digest", "verdict", "reason", "by"),
        _number("at"),
        sqlite_autoincrement=True,
    )
    op.create_index("verdicts_by_digest", "verdicts", ["digest"])
    op.create_table(
        "prompts",
        *_keys("name"),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_texts("text", "note", "author"),
        _number("created"),
    )
    op.create_table(
        "evaluations",
        _position(),
        *_texts("prompt"),
        sa.Column("version", sa.Integer, nullable=False),
        *_texts("writer", "model", "panel", "results"),
        _number("created"),
        sqlite_autoincrement=True,
    )
    op.create_index("evaluations_by_prompt", "evaluations", ["prompt", "version"])


def _position() -> sa.Column[int]:
    return sa.Column("number", _POSITION, primary_key=True, autoincrement=True)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]

"""What events say of viewing, by member; and in which order members were erased."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"

_PAGE = 5000
_CONTEXT = ("device", "locale", "country", "surface")


def upgrade() -> None:
    """Create the table, fill it from the events, and number the erased members."""
    records = op.create_table(
        "viewing_records",
        sa.Column("member_id", sa.Text, primary_key=True),
        sa.Column("time", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("type", "title_id", "reel_id")),
        *(sa.Column(name, sa.Double) for name in ("amount", "cut", "frames")),
        sa.Column("context", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.add_column("erased_members", sa.Column("number", sa.BigInteger))
    op.create_index("erased_members_by_number", "erased_members", ["number"])
    connection = op.get_bind()
    for page in _pages(connection):
        rows = [row for row in map(_record, page) if row is not None]
        if rows:
            connection.execute(records.insert(), rows)


def _pages(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    columns = ("position", "key", "member_id", "time", "type", "reel_id", "content")
    events = sa.table("events", *map(sa.column, columns))
    query = sa.select(events).where(events.c.member_id != "").order_by(events.c.position)
    after = 0
    while page := [
        dict(row)
        for row in connection.execute(
            query.where(events.c.position > after).limit(_PAGE)
        ).mappings()
    ]:
        yield page
        after = page[-1]["position"]


def _json(value: dict[str, str]) -> str:
    """As the log writes it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _record(event: dict[str, Any]) -> dict[str, Any] | None:
    content = json.loads(event["content"])
    attributes, metrics = content["attributes"], content["metrics"]
    title = attributes.get("title_id", "")
    title = title if title.isprintable() and len(title) <= 100 else ""
    in_reel = event["type"] == "reel_progress"
    amount = metrics.get("rating" if event["type"] == "title_rated" else "seconds")
    cut, frames = metrics.get("cut"), metrics.get("frames")
    if (cut is None or frames is None) if in_reel else (not title or amount is None):
        return None
    given = {name: attributes[name] for name in _CONTEXT if attributes.get(name)}
    return {
        **{name: event[name] for name in ("member_id", "time", "key", "type")},
        "title_id": title,
        "reel_id": event["reel_id"] if in_reel else "",
        "amount": amount,
        "cut": cut if in_reel else None,
        "frames": frames if in_reel else None,
        "context": _json(given) if given else "",
    }

"""A database with millions of events, written by SQLite itself: 10,000,000 in some minutes."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from benchmarks.ranker_model import LENGTH, TITLES
from sizzle.database import Database

MEMBERS: Final = 200_000
"""Of whom the events are."""

_START: Final = 1_600_000_000_000  # milliseconds since 1970
_DAY: Final = 86_400_000

_EVENTS: Final = """
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count - 1)
INSERT INTO events (key, app, event_id, type, member_id, endpoint_id, reel_id, time, clock_offset,
    received, content, digest)
SELECT CAST(:prefix || n AS BLOB), 'default', :prefix || n, 'title_played',
    :prefix || (n % :members), '', '', :start + n / :members * :step + n % 1000, 0, :start,
    '{"attributes":{"title_id":"title-' || (n * 31 % :titles) || '"},"metrics":{"seconds":' ||
        (1000 + n * 7 % 5000) || '.0}}', CAST(n AS BLOB)
FROM numbers
"""
_RECORDS: Final = """
INSERT INTO viewing_records (member_id, time, key, type, title_id, reel_id, amount, context)
SELECT member_id, time, key, type, json_extract(content, '$.attributes.title_id'), '',
    json_extract(content, '$.metrics.seconds'), ''
FROM events ORDER BY member_id, time, key
"""


def write_database(path: Path, events: int, long: int) -> None:
    """Write a database as the log would have filled it.

    Args:
        path: of the file.
        events: how many, of `MEMBERS` members, each with as many as the others.
        long: how many members more, `long-0` and so on, have a history that fills the context.
    """
    database = Database(make_url(f"sqlite:///{path}"))
    database.upgrade()
    database.close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=OFF")  # where it fails, it is written again
    connection.execute("PRAGMA cache_size=-500000")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events' "
        "AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:  # made at the end, which takes a tenth of the time
        connection.execute(f"DROP INDEX {name}")
    connection.execute("BEGIN")
    about = {"titles": TITLES, "start": _START, "step": _DAY}
    everyone = {"count": events, "members": MEMBERS, "prefix": "member-", **about}
    connection.execute(_EVENTS, everyone)
    connection.execute(
        _EVENTS, {"count": LENGTH * long, "members": long, "prefix": "long-", **about}
    )
    connection.execute(_RECORDS)
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.close()

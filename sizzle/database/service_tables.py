"""What the machines of a service share beside members and events: keys, requests and jobs."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, Table, Text

from sizzle.database.metadata import METADATA

API_KEYS: Final = Table(
    "api_keys",
    METADATA,
    Column("key_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # Of the secret part, in hexadecimal.
    Column("sha256", Text, nullable=False),
    # Separated by spaces.
    Column("scopes", Text, nullable=False),
    Column("rate", Double),
    # Seconds since 1970.
    Column("created", Double, nullable=False),
    Column("revoked", Double),
    Column("aws", Boolean, nullable=False),
)

API_ACCESS: Final = Table(
    "api_access",
    METADATA,
    # One row, from the first key on: no request is answered without a key any more.
    Column("number", Integer, primary_key=True, autoincrement=False),
    # Rises with each change of a key, so that machines see that they have to read them again.
    Column("changes", BigInteger, nullable=False),
)

WORKERS: Final = Table(
    "workers",
    METADATA,
    # A process that holds requests or jobs: its machine, its number and when it started.
    Column("worker", Text, primary_key=True),
    # Milliseconds since 1970, by the database's clock: from then on others take what it holds.
    Column("lease", BigInteger, nullable=False),
)

REQUESTS: Final = Table(
    "requests",
    METADATA,
    # A hash of the caller, the method, the path and the Idempotency-Key.
    Column("name", Text, primary_key=True),
    Column("started", BigInteger, nullable=False),
    Column("worker", Text, nullable=False),
    # Of the response, once there is one.
    Column("body_sha256", Text),
    Column("status", Integer),
    Column("headers", Text),
    Column("body", LargeBinary),
    Index("requests_by_start", "started"),
)

JOBS: Final = Table(
    "jobs",
    METADATA,
    Column("queue", Text, primary_key=True),
    Column("job_id", Text, primary_key=True),
    # Seconds since 1970.
    Column("created", Double, nullable=False),
    # Under which its files are kept.
    Column("folder", Text, nullable=False),
    # JSON each; `events` is an array. There is a result once the job is done.
    Column("request", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("result", Text),
    Column("publication", Text),
    # Who runs it, and how often it was begun.
    Column("worker", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Index("jobs_by_age", "queue", "created"),
)

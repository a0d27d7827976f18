"""The tables of people who sign in: users, their sessions, and failed attempts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from sizzle.database.metadata import METADATA

USERS: Final = Table(
    "users",
    METADATA,
    # Of mail, in lower case.
    Column("address", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # As argon2 writes it; empty for those who sign in with an OpenID Connect provider only.
    Column("password_hash", Text, nullable=False),
    # A JSON array.
    Column("scopes", Text, nullable=False),
    # Milliseconds since 1970, here and below.
    Column("created", BigInteger, nullable=False),
    # None as long as they may sign in.
    Column("disabled", BigInteger),
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    # SHA-256 of the cookie's value, which is kept nowhere.
    Column("token_hash", LargeBinary, primary_key=True),
    # How they signed in: as `sizzle.accounts.sessions.SignInMethod`.
    Column("method", Text, nullable=False),
    # The user's address, the provider's subject, or the id of an API key.
    Column("subject", Text, nullable=False),
    # The user whom the provider's verified address names; empty without one.
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    # Those that the provider granted, as a JSON array; a user's own are read with each request.
    Column("scopes", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    # To the minute.
    Column("used", BigInteger, nullable=False),
    Index("sessions_by_subject", "method", "subject"),
    Index("sessions_by_address", "address"),
    Index("sessions_by_created", "created"),
)

SIGN_IN_ATTEMPTS: Final = Table(
    "sign_in_attempts",
    METADATA,
    # A hash of the address, of the client, or of both.
    Column("key", LargeBinary, primary_key=True),
    # In a row, without success.
    Column("count", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),
    Index("sign_in_attempts_by_time", "last"),
)

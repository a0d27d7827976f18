"""Sessions: begun at each sign-in with a new random token, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, delete, insert, or_, select, update

from sizzle.database import Database
from sizzle.database.account_tables import SESSIONS, USERS

_TOKEN_BYTES: Final = 32
_MINUTE: Final = 60_000  # milliseconds


class SignInMethod(StrEnum):
    """How somebody signed in."""

    PASSWORD = "password"  # noqa: S105 - a name
    PROVIDER = "provider"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in.

    Attributes:
        token_hash: of the cookie's value.
        method: how they signed in.
        subject: the user's address, the provider's subject, or the id of an API key.
        address: of the user; empty for a key, and for a subject that is no user's.
        name: as pages show it.
        scopes: what they may do; for a key, those of the key count.
        created: milliseconds since 1970.
    """

    token_hash: bytes
    method: SignInMethod
    subject: str
    address: str
    name: str
    scopes: tuple[str, ...]
    created: int


class Sessions:
    """The sessions of a database. Safe to share between threads.

    Args:
        database: that has them.
        lifetime: milliseconds after which one ends.
        idle: milliseconds without a request after which one ends.
    """

    def __init__(self, database: Database, lifetime: int, idle: int) -> None:
        self._database = database
        self._lifetime, self._idle = lifetime, idle

    def begin(
        self,
        method: SignInMethod,
        subject: str,
        now: int,
        *,
        address: str = "",
        name: str = "",
        scopes: tuple[str, ...] = (),
        replaces: str = "",
    ) -> str:
        """Begin a session, and end the one that its browser had.

        Args:
            method: how they signed in.
            subject: who they are, by this method.
            now: milliseconds since 1970.
            address: of the user, if they are one.
            name: as pages show it.
            scopes: that the provider granted.
            replaces: the token of the session before.

        Returns:
            The token, for the cookie.

        Raises:
            DatabaseUnavailableError: the database cannot be written to.
        """
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        row = {
            "token_hash": _hash(token),
            "method": method.value,
            "subject": subject,
            "address": address,
            "name": name,
            "scopes": json.dumps(list(scopes)),
            "created": now,
            "used": now,
        }
        self._database.upgrade_once()
        with self._database.writing() as connection:
            ended = or_(self._has_ended(now), SESSIONS.c.token_hash == _hash(replaces))
            connection.execute(delete(SESSIONS).where(ended))
            connection.execute(insert(SESSIONS).values(**row))
        return token

    def find(self, token: str, now: int) -> Session | None:
        """The session of a token, unless it has ended; it is in use then.

        Raises:
            DatabaseUnavailableError: the database cannot be read.
        """
        self._database.upgrade_once()
        with self._database.reading() as connection:
            row = connection.execute(_find(_hash(token)).where(~self._has_ended(now))).first()
        if row is None or (row.address and row.disabled is not None):
            return None
        if row.method == SignInMethod.PASSWORD and row.user_scopes is None:
            return None
        if now - row.used >= _MINUTE:
            self._touch(row.token_hash, now)
        scopes = dict.fromkeys((*json.loads(row.scopes), *json.loads(row.user_scopes or "[]")))
        return Session(
            row.token_hash,
            SignInMethod(row.method),
            row.subject,
            row.address,
            row.user_name or row.name or row.address or row.subject,
            tuple(scopes),
            row.created,
        )

    def end(self, session: Session) -> None:
        """End a session. Raises DatabaseUnavailableError."""
        self._delete(SESSIONS.c.token_hash == session.token_hash)

    def end_all(self, session: Session) -> int:
        """End all sessions of whoever has this one. Raises DatabaseUnavailableError."""
        return self._delete(_of_same(session))

    def count(self, session: Session, now: int) -> int:
        """How many sessions whoever has this one has. Raises DatabaseUnavailableError."""
        query = select(SESSIONS.c.created).where(_of_same(session), ~self._has_ended(now))
        with self._database.reading() as connection:
            return len(connection.execute(query).all())

    def _has_ended(self, now: int) -> ColumnElement[bool]:
        return or_(SESSIONS.c.created <= now - self._lifetime, SESSIONS.c.used <= now - self._idle)

    def _touch(self, token_hash: bytes, now: int) -> None:
        one = SESSIONS.c.token_hash == token_hash
        with self._database.writing(concurrent=True) as connection:
            connection.execute(update(SESSIONS).where(one).values(used=now))

    def _delete(self, condition: ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            return connection.execute(delete(SESSIONS).where(condition)).rowcount


def _find(token_hash: bytes) -> Select[tuple[object, ...]]:
    """A session's row, with its user's."""
    columns = (
        *SESSIONS.c,
        USERS.c.scopes.label("user_scopes"),
        USERS.c.name.label("user_name"),
        USERS.c.disabled,
    )
    both = SESSIONS.outerjoin(USERS, SESSIONS.c.address == USERS.c.address)
    return select(*columns).select_from(both).where(SESSIONS.c.token_hash == token_hash)


def _of_same(session: Session) -> ColumnElement[bool]:
    """The sessions of whoever has this one, however they signed in."""
    method, subject = session.method.value, session.subject
    same = and_(SESSIONS.c.method == method, SESSIONS.c.subject == subject)
    return or_(same, SESSIONS.c.address == session.address) if session.address else same


def _hash(token: str) -> bytes:
    """It has 256 random bits, which no dictionary has: one round of SHA-256 protects it."""
    return hashlib.sha256(token.encode(errors="replace")).digest()

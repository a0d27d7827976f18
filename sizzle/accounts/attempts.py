"""The brake on guessing: the more failed attempts in a row, the longer until the next."""

from __future__ import annotations

import hashlib
from typing import ClassVar, Final

from sqlalchemy import Connection, delete, insert, select, update

from sizzle.database import Database
from sizzle.database.account_tables import SIGN_IN_ATTEMPTS
from sizzle.errors import SizzleError

_HOUR: Final = 3_600_000  # milliseconds: after one without attempts, all is forgotten
_LONGEST: Final = 900_000


class TooManyAttemptsError(SizzleError):
    """Too many attempts to sign in failed."""

    status: ClassVar[int] = 429
    slug: ClassVar[str] = "too-many-attempts"
    title: ClassVar[str] = "Too many attempts"

    def __init__(self, wait: int) -> None:
        seconds = -(-wait // 1000)
        super().__init__(
            "Too many attempts to sign in have failed.", fix=f"wait {seconds} seconds, then retry."
        )
        self.retry_after = seconds


def wait_after(count: int, free: int) -> int:
    """Milliseconds to wait after so many failed attempts, of which some are free."""
    return min(_LONGEST, 1000 << min(count - free, 20)) if count >= free else 0


class Attempts:
    """Attempts to sign in, counted before they are checked: of many at once, few are.

    Args:
        database: that counts them, for all workers.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, address: str, client: str, now: int) -> None:
        """Count an attempt.

        An address from one client has few attempts, a client a few more. An address from anywhere
        has many, as it would otherwise be easy to lock somebody out.

        Args:
            address: that is named.
            client: the network address that it comes from.
            now: milliseconds since 1970.

        Raises:
            TooManyAttemptsError: it comes too early; it is not counted.
            DatabaseUnavailableError: the database cannot be written to.
        """
        self._database.upgrade_once()
        with self._database.writing() as connection:
            old = SIGN_IN_ATTEMPTS.c.last <= now - _HOUR
            connection.execute(delete(SIGN_IN_ATTEMPTS).where(old))
            counts = {key: _count(connection, key) for key in _keys(address, client)}
            waits = (
                last + wait_after(count, free) - now
                for (count, last), free in zip(counts.values(), _FREE, strict=True)
                if count
            )
            if (wait := max(waits, default=0)) > 0:
                raise TooManyAttemptsError(wait)
            for key, (count, _) in counts.items():
                _write(connection, key, count + 1, now)

    def succeeded(self, address: str, client: str) -> None:
        """Forget the attempts with this address from this client, and one of the others each."""
        both, *others = _keys(address, client)
        with self._database.writing() as connection:
            one = SIGN_IN_ATTEMPTS.c.key == both
            connection.execute(delete(SIGN_IN_ATTEMPTS).where(one))
            for key in others:
                count, last = _count(connection, key)
                if count:
                    _write(connection, key, count - 1, last)


_FREE: Final = (5, 20, 100)
"""Of an address from one client, of a client, and of an address from anywhere."""


def _keys(address: str, client: str) -> tuple[bytes, bytes, bytes]:
    address = address.strip().lower()
    texts = (f"both\0{address}\0{client}", f"client\0{client}", f"address\0{address}")
    both, of_client, of_address = (
        hashlib.sha256(text.encode(errors="replace")).digest() for text in texts
    )
    return both, of_client, of_address


def _count(connection: Connection, key: bytes) -> tuple[int, int]:
    columns = SIGN_IN_ATTEMPTS.c["count", "last"]
    row = connection.execute(select(*columns).where(SIGN_IN_ATTEMPTS.c.key == key)).first()
    return (0, 0) if row is None else (row[0], row[1])


def _write(connection: Connection, key: bytes, count: int, now: int) -> None:
    one = SIGN_IN_ATTEMPTS.c.key == key
    changed = connection.execute(
        update(SIGN_IN_ATTEMPTS).where(one).values(count=count, last=now)
    ).rowcount
    if not changed:
        connection.execute(insert(SIGN_IN_ATTEMPTS).values(key=key, count=count, last=now))

"""The users of an installation, in its database."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from sizzle.accounts.passwords import Passwords, check_password
from sizzle.database import Database
from sizzle.database.account_tables import SESSIONS, USERS
from sizzle.errors import InputError, NotFoundError

_ADDRESS: Final = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,190}")
_MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in.

    Attributes:
        address: of mail, in lower case.
        name: as pages show it; the address where there is none.
        scopes: what the user may do, by the names of API scopes.
        created: milliseconds since 1970.
        disabled: likewise, or None as long as the user may sign in.
        has_password: whether there is one; without it, only a provider lets the user in.
    """

    address: str
    name: str
    scopes: tuple[str, ...]
    created: int
    disabled: int | None
    has_password: bool


class Users:
    """The users of a database. Safe to share between threads.

    Args:
        database: that has them.
        passwords: hashes passwords; by default made when the first is needed.
    """

    def __init__(self, database: Database, passwords: Passwords | None = None) -> None:
        self._database = database
        self._made = passwords

    @property
    def _passwords(self) -> Passwords:
        if self._made is None:
            self._made = Passwords()
        return self._made

    def create(
        self, address: str, name: str, scopes: Iterable[str], password: str | None, now: int
    ) -> User:
        """Create a user.

        Args:
            address: of mail.
            name: as pages show it.
            scopes: what the user may do.
            password: None for a user whom only an OpenID Connect provider lets in.
            now: milliseconds since 1970.

        Raises:
            InputError: an address, name or password that cannot be used, or no scope.
            DatabaseUnavailableError: the database cannot be written to.
        """
        address, name = mail_address(address), " ".join(name.split())[:_MAX_NAME]
        hashed = self._hashed(password, address) if password is not None else ""
        row = {
            "address": address,
            "name": name,
            "password_hash": hashed,
            "scopes": _scopes_text(scopes),
            "created": now,
        }
        self._database.upgrade_once()
        with self._database.writing() as connection:
            if _find(connection, address) is not None:
                raise InputError(
                    f"There is a user {address} already.",
                    fix="change it with `sizzle users roles` or `sizzle users password`.",
                )
            connection.execute(insert(USERS).values(**row))
        return self.get(address)

    def all(self) -> list[User]:
        """All users, by their addresses. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [_user(row) for row in connection.execute(select(USERS).order_by("address"))]

    def get(self, address: str) -> User:
        """A user. Raises NotFoundError and DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            found = _find(connection, address.strip().lower())
        if found is None:
            raise NotFoundError(f"There is no user {address[:100]!r}.", fix="see `users list`.")
        return found

    def find(self, address: str) -> User | None:
        """A user, or None. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return _find(connection, address.strip().lower())

    def count(self, scope: str | None = None) -> int:
        """How many may sign in, and have a scope. Raises DatabaseUnavailableError."""
        return sum(
            user.disabled is None and (scope is None or scope in user.scopes) for user in self.all()
        )

    def exist(self) -> bool:
        """Whether there is any user, disabled or not. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return bool(connection.execute(select(func.count()).select_from(USERS)).scalar_one())

    def signed_in(self, address: str, password: str) -> User | None:
        """The user of an address and password, or None; that takes equally long for all addresses.

        Raises:
            DatabaseUnavailableError: the database cannot be read.
        """
        address = address.strip().lower()
        self._database.upgrade_once()
        with self._database.reading() as connection:
            row = connection.execute(select(USERS).where(USERS.c.address == address)).first()
        stored = row.password_hash if row is not None else ""
        matches = self._passwords.matches(password, stored)
        if row is None or not matches or row.disabled is not None:
            return None
        if self._passwords.is_outdated(stored):
            self._set(address, password_hash=self._passwords.hash(password))
        return _user(row)

    def set_password(self, address: str, password: str) -> User:
        """Change a password, and end the user's sessions.

        Raises:
            InputError: a password that cannot be used.
            NotFoundError: there is no such user.
            DatabaseUnavailableError: the database cannot be written to.
        """
        user = self.get(address)
        hashed = self._hashed(password, user.address)
        self._set(user.address, ends_sessions=True, password_hash=hashed)
        return self.get(user.address)

    def set_scopes(self, address: str, scopes: Iterable[str]) -> User:
        """Change what a user may do, from the next request on. Raises as `set_password`."""
        user = self.get(address)
        self._set(user.address, scopes=_scopes_text(scopes))
        return self.get(user.address)

    def disable(self, address: str, now: int | None) -> User:
        """Let a user sign in no longer, or with None again; end the user's sessions."""
        user = self.get(address)
        self._set(user.address, ends_sessions=True, disabled=now)
        return self.get(user.address)

    def _hashed(self, password: str, address: str) -> str:
        check_password(password, address)
        return self._passwords.hash(password)

    def _set(self, address: str, *, ends_sessions: bool = False, **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(update(USERS).where(USERS.c.address == address).values(**values))
            if ends_sessions:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.address == address))


def mail_address(text: str) -> str:
    """An address as it is kept. Raises InputError: it is not one."""
    address = text.strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise InputError(
            f"{text[:100]!r} is not an address of mail.", fix="write it as name@example.com."
        )
    return address


def _scopes_text(scopes: Iterable[str]) -> str:
    chosen = list(dict.fromkeys(map(str, scopes)))
    if not chosen:
        raise InputError("A user needs at least one scope.", fix="give one with --scope.")
    return json.dumps(chosen)


def _find(connection: Connection, address: str) -> User | None:
    row = connection.execute(select(USERS).where(USERS.c.address == address)).first()
    return None if row is None else _user(row)


def _user(row: Row[tuple[object, ...]]) -> User:
    return User(
        row.address,
        row.name or row.address,
        tuple(json.loads(row.scopes)),
        row.created,
        row.disabled,
        bool(row.password_hash),
    )

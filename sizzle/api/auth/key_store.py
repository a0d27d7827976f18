"""API keys: created, revoked, and read again where they have changed."""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from sizzle.api.auth.api_keys import ApiKey, ApiKeys, ApiScope
from sizzle.api.auth.key_records import KeyFile, KeyRecords, read_keys, write_keys
from sizzle.database import Database, DatabaseUnavailableError
from sizzle.errors import InputError, NotFoundError
from sizzle.reloading import ChangeReloader

_log = logging.getLogger(__name__)
_ID_LETTERS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_KNOWN: Final = "keys-known.json"
_KNOWN_FOR: Final = 86_400.0  # seconds: a key may have been revoked since
_KNOWN_AGAIN: Final = 3600.0  # seconds


class KeyStore:
    """The keys of an installation.

    Args:
        records: where they are.
    """

    def __init__(self, records: KeyRecords) -> None:
        self.records = records

    def read(self) -> ApiKeys:
        """The keys as they are now. Raises as `KeyRecords.load`."""
        keys, required = self.records.load()
        return ApiKeys(keys, required=required)

    def create(
        self,
        name: str,
        scopes: Iterable[ApiScope],
        rate: float | None = None,
        *,
        aws: bool = False,
    ) -> tuple[ApiKey, str]:
        """Create a key, and keep its hash.

        Returns:
            Its record, and the key itself, which cannot be had again.

        Raises:
            InputError: no scope, a rate that is not positive, or it cannot be written.
            DatabaseUnavailableError: it cannot be written at the moment.
        """
        chosen = tuple(dict.fromkeys(scopes))
        if not chosen:
            raise InputError("A key needs at least one scope.", fix="give it one with --scope.")
        if rate is not None and rate <= 0:
            raise InputError(f"A key's rate must be above 0, not {rate:g}.", fix="change --rate.")
        key_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(10))
        secret = secrets.token_urlsafe(32)
        sha256 = hashlib.sha256(secret.encode()).hexdigest()
        key = ApiKey(key_id, name, sha256, chosen, rate, time.time(), aws=aws)
        return self.records.change(key_id, lambda _: key), f"sz_{key_id}_{secret}"

    def revoke(self, key_id: str) -> ApiKey:
        """Revoke a key. Raises NotFoundError: there is no key of that id."""

        def revoked(key: ApiKey | None) -> ApiKey:
            if key is None:
                raise NotFoundError(
                    f"There is no API key {key_id[:40]!r}.", fix="see `sizzle keys list`."
                )
            return replace(key, revoked=key.revoked or time.time())

        return self.records.change(key_id, revoked)


def key_store(database: Database, state: Path) -> KeyStore:
    """The keys of an installation: in its database, where several machines share one.

    Args:
        database: of the installation.
        state: its state folder.
    """
    if database.is_sqlite:
        return KeyStore(KeyFile(state))
    from sizzle.api.auth.key_rows import KeyRows

    return KeyStore(KeyRows(database, state))


class KeyReloader(ChangeReloader[ApiKeys]):
    """Keys that are read again when they change.

    Keys that are gone let nobody in at once, even if most are gone by mistake. Where they cannot
    be read at the start, those that this machine read within the last day are used.

    Args:
        store: of the keys.
        state: a folder to remember them in; without it, they are not remembered.

    Raises:
        InputError: they are damaged.
    """

    def __init__(self, store: KeyStore, state: Path | None = None) -> None:
        self._store = store
        self._known = state / _KNOWN if state is not None else None
        super().__init__(
            store.records.stamp,
            self._read,
            name=store.records.name,
            counts=lambda keys: {"API keys": len(keys.keys)},
            take_collapsed=True,
        )

    def first(self) -> ApiKeys:
        """The keys at the start."""
        try:
            return super().first()
        except DatabaseUnavailableError as error:
            self.fail(error)
            keys = self._remembered()
            _log.error("%s; %d API keys of before are in use", error, len(keys))
            return ApiKeys(keys, required=True, unreadable=error.what)

    def _read(self) -> ApiKeys:
        keys = self._store.read()
        if self._known is not None and self._is_due(keys):
            write_keys(self._known, keys.keys.values())
        return keys

    def _is_due(self, keys: ApiKeys) -> bool:
        assert self._known is not None
        try:
            age = time.time() - self._known.stat().st_mtime
            return age > _KNOWN_AGAIN or read_keys(self._known) != keys.keys
        except (OSError, InputError):
            return True

    def _remembered(self) -> dict[str, ApiKey]:
        try:
            if self._known is None or time.time() - self._known.stat().st_mtime > _KNOWN_FOR:
                return {}
            return dict(read_keys(self._known))
        except (OSError, InputError):
            return {}

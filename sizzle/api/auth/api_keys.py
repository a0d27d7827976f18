"""API keys: created, revoked and recognized; only their hashes are kept.

A key is `sz_<id>_<secret>`. The id finds its record, so that no look-up depends on the secret,
whose hash is then compared in constant time. The secret has 256 random bits, which no dictionary
has, so one round of SHA-256 protects it.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from sizzle.errors import InputError, NotFoundError
from sizzle.files import write_text

_FILE: Final = "keys.json"
_REQUIRED: Final = "keys-required"
_REQUIRED_TEXT: Final = f"""\
An API key or a user was created for this service: it answers nobody without one from then on,
even if {_FILE} is lost. To have it answer this machine without a key again, stop the service, then
remove this file, {_FILE} and all users.
"""
_KEY = re.compile(r"sz_([0-9a-z]{10})_([A-Za-z0-9_-]{43})", re.ASCII)
_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_UNKNOWN = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


class ApiScope(StrEnum):
    """What a key may be used for; `admin` includes all others."""

    READ = "reels:read"
    WRITE = "assets:write"
    EVENTS_WRITE = "events:write"
    EVENTS_READ = "events:read"
    METRICS_READ = "metrics:read"
    OUTREACH_READ = "outreach:read"
    OUTREACH_WRITE = "outreach:write"
    OUTREACH_APPROVE = "outreach:approve"
    OUTREACH_SEND = "outreach:send"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The record of a key.

    Attributes:
        key_id: its public part.
        name: its holder.
        sha256: of its secret part.
        scopes: what it may be used for.
        rate: requests a second, or None for the settings' rate.
        created: seconds since 1970.
        revoked: seconds since 1970, or None while it is valid.
        aws: whether requests may be signed with credentials that are derived for it.
    """

    key_id: str
    name: str
    sha256: str
    scopes: tuple[ApiScope, ...]
    rate: float | None
    created: float
    revoked: float | None = None
    aws: bool = False

    @classmethod
    def of_json(cls, raw: Mapping[str, Any]) -> Self:
        """The record as the file has it. Raises KeyError, TypeError or ValueError."""
        return cls(**{**raw, "scopes": tuple(ApiScope(scope) for scope in raw["scopes"])})

    def allows(self, scope: ApiScope) -> bool:
        """Whether it may be used for this."""
        return scope in self.scopes or ApiScope.ADMIN in self.scopes


class ApiKeys:
    """The keys of a state folder, as they were when it was read.

    Args:
        keys: by their ids.
        required: whether requests need a key even if no record is left.
    """

    def __init__(self, keys: Mapping[str, ApiKey], *, required: bool = False) -> None:
        self.keys = keys
        self._required = required

    @classmethod
    def read(cls, state: Path) -> Self:
        """The keys of a state folder.

        Raises:
            InputError: the file is damaged: nobody is let in by mistake.
        """
        path = state / _FILE
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            keys = [ApiKey.of_json(fields) for fields in raw["keys"]]
        except FileNotFoundError:
            keys = []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"The API keys cannot be read: {error}.",
                where=str(path),
                fix="restore the file, or remove it and create the keys again.",
            ) from error
        required = (state / _REQUIRED).exists()
        return cls({key.key_id: key for key in keys}, required=required)

    @property
    def several(self) -> bool:
        """Whether two keys or more can be used, so that one can approve what another wrote."""
        return sum(key.revoked is None for key in self.keys.values()) > 1

    @property
    def required(self) -> bool:
        """Whether requests need a key: from the first key on, even if all records are lost."""
        return self._required or bool(self.keys)

    def find(self, text: str) -> ApiKey | None:
        """The record of a key that a client sent, if the key is valid."""
        match = _KEY.fullmatch(text)
        key = self.keys.get(match[1]) if match else None
        sent = hashlib.sha256((match[2] if match else text).encode(errors="replace")).hexdigest()
        right = hmac.compare_digest(sent, key.sha256 if key else _UNKNOWN)
        return key if right and key is not None and key.revoked is None else None


def key_files(state: Path) -> tuple[Path, Path]:
    """The files that `ApiKeys.read` reads."""
    return state / _FILE, state / _REQUIRED


def require_keys(state: Path) -> None:
    """Have every request need a key from now on, even if the keys' file is lost.

    Raises:
        InputError: the folder cannot be written to.
    """
    path = state / _REQUIRED
    try:
        state.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            write_text(path, _REQUIRED_TEXT)
    except OSError as error:
        raise _unwritable(state, error) from error


def create_key(
    state: Path,
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
        InputError: no scope, a rate that is not positive, or a folder that cannot be written to.
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
    require_keys(state)  # first, so that a crash after it leaves the service closed
    with _changed(state) as keys:
        keys[key_id] = key
    return key, f"sz_{key_id}_{secret}"


def revoke_key(state: Path, key_id: str) -> ApiKey:
    """Revoke a key. Raises NotFoundError: there is no key of that id."""
    with _changed(state) as keys:
        if key_id not in keys:
            raise NotFoundError(
                f"There is no API key {key_id[:40]!r}.", fix="see `sizzle keys list`."
            )
        old = keys[key_id]
        keys[key_id] = ApiKey(**{**_raw(old), "revoked": old.revoked or time.time()})
        return keys[key_id]


def _raw(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in ApiKey.__slots__}


@contextmanager
def _changed(state: Path) -> Iterator[dict[str, ApiKey]]:
    """The keys by their ids, written back after the block; other writers wait meanwhile."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / f"{_FILE}.lock").open("w")
    except OSError as error:
        raise _unwritable(state, error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = dict(ApiKeys.read(state).keys)
        yield keys
        text = json.dumps({"keys": [asdict(key) for key in keys.values()]}, indent=2)
        write_text(state / _FILE, text + "\n")


def _unwritable(state: Path, error: OSError) -> InputError:
    return InputError(
        f"The API keys cannot be written: {error.strerror}.",
        where=str(state),
        fix="name a writable folder with SIZZLE_STATE.",
    )

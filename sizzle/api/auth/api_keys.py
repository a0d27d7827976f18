"""API keys: made, revoked, and known again; only their hashes are kept.

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
from typing import Any, Self

from sizzle.errors import InputError, NotFoundError
from sizzle.files import write_text

_FILE = "keys.json"
_KEY = re.compile(r"sz_([0-9a-z]{10})_([A-Za-z0-9_-]{43})", re.ASCII)
_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_NOBODY = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


class Scope(StrEnum):
    """What a key is good for; `admin` is good for everything."""

    READ = "reels:read"
    WRITE = "assets:write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key.

    Attributes:
        key_id: the part of it that is no secret.
        name: who has it.
        sha256: of its secret part.
        scopes: what it is good for.
        rate: requests a second, or None for the settings' rate.
        created: seconds since 1970.
        revoked: seconds since 1970, or None while it holds.
    """

    key_id: str
    name: str
    sha256: str
    scopes: tuple[Scope, ...]
    rate: float | None
    created: float
    revoked: float | None = None

    @classmethod
    def of_json(cls, raw: Mapping[str, Any]) -> Self:
        """As it was kept. Raises KeyError, TypeError or ValueError."""
        return cls(**{**raw, "scopes": tuple(Scope(scope) for scope in raw["scopes"])})

    def allows(self, scope: Scope) -> bool:
        """Whether it is good for that."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


class Keys:
    """The keys in a folder, as they were when it was read.

    Args:
        keys: by their ids.
    """

    def __init__(self, keys: Mapping[str, Key]) -> None:
        self.keys = keys

    @classmethod
    def read(cls, state: Path) -> Self:
        """The keys that are kept in a folder.

        Raises:
            InputError: the file is damaged: nobody is let in by mistake.
        """
        path = state / _FILE
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            keys = [Key.of_json(each) for each in raw["keys"]]
        except FileNotFoundError:
            keys = []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"The keys cannot be read: {error}.",
                where=str(path),
                fix="restore the file, or remove it and create keys anew.",
            ) from error
        return cls({key.key_id: key for key in keys})

    @property
    def exist(self) -> bool:
        """Whether any was ever created; from then on nobody is answered without one."""
        return bool(self.keys)

    def find(self, text: str) -> Key | None:
        """The key that a client sent, if it holds."""
        match = _KEY.fullmatch(text)
        key = self.keys.get(match[1]) if match else None
        sent = hashlib.sha256((match[2] if match else text).encode(errors="replace")).hexdigest()
        right = hmac.compare_digest(sent, key.sha256 if key else _NOBODY)
        return key if right and key is not None and key.revoked is None else None


def keys_file(state: Path) -> Path:
    """Where keys are kept."""
    return state / _FILE


def create_key(
    state: Path, name: str, scopes: Iterable[Scope], rate: float | None = None
) -> tuple[Key, str]:
    """Make a key, and keep its hash. Returns what is kept, and the key itself, to hand over once.

    Raises:
        InputError: no scope, a rate that is none, or a folder that cannot be written to.
    """
    chosen = tuple(dict.fromkeys(scopes))
    if not chosen or (rate is not None and rate <= 0):
        raise InputError("A key needs a scope, and a rate above 0.", fix="give it one.")
    key_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(10))
    secret = secrets.token_urlsafe(32)
    sha256 = hashlib.sha256(secret.encode()).hexdigest()
    key = Key(key_id, name, sha256, chosen, rate, time.time())
    with _changing(state) as keys:
        keys[key_id] = key
    return key, f"sz_{key_id}_{secret}"


def revoke_key(state: Path, key_id: str) -> Key:
    """Make a key worthless, at once. Raises NotFoundError: there is none of that id."""
    with _changing(state) as keys:
        if key_id not in keys:
            raise NotFoundError(f"There is no key {key_id[:40]!r}.", fix="see `sizzle keys list`.")
        old = keys[key_id]
        keys[key_id] = Key(**{**_raw(old), "revoked": old.revoked or time.time()})
        return keys[key_id]


def _raw(key: Key) -> dict[str, Any]:
    return {name: getattr(key, name) for name in Key.__slots__}


@contextmanager
def _changing(state: Path) -> Iterator[dict[str, Key]]:
    """The keys by their ids, written back if the block changes them; others wait meanwhile."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / f"{_FILE}.lock").open("w")
    except OSError as error:
        raise InputError(
            f"Keys cannot be kept: {error.strerror}.",
            where=str(state),
            fix="name a folder that can be written to with SIZZLE_STATE.",
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = dict(Keys.read(state).keys)
        yield keys
        text = json.dumps({"keys": [asdict(key) for key in keys.values()]}, indent=2)
        write_text(state / _FILE, text + "\n")

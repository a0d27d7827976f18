"""API keys, as they are recognized; only their hashes are kept, by `key_store`.

A key is `sz_<id>_<secret>`. The id finds its record, so that no look-up depends on the secret,
whose hash is then compared in constant time. The secret has 256 random bits, which no dictionary
has, so one round of SHA-256 protects it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

_KEY = re.compile(r"sz_([0-9a-z]{10})_([A-Za-z0-9_-]{43})", re.ASCII)
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

    def to_json(self) -> dict[str, Any]:
        """The record as the file has it."""
        return asdict(self)

    def allows(self, scope: ApiScope) -> bool:
        """Whether it may be used for this."""
        return scope in self.scopes or ApiScope.ADMIN in self.scopes


class ApiKeys:
    """All keys, as they were when they were read.

    Args:
        keys: by their ids.
        required: whether requests need a key even if no record is left.
        unreadable: why they could not be read, where these are those of before, or none.
    """

    def __init__(
        self, keys: Mapping[str, ApiKey], *, required: bool = False, unreadable: str = ""
    ) -> None:
        self.keys = keys
        self.unreadable = unreadable
        self._required = required

    @property
    def usable(self) -> int:
        """How many keys are not revoked."""
        return sum(key.revoked is None for key in self.keys.values())

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

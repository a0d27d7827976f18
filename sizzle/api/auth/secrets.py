"""The secret of an installation, and the keys that are derived from it."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from sizzle.errors import InputError

_FILE = "secret"
_BYTES = 32


def derived(secret: bytes, purpose: str) -> bytes:
    """A key for one purpose, from which neither the secret nor another key can be had."""
    return hmac.digest(secret, purpose.encode(), "sha256")


def kept_secret(state: Path) -> bytes:
    """The secret that is kept in a folder; it is made the first time, for its owner alone to read.

    Raises:
        InputError: it cannot be read or written.
    """
    path = state / _FILE
    try:
        state.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        secret = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The secret cannot be kept: {error.strerror}.",
            where=str(path),
            fix="name a folder that can be written to with SIZZLE_STATE, or set SIZZLE_SECRET.",
        ) from error
    if len(secret) < _BYTES:
        raise InputError(
            f"The secret has {len(secret)} bytes, of at least {_BYTES}.",
            where=str(path),
            fix="remove the file: another is made, and reels ask for new ids.",
        )
    return secret


def _make(path: Path) -> None:
    """Write a secret whole; of several workers that do so at once, the first one's stays."""
    unfinished = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    unfinished.touch(mode=0o600)
    try:
        unfinished.write_bytes(secrets.token_bytes(_BYTES))
        path.hardlink_to(unfinished)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()

"""The secret of an installation, and the keys that are derived from it.

The service and the command line take the same secret, so that a reel has one id in both.
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path
from typing import Final

from sizzle.errors import InputError
from sizzle.files import write_new
from sizzle.outreach.links import OutreachTokens
from sizzle.reel.ids import ReelIds

VARIABLE: Final = "SIZZLE_SECRET"

_FILE = "secret"
_MIN_BYTES = 32


def reel_ids(secret: bytes) -> ReelIds:
    """The maker and reader of this installation's reel ids."""
    return ReelIds(derived(secret, "reel ids"))


def outreach_tokens(secret: bytes) -> OutreachTokens:
    """The maker and reader of the tokens in this installation's messages."""
    purposes = ("outreach reels", "outreach unsubscriptions", "outreach openings")
    return OutreachTokens(*(derived(secret, purpose) for purpose in purposes))


def derived(secret: bytes, purpose: str) -> bytes:
    """A key for one purpose; neither the secret nor another key can be computed from it."""
    return hmac.digest(secret, purpose.encode(), "sha256")


def installation_secret(state: Path, given: str | None) -> bytes:
    """The secret that `SIZZLE_SECRET` gives, or else the one in the state folder.

    Raises:
        InputError: the given one is too short, or none can be read or written.
    """
    if given is None:
        return kept_secret(state)
    secret = given.encode()
    if len(secret) < _MIN_BYTES:
        raise InputError(
            f"The secret has {len(secret)} bytes, of at least {_MIN_BYTES}.",
            where=VARIABLE,
            fix="use a longer random text, or leave it unset: the state folder has a secret.",
        )
    return secret


def kept_secret(state: Path) -> bytes:
    """The secret in the state folder, created on first use and readable by its owner only.

    Raises:
        InputError: it cannot be read or written.
    """
    path = state / _FILE
    try:
        state.mkdir(parents=True, exist_ok=True)
        if not path.exists():  # of several workers that create one at once, the first one's stays
            write_new(path, secrets.token_bytes(_MIN_BYTES), mode=0o600)
        secret = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The secret cannot be read or written: {error.strerror}.",
            where=str(path),
            fix="name a folder that can be written to with SIZZLE_STATE, or set SIZZLE_SECRET.",
        ) from error
    if len(secret) < _MIN_BYTES:
        raise InputError(
            f"The secret has {len(secret)} bytes, of at least {_MIN_BYTES}.",
            where=str(path),
            fix="remove the file: a new secret is created, and earlier reel ids stop working.",
        )
    return secret

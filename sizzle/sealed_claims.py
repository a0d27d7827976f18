"""Tokens that hold a claim and a seal, so that nothing of them is stored.

A token is base64url of both. The seal is an HMAC of the claim: without the key a token can be
neither made nor changed. What a claim means, and until when it holds, is its reader's to check.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, Generic, TypeVar

import msgspec

from sizzle.mac import Mac

Claim = TypeVar("Claim", bound=msgspec.Struct)

_SEAL: Final = 16  # bytes
_encoder = msgspec.msgpack.Encoder()


class SealedClaims(Generic[Claim]):
    """Makes tokens of claims, and reads them.

    Args:
        key: secret; a token that was made with another key has no claim.
        kind: of the claims.
        max_length: characters of a token that are read.
    """

    def __init__(self, key: bytes, kind: type[Claim], max_length: int) -> None:
        self._mac = Mac(key)
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._max_length = max_length

    def seal(self, claim: Claim) -> str:
        """The token of a claim."""
        content = _encoder.encode(claim)
        return urlsafe_b64encode(self._seal(content) + content).rstrip(b"=").decode()

    def open(self, token: str) -> Claim | None:
        """The claim of a token, or None if it was not made here, or was changed."""
        try:
            data = urlsafe_b64decode(token[: self._max_length] + "=" * (-len(token) % 4))
        except ValueError:
            return None
        seal, content = data[:_SEAL], data[_SEAL:]
        if not hmac.compare_digest(seal, self._seal(content)):
            return None
        return self._decoder.decode(content)

    def _seal(self, content: bytes) -> bytes:
        return self._mac.digest(content)[:_SEAL]

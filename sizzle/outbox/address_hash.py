"""Names addresses so that nobody can tell them from it without the installation's secret."""

from __future__ import annotations

import hmac
from typing import Final

from sizzle.outreach.normalise import comparable_address

ADDRESS_KEY: Final = "outreach addresses"
"""The purpose of the key that `AddressHash` takes, of those derived from the secret."""

_ENDPOINT: Final = "endpoint"


class AddressHash:
    """The keyed hash of addresses.

    Args:
        key: `derived(secret, ADDRESS_KEY)`.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(self, channel: str, address: str) -> bytes:
        """The hash of an address; one for all ways to write it."""
        return self._hash(channel, comparable_address(channel, address))

    def endpoint_id(self, channel: str, address: str, member_id: str) -> str:
        """An id for an endpoint that came without one: the same for the same endpoint."""
        named = self._hash(_ENDPOINT, channel, comparable_address(channel, address), member_id)
        return named.hex()[:32]

    def _hash(self, *parts: str) -> bytes:
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256")

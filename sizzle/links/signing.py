"""Signed addresses that expire.

Playlists name segments by relative addresses, and players do not pass a query string on to them. So
the signature comes before the path, and holds for all paths under a prefix of it:

    /~<expires>.<signature>/v1/reels/<reel id>/master.m3u8
    /~<expires>.<signature>/v1/media/<package id>/720p/12/3.m4s

A playlist that is read by a signed address has signed addresses of its media. Those expire at the
same moment for all members, so that caches share them.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from sizzle.errors import InputError, SizzleError

_SIGNED = re.compile(r"/~(\d{1,12})\.([A-Za-z0-9_-]{22})(/.*)", re.ASCII | re.DOTALL)
_PREFIX_PARTS = 4  # "", "v1", "reels" or "media", the id
_MAC_BYTES = 16
_MIN_KEY_BYTES = 16


class ForbiddenError(SizzleError):
    """An address without a valid signature."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "forbidden"
    title: ClassVar[str] = "Forbidden"


@dataclass(frozen=True, slots=True)
class Signing:
    """Signs addresses, and checks them.

    Attributes:
        key: the secret, at least 16 bytes.
        clock: seconds since 1970.
        lifetime: seconds that an address is valid at least; it is valid up to twice as long, so
            that all addresses of the same span expire together.

    Raises:
        InputError: the key is too short, or the lifetime is below 1 s.
    """

    key: bytes
    clock: Callable[[], float]
    lifetime: int = 6 * 3600

    def __post_init__(self) -> None:
        if len(self.key) < _MIN_KEY_BYTES or self.lifetime < 1:
            raise InputError(
                f"A key of {len(self.key)} bytes with a lifetime of {self.lifetime} s cannot sign.",
                fix=f"use at least {_MIN_KEY_BYTES} random bytes and a lifetime of at least 1 s.",
            )

    def signed(self, path: str) -> str:
        """The signed address of a path such as `/v1/...`: the signature, then the path."""
        return f"/{self.token(path, self._expiry())}{path}"

    def token(self, path: str, expires: int) -> str:
        """The part of an address that proves everything under the prefix of `path`."""
        return f"~{expires}.{self._mac(path, expires)}"

    def check(self, address: str) -> tuple[str, int]:
        """Verify a signed address.

        Returns:
            The path without the signature, and when the address expires, in seconds since 1970.

        Raises:
            ForbiddenError: no signature, a wrong one, or one that has expired.
        """
        match = _SIGNED.fullmatch(address)
        if match is None:
            raise _refused("is not signed")
        expires, path = int(match[1]), match[3]
        if not hmac.compare_digest(match[2], self._mac(path, expires)):
            raise _refused("has a signature that does not match")
        if expires <= self.clock():
            raise _refused("has expired")
        return path, expires

    def _expiry(self) -> int:
        return (int(self.clock()) // self.lifetime + 2) * self.lifetime

    def _mac(self, path: str, expires: int) -> str:
        prefix = "/".join(path.split("/")[:_PREFIX_PARTS]).removesuffix(".mp4")
        mac = hmac.digest(self.key, f"{expires} {prefix}".encode(), "sha256")[:_MAC_BYTES]
        return urlsafe_b64encode(mac).decode().rstrip("=")


def _refused(why: str) -> ForbiddenError:
    return ForbiddenError(f"The address {why}.", fix="ask for the reel again.")

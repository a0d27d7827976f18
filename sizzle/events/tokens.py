"""Tokens by which a device without a key may record events of one reel and member.

Its claim says until when it holds, for which member and which reel.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import ClassVar, Final

import msgspec

from sizzle.errors import SizzleError
from sizzle.events.sent import SentEvent
from sizzle.sealed_claims import SealedClaims

_REEL: Final = 12  # bytes of a reel id's hash
_MAX_LENGTH: Final = 1000


class EventTokenError(SizzleError):
    """A token that was not made here, was changed, or has expired."""

    status: ClassVar[int] = 401
    slug: ClassVar[str] = "invalid-event-token"
    title: ClassVar[str] = "Invalid event token"


class EventGrant(msgspec.Struct, array_like=True, frozen=True):
    """What a token allows.

    Attributes:
        expires: seconds since 1970.
        member_id: whose events may be recorded.
        reel: the hash of the id of the reel that they may be about.
    """

    expires: int
    member_id: str
    reel: bytes

    def completed(self, sent: SentEvent) -> SentEvent:
        """An event with its member, where it names none."""
        if sent.member_id:
            return sent
        return msgspec.structs.replace(sent, member_id=self.member_id)

    def covers(self, sent: SentEvent) -> bool:
        """Whether an event may be recorded."""
        return sent.member_id == self.member_id and _reel_hash(sent.reel_id) == self.reel


class EventTokens:
    """Makes tokens, and reads them.

    Args:
        key: secret; a token that was made with another key is refused.
    """

    def __init__(self, key: bytes) -> None:
        self._claims = SealedClaims(key, EventGrant, _MAX_LENGTH)

    def make(self, member_id: str, reel_id: str, expires: int) -> str:
        """A token for events of a reel and member, until `expires` in seconds since 1970."""
        return self._claims.seal(EventGrant(expires, member_id, _reel_hash(reel_id)))

    def read(self, token: str, now: float) -> EventGrant:
        """What a token allows. Raises EventTokenError."""
        grant = self._claims.open(token)
        if grant is None:
            raise EventTokenError("Unknown event token.", fix="use that of the reel's response.")
        if grant.expires < now:
            raise EventTokenError("The event token has expired.", fix="request a new reel.")
        return grant


def _reel_hash(reel_id: str) -> bytes:
    return blake2b(reel_id.encode(), digest_size=_REEL).digest()

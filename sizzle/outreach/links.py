"""The addresses in messages: open pages whose tokens nobody can make, change or guess.

    /r/{token}       the page that plays the reel of a send
    /u/{token}       unsubscription from its topic, by page and by one click (RFC 8058)
    /o/{token}.gif   the picture that tells that a mail was opened
    /o/{token}/{moment}   where a browser tells what became of a notification

A token holds a claim and a seal, each purpose with a key of its own: a token of one is none of
another. Nothing of them is stored, so they hold for as long as the installation's secret does.
"""

from __future__ import annotations

import re
from typing import Final, TypeVar

import msgspec

from sizzle.errors import InputError
from sizzle.outreach.content.parts import SendLinks
from sizzle.outreach.vocabulary import Channel
from sizzle.sealed_claims import SealedClaims

MAX_TOKEN: Final = 600
"""Characters."""

REEL_PAGE: Final = "/r/"
UNSUBSCRIBE_PAGE: Final = "/u/"
OPENED_PICTURE: Final = "/o/"

_BASE: Final = re.compile(r"https?://[A-Za-z0-9._~\[\]:-]+/?", re.ASCII)

_HEXADECIMAL: Final = b"#"  # the first byte of a packed id
_NAMED: Final = b"="

_Claim = TypeVar("_Claim", bound=msgspec.Struct)


class SendClaim(msgspec.Struct, array_like=True, frozen=True):
    """A send.

    Attributes:
        packed: its id: half as many bytes where that is hexadecimal digits.
    """

    packed: bytes

    @property
    def send_id(self) -> str:
        """The id of the send."""
        return _unpacked(self.packed)


class UnsubscribeClaim(msgspec.Struct, array_like=True, frozen=True):
    """All that unsubscribing needs: it works when neither send nor member is kept any more.

    Attributes:
        packed: the send, as in `SendClaim`.
        channel: that the message went over.
        address_hash: under which consents are kept.
        topic: what is unsubscribed from.
    """

    packed: bytes
    channel: Channel
    address_hash: bytes
    topic: str

    @property
    def send_id(self) -> str:
        """The id of the send."""
        return _unpacked(self.packed)


class OutreachTokens:
    """Makes the tokens of sends, and reads them.

    Args:
        reel_key: secret, of the tokens of reels.
        unsubscribe_key: secret, of those that unsubscribe.
        opened_key: secret, of those that tell of openings.
    """

    def __init__(self, reel_key: bytes, unsubscribe_key: bytes, opened_key: bytes) -> None:
        self._reels = SealedClaims(reel_key, SendClaim, MAX_TOKEN)
        self._unsubscriptions = SealedClaims(unsubscribe_key, UnsubscribeClaim, MAX_TOKEN)
        self._openings = SealedClaims(opened_key, SendClaim, MAX_TOKEN)

    def of_reel(self, send_id: str) -> str:
        """The token of a send's reel."""
        return self._reels.seal(SendClaim(_packed(send_id)))

    def of_opening(self, send_id: str) -> str:
        """The token that tells of a mail's opening."""
        return self._openings.seal(SendClaim(_packed(send_id)))

    def of_unsubscription(
        self, send_id: str, channel: Channel, address_hash: bytes, topic: str
    ) -> str:
        """The token that unsubscribes an address from a topic."""
        claim = UnsubscribeClaim(_packed(send_id), channel, address_hash, topic)
        return self._unsubscriptions.seal(claim)

    def reel_send(self, token: str) -> str | None:
        """The send whose reel a token is of; None if it was not made here, or was changed."""
        claim = _opened(self._reels, token)
        return None if claim is None else claim.send_id

    def opened_send(self, token: str) -> str | None:
        """The send whose opening a token tells of; None as above."""
        claim = _opened(self._openings, token)
        return None if claim is None else claim.send_id

    def unsubscription(self, token: str) -> UnsubscribeClaim | None:
        """What a token unsubscribes from; None as above."""
        return _opened(self._unsubscriptions, token)


class OutreachLinks:
    """Makes the addresses in messages.

    Args:
        base: the address under which members reach the service, such as `https://example.com`.
        tokens: of the installation.

    Raises:
        InputError: `base` is no such address.
    """

    def __init__(self, base: str, tokens: OutreachTokens) -> None:
        if not _BASE.fullmatch(base):
            raise InputError(
                f"{base!r} is not an address that members can open.",
                fix="use one such as https://reels.example.com, without a path.",
            )
        self.base = base.rstrip("/")
        self._tokens = tokens

    def of(
        self,
        send_id: str,
        *,
        channel: Channel = Channel.EMAIL,
        address_hash: bytes = b"",
        topic: str = "",
    ) -> SendLinks:
        """The addresses of a send.

        Args:
            send_id: of the send.
            channel: that the message goes over.
            address_hash: of the address, as consents have it.
            topic: to unsubscribe from; empty for a transactional message, which has no such link.
        """
        reel = f"{self.base}{REEL_PAGE}{self._tokens.of_reel(send_id)}"
        opened = f"{self.base}{OPENED_PICTURE}{self._tokens.of_opening(send_id)}"
        if channel is Channel.WEB_PUSH:
            return SendLinks(reel, opened=opened)
        if channel is not Channel.EMAIL:
            return SendLinks(reel)
        unsubscribe = ""
        if topic:
            token = self._tokens.of_unsubscription(send_id, channel, address_hash, topic)
            unsubscribe = f"{self.base}{UNSUBSCRIBE_PAGE}{token}"
        return SendLinks(reel, unsubscribe, f"{opened}.gif")


def _opened(claims: SealedClaims[_Claim], token: str) -> _Claim | None:
    """The claim of a token, in the one spelling that it is made in."""
    claim = claims.open(token) if token.isascii() else None
    return claim if claim is not None and claims.seal(claim) == token else None


def _packed(send_id: str) -> bytes:
    try:
        packed = bytes.fromhex(send_id)
    except ValueError:
        return _NAMED + send_id.encode()
    return _HEXADECIMAL + packed if packed.hex() == send_id else _NAMED + send_id.encode()


def _unpacked(packed: bytes) -> str:
    kind, content = packed[:1], packed[1:]
    return content.hex() if kind == _HEXADECIMAL else content.decode()

"""Webhooks of providers: signed, fresh, and in one form."""

from __future__ import annotations

import hmac
from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Meta

from sizzle.errors import InputError, SizzleError
from sizzle.outreach.inbound.notice import Notice, NoticeKind
from sizzle.outreach.inbound.replies import reply_kind

TOLERANCE: Final = 300
"""Seconds by which the clocks of a provider and ours may differ."""

MAX_EVENTS: Final = 1000

_PREFIX: Final = "sha256="
_Text = Annotated[str, Meta(max_length=500)]


class WebhookSignatureError(SizzleError):
    """A webhook that nobody who knows the secret has sent just now, or that came before."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "webhook-signature"
    title: ClassVar[str] = "Webhook refused"


class _Event(msgspec.Struct, frozen=True):
    type: _Text
    send_id: _Text = ""
    message_id: _Text = ""
    reference: _Text = ""
    channel: _Text = ""
    address: _Text = ""
    permanent: bool = False
    detail: _Text = ""
    text: _Text = ""


class _Events(msgspec.Struct, frozen=True):
    events: Annotated[list[_Event], Meta(max_length=MAX_EVENTS)]


def webhook_signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """What the header says: HMAC-SHA-256 of the timestamp, a point and the body."""
    return _PREFIX + _digest(secret, timestamp, body).hex()


def check_webhook(secret: bytes, timestamp: str, body: bytes, signature: str, now: float) -> bytes:
    """Check that somebody who knows the secret has sent this, and just now.

    Args:
        secret: shared with the provider.
        timestamp: seconds since 1970, as the header says.
        body: as it came.
        signature: as the header says.
        now: seconds since 1970.

    Returns:
        What names the call, so that it is taken once.

    Raises:
        WebhookSignatureError: nobody has.
    """
    right = webhook_signature(secret, timestamp, body)
    if not hmac.compare_digest(right.encode(), signature.encode(errors="replace")):
        raise _refused("The signature does not match.")
    try:
        sent = int(timestamp)
    except ValueError:
        raise _refused("The timestamp is not a number of seconds.") from None
    if abs(now - sent) > TOLERANCE:
        raise _refused(f"It was signed more than {TOLERANCE} seconds from now.")
    return _digest(secret, timestamp, body)


def replayed() -> WebhookSignatureError:
    """The error of a call that was taken before."""
    return _refused("It was taken before.")


def read_webhook(body: bytes) -> list[Notice]:
    """What a webhook tells; events of types that are not known are left out.

    Raises:
        InputError: it is not in the form that docs/outreach.md describes.
    """
    try:
        events = msgspec.json.decode(body, type=_Events).events
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(
            f"Not a webhook: {error}.", fix="docs/outreach.md describes its form."
        ) from error
    return [notice for event in events if (notice := _notice(event)) is not None]


def _notice(event: _Event) -> Notice | None:
    kind = reply_kind(event.text) if event.type == "reply" else _KINDS.get(event.type)
    if kind is None:
        return None
    return Notice(
        kind=kind,
        send_id=event.send_id,
        message_id=event.message_id,
        reference=event.reference,
        channel=event.channel,
        address=event.address,
        permanent=event.permanent,
        detail=event.detail,
    )


_KINDS: Final = {
    "delivered": NoticeKind.DELIVERED,
    "bounce": NoticeKind.BOUNCED,
    "complaint": NoticeKind.COMPLAINED,
    "stop": NoticeKind.STOP,
    "start": NoticeKind.START,
}


def _digest(secret: bytes, timestamp: str, body: bytes) -> bytes:
    signed = timestamp.encode(errors="replace") + b"." + body
    return hmac.digest(secret, signed, "sha256")


def _refused(why: str) -> WebhookSignatureError:
    return WebhookSignatureError(
        why,
        fix="sign each call anew: `sha256=` and the hexadecimal HMAC-SHA-256 of the timestamp, a "
        "point and the body, under SIZZLE_OUTREACH_WEBHOOK_SECRET.",
    )

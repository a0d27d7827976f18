"""Hands notifications to browsers' push services: RFC 8030, with encryption and VAPID.

RFC 8291 encrypts them, and RFC 8292 says who sends them.

A subscription comes from a browser, so its address is not to be trusted: only the services that are
named in the settings are asked, or anybody could have this machine send requests into its network.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from sizzle.channels.http_exchange import Answer, exchange, http_client, outcome_of_status
from sizzle.channels.settings import ChannelSettings
from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Message, Outcome, PushMessage
from sizzle.outreach.vocabulary import Channel

MAX_BYTES: Final = 3993
"""Of the content, so that it has 4,096 once it is encrypted: services need not take more."""

_TOKEN_LIFE: Final = 12 * 3600  # seconds: services take at most 24 hours
_TOKEN_USED: Final = 6 * 3600


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser's subscription.

    Attributes:
        endpoint: where its push service takes messages.
        key: the browser's public key, 65 bytes.
        secret: shared with it, 16 bytes.
    """

    endpoint: str
    key: bytes
    secret: bytes

    @classmethod
    def parse(cls, text: str, hosts: Set[str]) -> Subscription:
        """A subscription as `PushSubscription.toJSON()` gives it.

        Args:
            text: JSON.
            hosts: push services; one that begins with a dot stands for all below it.

        Raises:
            ValueError: the text is not a subscription, or names an unknown push service.
        """
        try:
            given = json.loads(text)
            endpoint, keys = str(given["endpoint"]), given["keys"]
            key, secret = _decoded(keys["p256dh"]), _decoded(keys["auth"])
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not a subscription") from error
        if len(key) != 65 or len(secret) != 16:
            raise ValueError("not the keys of a subscription")
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        _check_service(endpoint, hosts)
        return cls(endpoint, key, secret)


class WebPushTransport:
    """Hands notifications over to the push services of browsers.

    Args:
        settings: with the VAPID key, and the services.
        clock: seconds since 1970.

    Raises:
        InputError: a key that cannot be used, or no contact.
    """

    channels: Set[Channel] = frozenset({Channel.WEB_PUSH})
    rate: float | None = None
    name = "web push"

    def __init__(self, settings: ChannelSettings, clock: Callable[[], float] = time.time) -> None:
        if not settings.vapid_contact.startswith(("mailto:", "https://")):
            raise InputError(
                "Push services want to know whom to write to.",
                fix="set SIZZLE_OUTREACH_VAPID_CONTACT to mailto:... or https://...",
            )
        self.concurrency = settings.push_connections
        self._contact = settings.vapid_contact
        self._hosts = frozenset(settings.web_push_hosts.split())
        self._key = vapid_key(settings.vapid_key)
        self._clock = clock
        self._tokens: dict[str, tuple[str, float]] = {}
        self._client = http_client(settings.http_timeout, settings.web_push_ca_file)

    async def hand_over(self, message: Message, at: datetime) -> Outcome:
        """Hand a notification over."""
        assert isinstance(message, PushMessage)
        try:
            to = Subscription.parse(message.address, self._hosts)
        except ValueError as error:
            return Outcome(Handover.PERMANENT, str(error))
        content = _content(message)
        if len(content) > MAX_BYTES:
            return Outcome(Handover.REFUSED, f"{len(content)} bytes, of at most {MAX_BYTES}")
        headers = {
            "authorization": f"vapid t={self._token(to.endpoint)}, k={public_text(self._key)}",
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(message.valid_for),
            "urgency": "low" if message.silent else "normal",
        }
        sealed = _encrypted(content, to)
        answer = await exchange(self._client, to.endpoint, headers=headers, content=sealed)
        return answer if isinstance(answer, Outcome) else _outcome(answer)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    def _token(self, endpoint: str) -> str:
        """What says to a service who we are; made again some times a day."""
        parts = urlsplit(endpoint)
        audience, now = f"{parts.scheme}://{parts.netloc}", self._clock()
        token, made = self._tokens.get(audience, ("", 0.0))
        if not token or not 0 <= now - made < _TOKEN_USED:
            claims = {"aud": audience, "exp": int(now) + _TOKEN_LIFE, "sub": self._contact}
            token, made = jwt.encode(claims, self._key, "ES256"), now
            self._tokens[audience] = (token, made)
        return token


def _content(message: PushMessage) -> bytes:
    shown = {
        "title": message.title,
        "body": message.body,
        "language": message.language,
        "image": message.image,
        "link": message.link,
        "sound": message.sound,
    }
    content: dict[str, Any] = {name: text for name, text in shown.items() if text}
    content |= {"silent": message.silent, "data": message.data}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _encrypted(content: bytes, to: Subscription) -> bytes:
    sealed: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=to.key,
        auth_secret=to.secret,
        version="aes128gcm",
    )
    return sealed


def _outcome(answer: Answer) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(Handover.HANDED_OVER, reference=answer.headers.get("location", "")[:200])
    if answer.status in (404, 410):
        return Outcome(Handover.PERMANENT, f"{answer.status} the subscription has ended")
    if answer.status == 403:  # it was made for another key: not about other subscriptions
        return Outcome(Handover.REFUSED, "403 not a subscription for our key")
    return outcome_of_status(answer)


def vapid_key(path: Path | None) -> ec.EllipticCurvePrivateKey:
    """The key by which push services know us. Raises InputError."""
    fix = "make one: openssl ecparam -name prime256v1 -genkey -noout -out vapid.pem"
    if path is None:
        raise InputError("SIZZLE_OUTREACH_VAPID_KEY is not set.", fix=fix)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        what = f"It is not a private key: {type(error).__name__}."
        raise InputError(what, where=str(path), fix=fix) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InputError("It is not a key on the curve P-256.", where=str(path), fix=fix)
    return key


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """The public key as browsers want it (`applicationServerKey`)."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _check_service(endpoint: str, hosts: Set[str]) -> None:
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    is_known = host in hosts or any(name.startswith(".") and host.endswith(name) for name in hosts)
    if parts.scheme != "https" or not is_known or "@" in parts.netloc:
        raise ValueError("not the address of a known push service")

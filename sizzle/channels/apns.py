"""Hands notifications to Apple's push service, over HTTP/2.

Headers and reasons as Apple's "Sending notification requests to APNs" and "Handling notification
responses from APNs" have them.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Set
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import jwt

from sizzle.channels.http_exchange import Answer, exchange, http_client, outcome_of_status
from sizzle.channels.settings import ChannelSettings, require_secure
from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Message, Outcome, PushMessage
from sizzle.outreach.vocabulary import Channel

MAX_BYTES: Final = 4096
"""Of a notification's content."""

_TOKEN_LIFE: Final = 2400  # seconds: Apple takes tokens of 20 to 60 minutes
_DEVICE: Final = re.compile(r"[0-9A-Fa-f]{16,200}")
_GONE: Final = frozenset(
    {"BadDeviceToken", "DeviceTokenNotForTopic", "ExpiredToken", "Unregistered"}
)


class ApnsTransport:
    """Hands notifications over for one app.

    Args:
        settings: with the team's key, and the app.
        clock: seconds since 1970.

    Raises:
        InputError: a key that cannot be used, or a setting that is missing.
    """

    channels: Set[Channel] = frozenset({Channel.APNS})
    rate: float | None = None

    def __init__(self, settings: ChannelSettings, clock: Callable[[], float] = time.time) -> None:
        require_secure(settings.apns_url, "SIZZLE_OUTREACH_APNS_URL")
        for name in ("apns_team", "apns_key_id", "apns_topic"):
            if not getattr(settings, name):
                raise InputError(
                    f"SIZZLE_OUTREACH_{name.upper()} is not set.",
                    fix="Apple's developer account shows it.",
                )
        self.name = f"apns:{settings.apns_topic}"
        self.concurrency = settings.push_connections
        self._settings = settings
        self._key = _signing_key(settings.apns_key)
        self._clock = clock
        self._token, self._token_made = "", 0.0
        self._client = http_client(settings.http_timeout, settings.apns_ca_file, http2=True)

    async def hand_over(self, message: Message, at: datetime) -> Outcome:
        """Hand a notification over. A token that Apple calls expired is replaced once."""
        assert isinstance(message, PushMessage)
        if not _DEVICE.fullmatch(message.address):
            return Outcome(Handover.PERMANENT, "not a device token")
        content = _content(message)
        if len(content) > MAX_BYTES:
            return Outcome(Handover.REFUSED, f"{len(content)} bytes, of at most {MAX_BYTES}")
        answer = await self._send(message, content, at)
        if isinstance(answer, Answer) and answer.json.get("reason") == "ExpiredProviderToken":
            self._token = ""
            answer = await self._send(message, content, at)
        return answer if isinstance(answer, Outcome) else _outcome(answer)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def _send(self, message: PushMessage, content: bytes, at: datetime) -> Answer | Outcome:
        headers = {
            "authorization": f"bearer {self._provider_token()}",
            "apns-topic": self._settings.apns_topic,
            "apns-push-type": "background" if message.silent else "alert",
            "apns-priority": "5" if message.silent else "10",
            "apns-expiration": str(int(at.timestamp()) + message.valid_for),
            # The same for each try of a send, by which Apple's logs and ours find each other.
            "apns-id": str(uuid5(NAMESPACE_URL, f"sizzle:send:{message.send_id}")),
        }
        url = f"{self._settings.apns_url}/3/device/{message.address}"
        return await exchange(self._client, url, headers=headers, content=content)

    def _provider_token(self) -> str:
        now = self._clock()
        if not self._token or not 0 <= now - self._token_made < _TOKEN_LIFE:
            claims = {"iss": self._settings.apns_team, "iat": int(now)}
            header = {"kid": self._settings.apns_key_id}
            self._token = jwt.encode(claims, self._key, "ES256", headers=header)
            self._token_made = now
        return self._token


def _content(message: PushMessage) -> bytes:
    aps: dict[str, Any] = {"content-available": 1}
    if not message.silent:
        aps = {"alert": {"title": message.title, "body": message.body}}
        if message.sound:
            aps["sound"] = message.sound
        if message.image:  # the app's extension loads it
            aps["mutable-content"] = 1
    extra = {"media-url": message.image} if message.image else {}
    data = {"pinpoint": {"deeplink": message.link}, "data": {**message.data, **extra}}
    return json.dumps({"aps": aps, **data}, ensure_ascii=False).encode()


def _outcome(answer: Answer) -> Outcome:
    if answer.status == 200:
        return Outcome(Handover.HANDED_OVER, reference=answer.headers.get("apns-id", "")[:200])
    reason = str(answer.json.get("reason", ""))
    if reason in _GONE or answer.status == 410:
        return Outcome(Handover.PERMANENT, reason or "410")
    if reason == "TooManyRequests":  # for this device, not for all
        return Outcome(Handover.TEMPORARY, reason, answer.retry_after)
    return outcome_of_status(answer, reason)


def _signing_key(path: Path | None) -> str:
    """Raises InputError: it cannot be read, or is no such key."""
    fix = "SIZZLE_OUTREACH_APNS_KEY is the .p8 file of Apple's developer account."
    if path is None:
        raise InputError("There is no key for APNs.", fix=fix)
    try:
        key = path.read_text(encoding="ascii")
        jwt.encode({}, key, "ES256")
    except (OSError, ValueError, TypeError, jwt.PyJWTError) as error:
        what = f"It is not a key for APNs: {type(error).__name__}."
        raise InputError(what, where=str(path), fix=fix) from error
    return key

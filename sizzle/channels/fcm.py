"""Hands notifications to Firebase Cloud Messaging, by its HTTP v1 API.

Errors as https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode has them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Set
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import jwt

from sizzle.channels.http_exchange import Answer, exchange, http_client, outcome_of_status
from sizzle.channels.settings import ChannelSettings, require_secure
from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Message, Outcome, PushMessage
from sizzle.outreach.vocabulary import Channel

MAX_BYTES: Final = 4096
"""Of a message's content."""

_SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
_TOKEN_LIFE: Final = 3600  # seconds that Google allows
_EARLY: Final = 300  # seconds before its end at which a token is replaced
_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
_GONE: Final = frozenset({"UNREGISTERED", "SENDER_ID_MISMATCH"})
_RATE_WAIT: Final = 60.0  # seconds, which Google asks for where it names none


class FcmTransport:
    """Hands notifications over for one Firebase project.

    Args:
        settings: with the file of a service account, and the addresses.
        clock: seconds since 1970.

    Raises:
        InputError: the file is no service account's, or an address has no https.
    """

    channels: Set[Channel] = frozenset({Channel.FCM})
    rate: float | None = None

    def __init__(self, settings: ChannelSettings, clock: Callable[[], float] = time.time) -> None:
        self._account = _service_account(settings.fcm_credentials)
        for address in (settings.fcm_url, self._account["token_uri"]):
            require_secure(address, "SIZZLE_OUTREACH_FCM_URL")
        project = self._account["project_id"]
        self.name = f"fcm:{project}"
        self.concurrency = settings.push_connections
        self._url = f"{settings.fcm_url}/v1/projects/{project}/messages:send"
        self._client = http_client(settings.http_timeout)
        self._clock = clock
        self._token, self._token_ends = "", 0.0
        self._renewing = asyncio.Lock()

    async def hand_over(self, message: Message, at: datetime) -> Outcome:
        """Hand a notification over. A token that Google no longer takes is replaced once."""
        assert isinstance(message, PushMessage)
        content = _content(message)
        if len(content) > MAX_BYTES:
            return Outcome(Handover.REFUSED, f"{len(content)} bytes, of at most {MAX_BYTES}")
        answer = await self._send(content)
        if isinstance(answer, Answer) and answer.status == 401:
            self._token_ends = 0.0
            answer = await self._send(content)
        return answer if isinstance(answer, Outcome) else _outcome(answer)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def _send(self, content: bytes) -> Answer | Outcome:
        async with self._renewing:  # many messages begin at once
            refused = await self._renew_token()
        if refused is not None:
            return refused
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        return await exchange(self._client, self._url, headers=headers, content=content)

    async def _renew_token(self) -> Outcome | None:
        """Get an access token, unless there is one. Returns what prevents it."""
        now = self._clock()
        if now < self._token_ends - _EARLY:
            return None
        claims = {
            "iss": self._account["client_email"],
            "scope": _SCOPE,
            "aud": self._account["token_uri"],
            "iat": int(now),
            "exp": int(now) + _TOKEN_LIFE,
        }
        assertion = jwt.encode(claims, self._account["private_key"], "RS256")
        grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
        content = f"grant_type={grant}&assertion={assertion}".encode()
        url = self._account["token_uri"]
        answer = await exchange(self._client, url, headers=_FORM, content=content)
        if isinstance(answer, Outcome):  # no message has been sent yet
            return Outcome(Handover.TEMPORARY, answer.detail, transport_down=True)
        token, life = answer.json.get("access_token"), answer.json.get("expires_in", _TOKEN_LIFE)
        if answer.status != 200 or not isinstance(token, str) or not isinstance(life, int):
            why = f"no access token: {answer.status} {answer.json.get('error', '')}"
            return Outcome(Handover.TEMPORARY, why[:300], transport_down=True)
        self._token, self._token_ends = token, now + life
        return None


def _content(message: PushMessage) -> bytes:
    android: dict[str, Any] = {
        "ttl": f"{message.valid_for}s",
        "priority": "NORMAL" if message.silent else "HIGH",
    }
    body: dict[str, Any] = {
        "token": message.address,
        "data": {**message.data, "pinpoint.notification.silentPush": str(int(message.silent))},
        "android": android,
    }
    if not message.silent:
        shown = {"title": message.title, "body": message.body, "image": message.image}
        body["notification"] = {name: text for name, text in shown.items() if text}
        if message.sound:
            android["notification"] = {"sound": message.sound}
    return json.dumps({"message": body}, ensure_ascii=False).encode()


def _outcome(answer: Answer) -> Outcome:
    if answer.status == 200:
        return Outcome(Handover.HANDED_OVER, reference=str(answer.json.get("name", ""))[:200])
    error = answer.json.get("error")
    error = error if isinstance(error, dict) else {}
    code = _error_code(error)
    if code in _GONE or (code == "INVALID_ARGUMENT" and _is_about_the_token(error)):
        return Outcome(Handover.PERMANENT, code)
    outcome = outcome_of_status(answer, code)
    if answer.status == 429 and outcome.after is None:
        return Outcome(Handover.TEMPORARY, outcome.detail, _RATE_WAIT, transport_down=True)
    return outcome


def _details(error: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = error.get("details")
    return (
        [detail for detail in details if isinstance(detail, dict)]
        if isinstance(details, list)
        else []
    )


def _error_code(error: Mapping[str, Any]) -> str:
    """FCM's own code, which is more exact than Google's status."""
    own = (_detail.get("errorCode") for _detail in _details(error))
    return next((code for code in own if isinstance(code, str)), str(error.get("status", "")))


def _is_about_the_token(error: Mapping[str, Any]) -> bool:
    return any(
        isinstance(violation, dict) and violation.get("field") == "message.token"
        for _detail in _details(error)
        for violation in _detail.get("fieldViolations") or ()
    )


def _service_account(path: Path | None) -> dict[str, str]:
    """Raises InputError: it cannot be read, or lacks something."""
    fix = "SIZZLE_OUTREACH_FCM_CREDENTIALS is the JSON file of a service account's key."
    if path is None:
        raise InputError("There are no credentials for FCM.", fix=fix)
    try:
        account = json.loads(path.read_text(encoding="utf-8"))
        names = ("project_id", "client_email", "private_key", "token_uri")
        found = {name: str(account[name]) for name in names}
        jwt.encode({}, found["private_key"], "RS256")
    except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        what = f"It is not the key of a service account: {type(error).__name__}."
        raise InputError(what, where=str(path), fix=fix) from error
    return found

"""One request of a transport over HTTP, and what an answer means by its status alone."""

from __future__ import annotations

import json
import math
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2

from sizzle.errors import InputError
from sizzle.outreach.content.messages import Handover, Outcome

_MAX_ANSWER: Final = 2**16  # bytes that are read
_MAX_DETAIL: Final = 300
_MAX_WAIT: Final = 86_400.0  # seconds: who asks for more is tried again after a day
# Nothing of the message can have arrived.
_NOT_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer.

    Attributes:
        json: of its body; an empty dictionary where that is no JSON object.
    """

    status: int
    headers: Mapping[str, str]
    json: Mapping[str, Any]

    @property
    def retry_after(self) -> float | None:
        """Seconds of `Retry-After`; None without it, or where it is a date."""
        try:
            seconds = float(self.headers.get("retry-after", ""))
        except ValueError:
            return None
        return min(max(0.0, seconds), _MAX_WAIT) if math.isfinite(seconds) else None


def http_client(
    timeout: float, ca_file: Path | None = None, *, http2: bool = False
) -> httpx2.AsyncClient:
    """A client of one provider.

    Args:
        timeout: seconds to wait for each step of an answer.
        ca_file: certificates of authorities to trust instead of the system's.
        http2: speak HTTP/2 where the provider does.

    Raises:
        InputError: the certificates cannot be read.
    """
    try:
        tls = True if ca_file is None else ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        what = f"The certificates cannot be read: {error}."
        raise InputError(what, where=str(ca_file), fix="name a PEM file of authorities.") from error
    return httpx2.AsyncClient(http2=http2, timeout=timeout, verify=tls)


async def exchange(
    client: httpx2.AsyncClient,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes,
) -> Answer | Outcome:
    """POST something. Redirects are not followed: another server would get the credentials.

    Returns:
        The answer; or the outcome for the message, if the provider did not answer.
    """
    try:
        async with client.stream("POST", url, headers=dict(headers), content=content) as response:
            body = await _read(response)
    except _NOT_SENT as error:
        return Outcome(Handover.TEMPORARY, _words(error), transport_down=True)
    except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
        return Outcome(Handover.UNKNOWN, _words(error))  # the provider may have all of it
    return Answer(response.status_code, response.headers, _object(body))


async def _read(response: httpx2.Response) -> bytes:
    """The beginning of a body, however long it goes on."""
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > _MAX_ANSWER:
            break
    return body[:_MAX_ANSWER]


def outcome_of_status(answer: Answer, why: str = "") -> Outcome:
    """What a status means by itself, of which no provider's own word says more.

    Args:
        answer: that is no success.
        why: the provider's word for it.
    """
    detail = f"{answer.status} {why}".strip()[:_MAX_DETAIL]
    status, after = answer.status, answer.retry_after
    if status == 504:  # a gateway that has passed the message on, and heard no more
        return Outcome(Handover.UNKNOWN, detail)
    # Our credentials, our address or our rate, or the provider itself: not about this message.
    if status in (401, 403, 408, 425, 429) or status >= 500 or status < 400:
        return Outcome(Handover.TEMPORARY, detail, after, transport_down=True)
    return Outcome(Handover.REFUSED, detail)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _words(error: Exception) -> str:
    """Without the address, which may be a person's."""
    return type(error).__name__

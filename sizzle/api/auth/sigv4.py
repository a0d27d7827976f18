"""AWS Signature Version 4 of requests, as a server checks it.

The client signs a canonical form of the request: its method, path, query, the headers that it
names, and the hash of its body. The server makes the same form of what has come, and compares.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import ClassVar, Final
from urllib.parse import quote

from sizzle.errors import SizzleError

SERVICE: Final = "mobiletargeting"
"""The name under which clients of Pinpoint sign."""

_SESSION: Final = "x-amz-security-token"  # the header

_BODY_HASH: Final = "x-amz-content-sha256"
_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_MAX_SKEW: Final = 300.0  # seconds
_NEEDED: Final = frozenset(("host", "x-amz-date"))
_AUTHORIZATION: Final = re.compile(
    rf"{_ALGORITHM} +Credential=(?P<key>[^/,\s]+)/(?P<date>\d{{8}})/(?P<region>[^/,\s]+)/"
    r"(?P<service>[^/,\s]+)/aws4_request *, *"
    r"SignedHeaders=(?P<headers>[^,\s]+) *, *Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)

Headers = Sequence[tuple[bytes, bytes]]
"""As ASGI has them: names in lower case, in the order in which they came."""


class SignatureError(SizzleError):
    """A request that is not signed as it has come."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "invalid-signature"
    title: ClassVar[str] = "Invalid signature"


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signature.

    Attributes:
        access_key_id: of the credentials.
        time: when it was signed, as in X-Amz-Date.
        region: any; the client's.
        names: of the signed headers, in the order in which they were signed.
        token: the session token of temporary credentials, or empty.
        value: in hexadecimal.
    """

    access_key_id: str
    time: str
    region: str
    names: tuple[str, ...]
    token: str
    value: str

    @property
    def scope(self) -> str:
        """What the signing key holds for."""
        return f"{self.time[:8]}/{self.region}/{SERVICE}/aws4_request"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it has come.

    Attributes:
        method: in upper case.
        path: not decoded.
        query: not decoded, without the question mark.
        headers: all of them.
        body: whole.
    """

    method: str
    path: bytes
    query: bytes
    headers: Headers
    body: bytes


def read_signature(headers: Headers, query: bytes, now: float) -> Signature:
    """What a request says of its signature, where it is one of today and for this service.

    Args:
        headers: of the request.
        query: of the request.
        now: seconds since 1970.

    Raises:
        SignatureError: none, in another form, too old, or without what has to be signed.
    """
    if b"X-Amz-Signature=" in query:
        raise SignatureError(
            "A presigned address is not accepted.", fix="sign the request's headers."
        )
    found = _AUTHORIZATION.fullmatch(_value(headers, "authorization"))
    if found is None:
        raise SignatureError(
            "The Authorization header is not one of AWS Signature Version 4.",
            fix=f"send {_ALGORITHM} with Credential, SignedHeaders and Signature.",
        )
    if found["service"] != SERVICE:
        raise SignatureError(
            f"The request is signed for {found['service'][:40]!r}.",
            fix=f"sign it for the service {SERVICE}, as clients of Pinpoint do.",
        )
    _check_encoding(headers)
    names, time = tuple(found["headers"].split(";")), _value(headers, "x-amz-date")
    token = _value(headers, _SESSION)
    missing = (_NEEDED | ({_SESSION} if token else set())) - set(names)
    if missing:
        raise SignatureError(
            f"The headers {', '.join(sorted(missing))} are not signed.", fix="sign them too."
        )
    _check_time(time, found["date"], now)
    return Signature(found["key"], time, found["region"], names, token, found["signature"])


def check_signature(signature: Signature, secret: str, request: SignedRequest) -> None:
    """Check a request against the secret of its credentials. Raises SignatureError."""
    body_hash = hashlib.sha256(request.body).hexdigest()
    _check_body(request.headers, body_hash)
    lines = [f"{name}:{_signed_value(request.headers, name)}" for name in signature.names]
    canonical = "\n".join(
        (
            request.method,
            _canonical_path(request.path),
            _canonical_query(request.query.decode("latin-1")),
            *lines,
            "",
            ";".join(signature.names),
            body_hash,
        )
    )
    request_hash = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    text = "\n".join((_ALGORITHM, signature.time, signature.scope, request_hash))
    key = _signing_key(secret, signature.time[:8], signature.region)
    expected = hmac.digest(key, text.encode("latin-1"), "sha256").hex()
    if not hmac.compare_digest(expected, signature.value):
        raise SignatureError(
            "The signature does not match the request.",
            fix="check the secret access key, and that proxies pass Host and the path unchanged.",
        )


def _check_time(time: str, scope_date: str, now: float) -> None:
    try:
        signed = datetime.strptime(time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise SignatureError(
            "X-Amz-Date is missing or malformed.", fix="send it as 20261130T180000Z."
        ) from None
    if time[:8] != scope_date:
        raise SignatureError("The date of the credential's scope is not that of X-Amz-Date.")
    if abs(now - signed.timestamp()) > _MAX_SKEW:
        raise SignatureError(
            f"The request was signed at {time}; more than five minutes from now.",
            fix="sign each request when it is sent, and set the client's clock.",
        )


def _check_encoding(headers: Headers) -> None:
    """Only whole bodies are signed by their hash."""
    claimed = _value(headers, _BODY_HASH)
    if claimed.startswith(("UNSIGNED", "STREAMING")) or "aws-chunked" in _value(
        headers, "content-encoding"
    ):
        raise SignatureError(
            f"A body that is sent as {claimed[:40] or 'aws-chunked'} is not accepted.",
            fix="sign the hash of the whole body.",
        )


def _check_body(headers: Headers, body_hash: str) -> None:
    """What the client says of the body, if anything, must hold: its hash is what is signed."""
    claimed = _value(headers, _BODY_HASH)
    if claimed and not hmac.compare_digest(claimed.encode(), body_hash.encode()):
        raise SignatureError("The body is not the one that was signed: X-Amz-Content-SHA256.")


def _value(headers: Headers, name: str) -> str:
    """A header's value as it is signed: without needless spaces, and of several, all of them."""
    wanted = name.encode("latin-1")
    values = [b" ".join(value.split()) for found, value in headers if found == wanted]
    return b",".join(values).decode("latin-1")


def _signed_value(headers: Headers, name: str) -> str:
    value = _value(headers, name)
    if not value and name.encode("latin-1") not in dict(headers):
        raise SignatureError(
            f"The signed header {name[:40]} has not arrived.", fix="check that no proxy removes it."
        )
    return value


def _canonical_path(path: bytes) -> str:
    """Without empty and dot segments, and percent-encoded once more than it was sent."""
    if b"//" in path or b"/." in path:
        path = b"/" + b"/".join(_normal(path.split(b"/"))) + (b"/" if path.endswith(b"/") else b"")
        path = path.replace(b"//", b"/")
    return quote(path or b"/", safe="/~")


def _normal(segments: Iterable[bytes]) -> list[bytes]:
    found: list[bytes] = []
    for segment in segments:
        if segment == b"..":
            del found[-1:]
        elif segment not in (b"", b"."):
            found.append(segment)
    return found


def _canonical_query(query: str) -> str:
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&")) if query else []
    return "&".join(f"{name}={value}" for name, value in pairs)


@lru_cache(256)
def _signing_key(secret: str, date: str, region: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, SERVICE, "aws4_request"):
        key = hmac.digest(key, part.encode("latin-1"), "sha256")
    return key

"""Finds the callers of requests that are signed as clients of AWS do."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope

from sizzle.api.auth.api_keys import ApiKey, ApiKeys
from sizzle.api.auth.aws_credentials import AwsCredentials, key_id_of
from sizzle.api.auth.caller import GRANT, SIGNED
from sizzle.api.auth.sigv4 import (
    Signature,
    SignatureError,
    SignedRequest,
    check_signature,
    read_signature,
)

_PRESIGNED = b"X-Amz-Signature="


def is_signed(scope: Scope) -> bool:
    """Whether a request claims to be signed, in whatever form."""
    if _PRESIGNED in scope["query_string"]:
        return True
    return any(
        name == b"authorization" and value.startswith(b"AWS4-") for name, value in scope["headers"]
    )


class SignedRequests:
    """Checks signatures.

    Args:
        credentials: find the secrets again.
        clock: seconds since 1970.
    """

    def __init__(self, credentials: AwsCredentials, clock: Callable[[], float] = time.time) -> None:
        self._credentials = credentials
        self._clock = clock

    async def check(self, keys: ApiKeys, scope: Scope, receive: Receive) -> tuple[ApiKey, Receive]:
        """Find the caller of a request, whose whole body is read for it.

        Returns:
            The caller's key, and what gives the body again.

        Raises:
            SignatureError: unknown, revoked or expired credentials, or another request than the
                one that was signed.
        """
        headers, query = scope["headers"], scope["query_string"]
        signature = read_signature(headers, query, self._clock())
        key = keys.keys.get(key_id_of(signature.access_key_id))
        if key is None or key.revoked is not None:
            raise SignatureError(
                "Unknown access key ID.",
                fix="use one that is not revoked; `sizzle keys create NAME --aws` makes one.",
            )
        secret = self._secret(signature, key, scope)
        body = await _read(receive)
        request = SignedRequest(scope["method"], scope["raw_path"], query, headers, body)
        check_signature(signature, secret, request)
        scope[SIGNED] = True
        return key, _again(body, receive)

    def _secret(self, signature: Signature, key: ApiKey, scope: Scope) -> str:
        """Raises SignatureError."""
        if not signature.token:
            if not key.aws:
                raise SignatureError(
                    "The key was not made for signing.", fix="create one with --aws."
                )
            return self._credentials.of_key(key.key_id).secret
        grant = self._credentials.granted(signature.token, self._clock())
        if grant.key_id != key.key_id:
            raise SignatureError("The session token is not of this access key ID.")
        scope[GRANT] = grant
        return self._credentials.temporary(grant).secret


async def _read(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _again(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again

"""Requests that may be sent again: a repeated one gets the first response, and nothing is redone.

A client that got no response sends its request again with the same `Idempotency-Key`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Awaitable
from typing import ClassVar, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.auth.caller import CALLER
from sizzle.api.http.idempotency_key import MAX_LENGTH, PATTERN
from sizzle.api.http.problems import problem_response
from sizzle.api.middleware.idempotency_store import IdempotencyStore, StoredResponse
from sizzle.errors import ReusedKeyError, SizzleError

_log = logging.getLogger(__name__)
_HEADER: Final = b"idempotency-key"
_WRITING = frozenset(("POST", "PUT", "PATCH", "DELETE"))
_NOT_WRITING = re.compile(r"/v1/(reels(:batch)?|events|apps(/.*)?|outreach/credentials)")
"""Reels change nothing, events and endpoints have ids of their own, and credentials are secret."""
_UPLOADS = ("/v1/ingests", "/v1/outreach/members:import")
"""An upload's key becomes its job's id: the same files are the same upload in any form, and a crash
between the job and its response makes no second job. The rules for the key are the same."""
_VALID = re.compile(PATTERN)
_MAX_STORED = 2**20  # bytes of a response's body


class InvalidKeyError(SizzleError):
    """An `Idempotency-Key` that is too long, or has other characters than it may."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "invalid-idempotency-key"
    title: ClassVar[str] = "Invalid Idempotency-Key"


class IdempotencyMiddleware:
    """Answers repeated requests from the store.

    Args:
        app: the application.
        store: of responses.
    """

    def __init__(self, app: ASGIApp, store: IdempotencyStore) -> None:
        self._app = app
        self._store = store

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, or send the response that it got before."""
        key = _key_of(scope)
        if key is None:  # most have none: the response is awaited by whoever asked
            return self._app(scope, receive, send)
        return self._once(key, scope, receive, send)

    async def _once(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            _validate(key)
            if scope["path"] in _UPLOADS:
                return await self._app(scope, receive, send)
            name = _request_name(scope, key)
            stored = await asyncio.to_thread(self._store.begin, name)
            if stored is None:
                return await self._first(name, scope, receive, send)
            return await _replay(stored, receive)(scope, receive, send)
        except SizzleError as error:
            return await problem_response(error, scope["path"])(scope, receive, send)

    async def _first(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the first request on, and store its response.

        It is stored before it is sent: what a client has seen once, it sees again.
        """
        recorder = _Recorder(receive)
        try:
            await self._app(scope, recorder.receive, recorder.send)
        except BaseException:
            await self._finish(name, None)
            raise
        await self._finish(name, recorder.response())
        for message in recorder.messages:
            await send(message)

    async def _finish(self, name: str, response: StoredResponse | None) -> None:
        """Store a response. Where that fails, it is sent all the same: the write has been made."""
        try:
            await asyncio.to_thread(self._store.finish, name, response)
        except SizzleError as error:
            _log.error("a response cannot be stored, so that it is not repeated: %s", error)


class _Recorder:
    """Hashes a request's body, and holds back the response."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._hash = hashlib.sha256()
        self.messages: list[Message] = []

    async def receive(self) -> Message:
        message = await self._receive()
        self._hash.update(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        self.messages.append(message)

    def response(self) -> StoredResponse | None:
        """What to store; nothing of a failure, so that the request may be tried again."""
        start = next((message for message in self.messages if "status" in message), None)
        body = b"".join(message.get("body", b"") for message in self.messages)
        if start is None or start["status"] >= 400 or len(body) > _MAX_STORED:
            return None
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]
        ]
        return StoredResponse(self._hash.hexdigest(), start["status"], headers, body)


async def _body_sha256(receive: Receive) -> str:
    body = hashlib.sha256()
    more = True
    while more:
        message = await receive()
        body.update(message.get("body", b""))
        more = message.get("more_body", False)
    return body.hexdigest()


def _replay(stored: StoredResponse, receive: Receive) -> ASGIApp:
    async def replay(scope: Scope, _: Receive, send: Send) -> None:
        if await _body_sha256(receive) != stored.body_sha256:
            raise ReusedKeyError(
                "The Idempotency-Key was used for a request with another body.",
                fix="use a new key for each request, and the same only to repeat one.",
            )
        response = Response(stored.body, stored.status)
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in stored.headers
        ]
        response.raw_headers = [*headers, (b"idempotent-replayed", b"true")]
        await response(scope, receive, send)

    return replay


def _key_of(scope: Scope) -> str | None:
    """The key of a request that writes something."""
    if scope["type"] != "http" or scope["method"] not in _WRITING:
        return None
    if _NOT_WRITING.fullmatch(scope["path"]):
        return None
    for name, value in scope["headers"]:
        if name == _HEADER:
            return str(value.decode("latin-1"))
    return None


def _validate(key: str) -> None:
    if not _VALID.fullmatch(key):
        raise InvalidKeyError(
            f"An Idempotency-Key has 1 to {MAX_LENGTH} printable ASCII characters, without spaces.",
            fix="use a UUID.",
        )


def _request_name(scope: Scope, key: str) -> str:
    """A request's name in the store: keys of other callers and routes never clash with it."""
    caller = scope.get(CALLER)
    query = scope.get("query_string", b"").decode("latin-1")
    parts = [caller.key_id if caller else "", scope["method"], scope["path"], query, key]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

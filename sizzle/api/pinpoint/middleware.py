"""Makes what the service answers on Pinpoint's paths what Pinpoint's clients understand.

Whatever answers an error (a route, the check of keys, the limit of bodies), it comes as a problem
document; here it becomes the name and the two fields by which those clients know errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.http.json_log import REQUEST_ID
from sizzle.api.http.problems import MEDIA_TYPE, internal_error_response

ROOTS: Final = ("/v1/apps", "/v1/templates", "/v1/recommenders", "/v1/tags", "/v1/phone")
"""All paths of Pinpoint's API begin with one of these."""

_BELOW: Final = tuple(f"{root}/" for root in ROOTS)

_NAMES: Final = {
    400: "BadRequestException",
    403: "ForbiddenException",
    404: "NotFoundException",
    405: "MethodNotAllowedException",
    409: "ConflictException",
    413: "PayloadTooLargeException",
    429: "TooManyRequestsException",
    500: "InternalServerErrorException",
}

_REPLACED: Final = (b"content-length", b"content-type", b"www-authenticate")


def is_pinpoint(path: str) -> bool:
    """Whether a path is of Pinpoint's API."""
    return path.startswith(_BELOW) or path in ROOTS


_REQUEST_HEADERS: Final = (
    *("authorization", "content-type", "amz-sdk-invocation-id", "amz-sdk-request"),
    *("x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent"),
)
_PREFLIGHT: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, POST, PUT, DELETE",
    "access-control-allow-headers": ", ".join(_REQUEST_HEADERS),
    "access-control-max-age": "600",
}
_CORS: Final = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-amzn-errortype, x-amzn-requestid, retry-after"),
]


class PinpointMiddleware:
    """Translates errors, lets ids in paths have any characters, and lets web apps in.

    Args:
        app: the application, with all that may refuse a request.
        web_apps: whether pages of other sites may make requests: only where each needs a key.
    """

    def __init__(self, app: ASGIApp, web_apps: Callable[[], bool] = lambda: False) -> None:
        self._app = app
        self._web_apps = web_apps

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] != "http" or not is_pinpoint(scope["path"]):
            return self._app(scope, receive, send)  # awaited by whoever asked
        return self._translate(scope, receive, send)

    async def _translate(self, scope: Scope, receive: Receive, send: Send) -> None:
        # An id may contain an encoded slash: routes are found by the path as it was sent.
        scope["path"] = scope["raw_path"].decode("latin-1")
        web_apps = self._web_apps()
        if web_apps and scope["method"] == "OPTIONS" and _is_preflight(scope):
            return await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
        translated = _Translated(send, _CORS if web_apps else [])
        try:
            await self._app(scope, receive, translated.send)
        except ClientDisconnect:
            raise
        except Exception as error:
            if not translated.started:
                problem = internal_error_response(error, scope["path"])
                await problem(scope, receive, translated.send)
            raise


def _is_preflight(scope: Scope) -> bool:
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])


class _Translated:
    """Sends responses on; a problem document is collected first, and translated."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._headers = headers
        self._problem: Message | None = None
        self._body = b""
        self.started = False

    async def send(self, message: Message) -> None:
        """Take a message of the response."""
        self.started = True
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message["headers"],
                (b"x-amzn-requestid", REQUEST_ID.get().encode()),
                *self._headers,
            ]
            if (b"content-type", MEDIA_TYPE.encode()) in message["headers"]:
                self._problem = message
                return
        if self._problem is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._send_translated(self._problem)

    async def _send_translated(self, start: Message) -> None:
        problem = msgspec.json.decode(self._body, type=dict[str, str | int])
        status = _status(start["status"])
        fix = f" Fix: {problem['fix']}" if problem.get("fix") else ""
        answer = {"Message": f"{problem['detail']}{fix}", "RequestID": REQUEST_ID.get()}
        body = msgspec.json.encode(answer)
        headers = [pair for pair in start["headers"] if pair[0] not in _REPLACED]
        headers += [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            (b"x-amzn-errortype", _NAMES[status].encode()),
        ]
        await self._send({**start, "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _status(status: int) -> int:
    """Pinpoint's own status: its clients try again after 429 and 500, some give up after a 503."""
    if status == HTTPStatus.UNAUTHORIZED:
        return HTTPStatus.FORBIDDEN
    if status in _NAMES:
        return status
    return 400 if status < 500 else 500

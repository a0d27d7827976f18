"""`POST /v1/reels` answered in front of the application, which would cost twice as much.

The application has the route too: it describes it, and says what is wrong with a request that is
not understood here.
"""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ranker.errors import RankerError
from sizzle.api.http.metrics import ROUTE
from sizzle.api.http.problems import answer_problem
from sizzle.api.reels.answers import Answers
from sizzle.api.reels.request import read_ask
from sizzle.errors import SizzleError

PATH: Final = "/v1/reels"

_CONTENT_TYPE = b"content-type"
_JSON = b"application/json"


class FastRoute:
    """Answers what it understands, and hands on all else.

    Args:
        app: the application.
        answers: makes the answers.
    """

    def __init__(self, app: ASGIApp, answers: Answers) -> None:
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope.get("path") != PATH or scope["method"] != "POST" or not _is_json(scope):
            return await self._app(scope, receive, send)
        scope[ROUTE] = PATH
        body = await _whole_body(receive)
        if body is None:
            return None
        ask = read_ask(body)
        if ask is None:
            return await self._app(scope, _again(body, receive), send)
        try:
            # At once where it can be: a coroutine of its own would cost as much as the look-up.
            answer = self._answers.at_once(ask) or await self._answers.answer(ask)
        except (SizzleError, RankerError) as error:
            return await answer_problem(error, PATH)(scope, receive, send)
        return await _send(send, answer)


def _is_json(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == _CONTENT_TYPE:
            return bool(value == _JSON or value.startswith(_JSON + b";"))
    return False


async def _whole_body(receive: Receive) -> bytes | None:
    """All of a request's body, or None where the client went away."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        body: bytes = message.get("body", b"")
        return body
    pieces = []
    while message["type"] == "http.request":
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
        message = await receive()
    return None


def _again(body: bytes, receive: Receive) -> Receive:
    """What gives a body that was read already, then what comes after it."""
    given = False

    async def receiving() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


async def _send(send: Send, body: bytes) -> None:
    headers = [(_CONTENT_TYPE, _JSON), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""What all operations read of a request, and how they answer."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.aws_credentials import EndpointGrant
from sizzle.api.auth.caller import GRANT, SIGNED
from sizzle.api.http.invalid_request import InvalidRequestError
from sizzle.api.http.json_body import JSON, check_content_type
from sizzle.api.http.json_log import REQUEST_ID
from sizzle.api.pinpoint.wire import read_object
from sizzle.errors import SizzleError, TooLargeError
from sizzle.events.explained import explained
from sizzle.events.sent import Id

_PLAIN: Final = ("", "identity")


class GrantError(SizzleError):
    """An operation that temporary credentials do not allow."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "insufficient-scope"
    title: ClassVar[str] = "Insufficient scope"


def path_id(request: Request, name: str) -> str:
    """An id in the path. Raises InvalidRequestError."""
    try:
        text = unquote(request.path_params[name], errors="strict")
        return msgspec.convert(text, Id)
    except UnicodeDecodeError:
        raise InvalidRequestError(f"{name}: Not UTF-8.") from None
    except msgspec.ValidationError as error:
        raise InvalidRequestError(f"{name}: {explained(error)}") from None


async def read_body(request: Request, max_bytes: int) -> dict[str, Any]:
    """The object in a request's body.

    Raises:
        InvalidRequestError: none, or one that is sent in another form.
        TooLargeError: it has more bytes.
    """
    if request.headers.get("content-encoding", "") not in _PLAIN:
        raise InvalidRequestError("The body is compressed.", fix="send it as it is.")
    if not request.scope.get(SIGNED):
        # A page of another site can have a browser send any text, but no signature and no JSON.
        check_content_type(request.headers.get("content-type", ""))
    body = await request.body()
    if len(body) > max_bytes:
        raise TooLargeError(f"The body has more than {max_bytes} bytes.", fix="send less at once.")
    return read_object(body)


def grant_of(request: Request) -> EndpointGrant | None:
    """What temporary credentials allow, or None where a key makes the request."""
    grant: EndpointGrant | None = request.scope.get(GRANT)
    return grant


def require_allowed(request: Request, app: str | None, endpoint_id: str | None) -> None:
    """Refuse what temporary credentials do not allow.

    Args:
        request: whose credentials count.
        app: the application; None if the operation is about no single one.
        endpoint_id: the endpoint; None if the operation is about no single one, or checks each.

    Raises:
        GrantError: they hold for another one.
    """
    grant = grant_of(request)
    if grant is None:
        return
    if app != grant.app or endpoint_id not in (None, grant.endpoint_id):
        raise GrantError(
            "The credentials hold for another endpoint or operation.",
            fix="use them for their own endpoint, or use those of a key.",
        )


def require_key(request: Request) -> None:
    """Refuse temporary credentials. Raises GrantError."""
    require_allowed(request, None, None)


def json_response(value: object, status: int) -> Response:
    """An operation's answer."""
    return Response(msgspec.json.encode(value), status, media_type=JSON)


def accepted() -> Response:
    """The answer of updates."""
    return json_response({"Message": "Accepted", "RequestID": REQUEST_ID.get()}, 202)

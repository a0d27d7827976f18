"""What browsers get in place of a page that is refused: the way to sign in, or why not."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sizzle.api.auth.access_middleware import UnauthorizedError
from sizzle.api.auth.cookies import SESSION_COOKIE, is_private, read_cookie
from sizzle.api.auth.same_origin import is_same_origin
from sizzle.api.design import Pages
from sizzle.api.sign_in.entry import Entry, entry_page
from sizzle.api.sign_in.next_page import kept_page
from sizzle.api.sign_in.people import People
from sizzle.errors import SizzleError

_FORM = "application/x-www-form-urlencoded"
_SAFE = ("GET", "HEAD")


def refusal_page(pages: Pages, people: People, error: SizzleError) -> ASGIApp:
    """The response to a browser's request that was refused.

    Args:
        pages: of signing in.
        people: who may sign in.
        error: why it was refused.
    """

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        response = await _response(pages, people, Request(scope, receive), error)
        await response(scope, receive, send)

    return respond


async def _response(pages: Pages, people: People, request: Request, error: SizzleError) -> Response:
    if not isinstance(error, UnauthorizedError) or not is_private(request.scope):
        return pages.error(request, error.status, error.title, error.what, error.fix)
    entry = Entry(
        next_path=_address(request) if request.method in _SAFE else "",
        was_signed_in=bool(read_cookie(request.scope, SESSION_COOKIE)),
        **await _kept(request),
    )
    return entry_page(pages, people, request, entry, 401, {"WWW-Authenticate": "Bearer"})


def _address(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


async def _kept(request: Request) -> dict[str, str]:
    """A form that was sent without a session, so that nothing of it is lost.

    That of another site's page is not kept: its visitor would send it.
    """
    if request.method != "POST" or not is_same_origin(request.scope):
        return {}
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != _FORM:
        return {"upload_path": request.url.path}
    body = (await request.body()).decode("utf-8", "replace")
    return {"kept_path": kept_page(request.url.path), "kept_form": body}

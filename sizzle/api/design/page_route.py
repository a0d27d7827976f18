"""Routes of pages: their errors are pages too, and their forms are checked before anything else."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Coroutine
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from ranker import RankerError
from sizzle.api.auth.form_tokens import FIELD
from sizzle.api.auth.same_origin import same_origin
from sizzle.api.design.viewer import viewer_of
from sizzle.api.http.problems import log_unexpected, retry_header
from sizzle.api.middleware.idempotency_store import RequestInProgressError, StoredResponse
from sizzle.errors import SizzleError

if TYPE_CHECKING:
    from sizzle.api.design.pages import Pages

PRESS: Final = "press_id"
"""The field that tells one press of a button from the next."""

_SAFE: Final = ("GET", "HEAD")
_FORM: Final = "application/x-www-form-urlencoded"
_WAIT: Final = 0.1  # seconds between looks at whether the first of two presses is done
_LOOKS: Final = 100

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StaleFormError(SizzleError):
    """A form whose token is not of this browser's session, or that has none."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "stale-form"
    title: ClassVar[str] = "The form is from another session"


class PageRoute(APIRoute):
    """A route of a page.

    A form must have the token of its page, and come from a page of this service. One that is sent
    twice, by a double press or by going back, is done once: the second gets where the first got.
    A form's token may stand in the query where the body is an upload, which is not read here.
    """

    pages: ClassVar[Pages]

    def get_route_handler(self) -> _Handler:
        """The handler, with forms checked and errors as pages."""
        handle = super().get_route_handler()
        pages = self.pages

        async def handle_page(request: Request) -> Response:
            try:
                if request.method in _SAFE:
                    return await handle(request)
                return await _handle_form(pages, request, handle)
            except OSError:
                raise  # a full disk has a response of its own
            except Exception as error:
                return _error_page(pages, request, error)

        return handle_page


def _error_page(pages: Pages, request: Request, error: Exception) -> Response:
    """The page of an error; of one that nobody expected, only the log has the cause."""
    match error:
        case SizzleError():
            response = pages.error(request, error.status, error.title, error.what, error.fix)
            response.headers.update(retry_header(error))
            return response
        case RankerError():
            return pages.error(request, 422, "Cannot rank", error.what, error.fix)
        case RequestValidationError():
            first = error.errors()[0]
            what = f"{first['loc'][-1]}: {first['msg']}."
            return pages.error(request, 422, "Invalid request", what)
        case HTTPException():
            phrase = HTTPStatus(error.status_code).phrase
            response = pages.error(request, error.status_code, phrase, str(error.detail))
            response.headers.update(error.headers or {})
            return response
    log_unexpected(error, request.url.path)
    what = "Something unexpected went wrong in the service; its log has the cause."
    return pages.error(request, 500, "Internal error", what, "try it again later.")


def page_route_class(pages: Pages) -> type[PageRoute]:
    """The class of the routes of these pages."""
    return type("PageRoute", (PageRoute,), {"pages": pages})


async def _handle_form(pages: Pages, request: Request, handle: _Handler) -> Response:
    await same_origin(request)
    if _is_from_a_program(request):
        return await handle(request)
    if (token := request.query_params.get(FIELD)) is not None:  # of an upload
        _check(pages, request, token)
        return await handle(request)
    body = await request.body() if _is_simple(request) else b""
    form = await request.form()
    if not pages.site.form_tokens.is_valid(request.scope, str(form.get(FIELD, ""))):
        return _resend(pages, request, form)
    press = str(form.get(PRESS, ""))[:100]
    return (
        await _once(pages, request, press, body, handle)
        if press and body
        else await handle(request)
    )


def _is_from_a_program(request: Request) -> bool:
    """Whether a request has a bearer token, which no browser adds by itself."""
    return request.headers.get("authorization", "")[:7].lower() == "bearer "


def _is_simple(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM


def _check(pages: Pages, request: Request, token: str) -> None:
    if not pages.site.form_tokens.is_valid(request.scope, token):
        raise StaleFormError(
            "You have signed in or out since this page was opened.",
            fix="open the page again and send the form from there.",
        )


def _resend(pages: Pages, request: Request, form: FormData) -> Response:
    """The form once more, with what was typed, to be sent by its sender's own press."""
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    if not _is_simple(request) or not fields:
        _check(pages, request, "")
    return resend_page(pages, request, request.url.path, fields, 403)


def resend_page(
    pages: Pages, request: Request, path: str, fields: list[tuple[str, str]], status: int = 200
) -> Response:
    """A page with a form that was not done, as it was filled in.

    Args:
        pages: that it is one of.
        request: that it answers.
        path: that the form is sent to.
        fields: of the form, without its old token.
        status: of the response.
    """
    kept = [(name, value) for name, value in fields if name != FIELD]
    return pages.page(request, "design/resend.html", status, action=path, fields=kept)


async def _once(
    pages: Pages, request: Request, press: str, body: bytes, handle: _Handler
) -> Response:
    """Do what a form asks for, unless the same press was done before."""
    store = pages.site.idempotency
    if store is None:
        return await handle(request)
    name = _press_name(request, press, body)
    done = await _begun(lambda: asyncio.to_thread(store.begin, name))
    if done is not None:
        return RedirectResponse(dict(done.headers)["location"], done.status)
    response = None
    try:
        response = await handle(request)
    finally:
        await asyncio.to_thread(store.finish, name, _stored(response))
    return response


async def _begun(
    begin: Callable[[], Awaitable[StoredResponse | None]],
) -> StoredResponse | None:
    """Begin, or wait for the first of two presses to be done."""
    for _ in range(_LOOKS):
        try:
            return await begin()
        except RequestInProgressError:
            await asyncio.sleep(_WAIT)
    return await begin()


def _stored(response: Response | None) -> StoredResponse | None:
    """What to remember: where a form that was done leads; one that was not may be sent again."""
    if response is None or response.status_code != HTTPStatus.SEE_OTHER:
        return None
    return StoredResponse("", 303, [("location", response.headers["location"])], b"")


def _press_name(request: Request, press: str, body: bytes) -> str:
    parts = [viewer_of(request.scope).id, request.url.path, press]
    return hashlib.sha256(json.dumps(parts).encode() + body).hexdigest()

"""Templates and the headers of pages; and errors, which on a page are pages too."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from ranker import RankerError
from sizzle.api.http.compression import accepts_gzip
from sizzle.api.http.problems import retry_header
from sizzle.errors import SizzleError

HEADERS: Final = {
    # Nothing but our own files, and no script or style inside a page: whatever a clip is called,
    # it cannot be run.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_WORTH_PACKING: Final = 20_000  # bytes

_files = StaticFiles(directory=Path(__file__).parent / "static")
_templates = Environment(
    loader=PackageLoader("sizzle.api.editor"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
    """A page. Whatever it is given is escaped."""
    html = _templates.get_template(template).render(**values)
    return HTMLResponse(html, status_code=status, headers=HEADERS)


async def own_file(request: Request, name: str) -> Response:
    """A script or a style: kept by browsers, but asked after, so that no old one meets a page."""
    answer = await _files.get_response(name, request.scope)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, its errors caught."""
        handle = super().get_route_handler()

        async def handle_with_pages(request: Request) -> Response:
            try:
                return _packed(request, await handle(request))
            except SizzleError as error:
                answer = _error(error.status, error.title, error.what, error.fix)
                answer.headers.update(retry_header(error))
                return answer
            except RankerError as error:
                return _error(422, "Cannot rank", error.what, error.fix)
            except RequestValidationError as error:
                first = error.errors()[0]
                return _error(422, "Invalid request", f"{first['loc'][-1]}: {first['msg']}.")
            except HTTPException as error:
                answer = _error(
                    error.status_code, HTTPStatus(error.status_code).phrase, str(error.detail)
                )
                answer.headers.update(error.headers or {})
                return answer

        return handle_with_pages


def _packed(request: Request, answer: Response) -> Response:
    """A large page compressed: tables of findings shrink to a fifteenth."""
    takes = accepts_gzip(request.headers.get("accept-encoding", ""))
    if takes and isinstance(answer, HTMLResponse) and len(answer.body) > _WORTH_PACKING:
        answer.body = gzip.compress(answer.body, compresslevel=4)
        answer.headers["Content-Length"] = str(len(answer.body))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _error(status: int, title: str, what: str, fix: str = "") -> HTMLResponse:
    return page("error.html", status, title=title, what=what, fix=fix, code=status)

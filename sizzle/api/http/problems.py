"""Errors as RFC 9457 problems, all in one shape."""

from __future__ import annotations

import errno
import logging
import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from ranker import RankerError
from sizzle.api.http.invalid_request import invalid_field, not_json, not_sent_as_json
from sizzle.api.http.json_body import is_json
from sizzle.api.http.logged_path import logged_path
from sizzle.errors import SizzleError

_log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"

CLIENT_CLOSED: Final = 499
"""nginx's status for clients that leave before they are answered."""


class Problem(BaseModel):
    """A problem document of RFC 9457; `fix` says how to correct the request."""

    type: str
    title: str
    status: int
    detail: str
    fix: str = ""
    instance: str = ""


PROBLEM_SCHEMA: Final = {"Problem": Problem.model_json_schema(mode="serialization")}
"""The schema by the name under which routes' descriptions refer to it."""


ProblemPage = Callable[[Request, Problem], Response]
"""Shows a problem to a browser."""


def problem_of(error: SizzleError | RankerError, path: str) -> Problem:
    """The problem document of an error, for a request to that path."""
    if isinstance(error, RankerError):
        return _problem(path, 422, "cannot-rank", "Cannot rank", error.what, error.fix)
    return _problem(path, error.status, error.slug, error.title, error.what, error.fix)


def problem_response(
    error: SizzleError | RankerError, path: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The response to a request to that path that failed with an error."""
    problem = problem_of(error, path)
    headers = {**retry_header(error), **(headers or {})}
    return JSONResponse(problem.model_dump(), problem.status, headers, MEDIA_TYPE)


def retry_header(error: SizzleError | RankerError) -> dict[str, str]:
    """`Retry-After` in whole seconds, where an error says when to try again."""
    wait = error.retry_after if isinstance(error, SizzleError) else None
    return {} if wait is None else {"Retry-After": str(math.ceil(wait))}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of the problems of a route; those of every route are included."""
    return described_problems(*sorted({*_OF_EVERY_ROUTE, *statuses}))


def described_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI's description of these problems alone, by `PROBLEM_SCHEMA`.

    FastAPI would make a validator of its own for each status of each route that names a model: a
    fifth of a second of each start, and some megabytes, for responses that it never validates.
    """
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    described: dict[int | str, dict[str, Any]] = {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }
    for status in described.keys() & {429, 503}:
        described[status]["headers"] = {"Retry-After": _RETRY_AFTER}
    return described


_RETRY_AFTER: Final = {
    "description": "Seconds after which to try again, where that is known.",
    "schema": {"type": "integer", "minimum": 0},
}
_NOT_JSON = (UnicodeDecodeError, RecursionError)
"""What reading a body as JSON may raise without FastAPI's calling it an invalid request."""

_PATHS = "/openapi.json, which names all paths and their methods"
_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_OF_EVERY_ROUTE = (401, 403, 408, 413, 429, 500, 503)


def add_problem_handlers(app: FastAPI, page: ProblemPage | None = None) -> None:
    """Make every error of the app a problem document.

    Args:
        app: the application.
        page: shows a problem of a path that nothing is served at to a browser that asks for a page.
    """

    @app.exception_handler(SizzleError)
    @app.exception_handler(RankerError)
    async def _ours(request: Request, error: SizzleError | RankerError) -> Response:
        return problem_response(error, request.url.path)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        content_type = request.headers.get("content-type", "")
        if first["loc"] == ("body",) and _has_body(request) and not is_json(content_type):
            # FastAPI then passes the body on as text, which matches no schema.
            return problem_response(not_sent_as_json(content_type), request.url.path)
        field = ".".join(str(part) for part in first["loc"][1:])
        return problem_response(invalid_field(field, first["msg"]), request.url.path)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        return _missing_page(page, error, request) or _http_problem(error, request)

    _add_handlers_of_failures(app)


def _add_handlers_of_failures(app: FastAPI) -> None:
    """For what neither the request nor its handler says is wrong."""

    @app.exception_handler(OSError)
    async def _storage(request: Request, error: OSError) -> JSONResponse:
        if error.errno not in _DISK_FULL:
            raise error
        detail, fix = "The service's disk is full.", "ask its operator to free space, then retry."
        return _response(request.url.path, 507, "storage-full", "Insufficient Storage", detail, fix)

    app.add_exception_handler(ClientDisconnect, _client_closed)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        return internal_error_response(error, request.url.path)


def _has_body(request: Request) -> bool:
    return (
        request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    )


def _missing_page(
    page: ProblemPage | None, error: HTTPException, request: Request
) -> Response | None:
    """The page for a browser that asks for one where nothing is served."""
    status = error.status_code
    if status not in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED) or page is None:
        return None
    if "text/html" not in request.headers.get("accept", ""):
        return None
    what = "There is no such page."
    return page(request, _problem(request.url.path, status, "not-found", "Not found", what, ""))


def _http_problem(error: HTTPException, request: Request) -> Response:
    """The problem that caused it, or else one named by its status."""
    path, cause = request.url.path, error.__cause__
    if isinstance(cause, _NOT_JSON):
        return problem_response(not_json(), path)
    if isinstance(cause, SizzleError):
        return problem_response(cause, path)
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        return _method_not_allowed(request)
    if status is HTTPStatus.NOT_FOUND:
        what, fix = "Nothing is served at this path.", f"see {_PATHS}."
        return _response(path, status, "not-found", "Not found", what, fix)
    slug = status.phrase.lower().replace(" ", "-")
    response = _response(path, status, slug, status.phrase, str(error.detail))
    response.headers.update(error.headers or {})
    return response


async def _client_closed(_: Request, __: Exception) -> Response:
    """What the log of requests has of a client that left before its body had come; no error."""
    return Response(status_code=CLIENT_CLOSED)


def _method_not_allowed(request: Request) -> Response:
    path, allowed = request.url.path, _allowed(request)
    what, fix = f"{request.method[:20]} is not possible here.", f"use {allowed}; see {_PATHS}."
    response = _response(path, 405, "method-not-allowed", "Method not allowed", what, fix)
    response.headers["Allow"] = allowed
    return response


def _allowed(request: Request) -> str:
    """The methods of a path; Starlette names only those of the first of its routes."""
    path = request.url.path
    routes = iter_route_contexts(request.app.routes)
    found = [route.methods or () for route in routes if route.path_regex.match(path)]
    return ", ".join(sorted({method for methods in found for method in methods}))


def log_unexpected(error: Exception, path: str) -> None:
    """Have the log say what went wrong, and where."""
    _log.exception("unexpected error at %s", logged_path(path), exc_info=error)


def internal_error_response(error: Exception, path: str) -> JSONResponse:
    """The response to an unexpected error, whose cause only the log has."""
    log_unexpected(error, path)
    return _response(
        path, 500, "internal", "Internal error", "An unexpected error occurred in the service."
    )


def _response(
    path: str, status: int, slug: str, title: str, detail: str, fix: str = ""
) -> JSONResponse:
    problem = _problem(path, status, slug, title, detail, fix)
    return JSONResponse(problem.model_dump(), status_code=status, media_type=MEDIA_TYPE)


def _problem(path: str, status: int, slug: str, title: str, detail: str, fix: str) -> Problem:
    return Problem(
        type=f"urn:sizzle:problem:{slug}",
        title=title,
        status=status,
        detail=detail,
        fix=fix,
        instance=path,
    )

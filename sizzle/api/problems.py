"""Errors as RFC 9457 problems, all in one shape."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ranker.errors import RankerError
from sizzle.api.schema import Problem
from sizzle.errors import SizzleError

_log = logging.getLogger(__name__)
_MEDIA_TYPE = "application/problem+json"


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    @app.exception_handler(SizzleError)
    async def _ours(request: Request, error: SizzleError) -> JSONResponse:
        return _answer(request, error.status, error.slug, error.title, error.what, error.fix)

    @app.exception_handler(RankerError)
    async def _rankers(request: Request, error: RankerError) -> JSONResponse:
        return _answer(request, 422, "cannot-rank", "Cannot rank", error.what, error.fix)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or "body"
        detail = f"{field}: {first['msg']}."
        fix = "see the request's schema in /openapi.json."
        return _answer(request, 422, "invalid-request", "Invalid request", detail, fix)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        title = HTTPStatus(error.status_code).phrase
        slug = title.lower().replace(" ", "-")
        answer = _answer(request, error.status_code, slug, title, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        _log.exception("unexpected error at %s", request.url.path, exc_info=error)
        return _answer(request, 500, "internal", "Internal error", "Something of ours failed.")


def _answer(
    request: Request, status: int, slug: str, title: str, detail: str, fix: str = ""
) -> JSONResponse:
    problem = Problem(
        type=f"urn:sizzle:problem:{slug}",
        title=title,
        status=status,
        detail=detail,
        fix=fix,
        instance=request.url.path,
    )
    return JSONResponse(problem.model_dump(), status_code=status, media_type=_MEDIA_TYPE)

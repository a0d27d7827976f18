"""The description of the API, for people at /docs and /redoc and for programs at /openapi.json.

It is public: it holds nothing but what the source does.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.responses import JSONResponse, Response

from sizzle.api.auth.route_access import PUBLIC

_OPENAPI: Final = "/openapi.json"
_METHODS: Final = ["GET", "HEAD"]


def documentation_routes(app: FastAPI) -> APIRouter:
    """The routes that describe all routes of an application."""
    router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])

    @router.api_route(_OPENAPI, methods=_METHODS)
    async def openapi() -> Response:
        return JSONResponse(app.openapi())

    @router.api_route("/docs", methods=_METHODS)
    async def swagger_ui() -> Response:
        return get_swagger_ui_html(openapi_url=_OPENAPI, title=app.title)

    @router.api_route("/redoc", methods=_METHODS)
    async def redoc() -> Response:
        return get_redoc_html(openapi_url=_OPENAPI, title=app.title)

    return router

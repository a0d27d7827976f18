"""The front page at `/`, which leads to all areas of the service."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.design import Site

_ANYBODY: Final = tuple(ApiScope)


def front_page_routes(site: Site) -> APIRouter:
    """The front page."""
    pages = site.pages("sizzle.api.front_page")
    router = pages.router("", *_ANYBODY)

    def front_page(request: Request) -> Response:
        return pages.page(request, "front_page.html")

    router.add_api_route("/", front_page)
    return router

"""The service's pages together: what they share, whichever feature they belong to."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.form_tokens import FormTokens
from sizzle.api.auth.route_access import PUBLIC
from sizzle.api.design.areas import Area
from sizzle.api.design.pages import Pages
from sizzle.api.design.static_files import StaticFiles
from sizzle.api.http.problems import Problem
from sizzle.api.middleware.idempotency_store import IdempotencyStore


class Site:
    """What all pages share.

    Args:
        form_key: secret, that tokens of forms are made with.
        idempotency: remembers which forms were sent; without it, one sent twice is done twice.
        people: whether people can sign in.
    """

    def __init__(
        self, form_key: bytes, idempotency: IdempotencyStore | None = None, *, people: bool = False
    ) -> None:
        self.form_tokens = FormTokens(form_key)
        self.idempotency = idempotency
        self.people = people
        self.areas: list[Area] = []
        self.static = StaticFiles("sizzle.api.design", "/design")

    def add(self, *areas: Area) -> None:
        """Have the navigation lead to these areas."""
        self.areas.extend(areas)

    def area(self, path: str) -> Area | None:
        """The area that a page belongs to."""
        return next((area for area in self.areas if area.has(path)), None)

    def pages(self, package: str, static: str = "/design") -> Pages:
        """What makes the pages of a feature.

        Args:
            package: that has its templates in `templates`, and its files in `static`.
            static: the prefix of the addresses of its files.
        """
        return Pages(self, package, static)

    def missing_page(self, request: Request, problem: Problem) -> Response:
        """The page of a path that nothing is served at."""
        pages = self.pages("sizzle.api.design")
        return pages.error(request, problem.status, problem.title, problem.detail, problem.fix)

    def routes(self) -> APIRouter:
        """The route of the files that all pages load."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route(
            "/design/{name}",
            self.static.respond,
            methods=["GET", "HEAD"],
            dependencies=[PUBLIC],
        )
        return router

"""What makes the pages of a feature: its routers, its templates, and its redirects."""

from __future__ import annotations

import gzip
import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

from fastapi import APIRouter
from fastapi.routing import APIRoute
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.cookies import read_cookie, remove_cookie, set_cookie
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.design.filters import FILTERS
from sizzle.api.design.static_files import StaticFiles
from sizzle.api.design.viewer import viewer_of
from sizzle.api.http.compression import accepts_gzip

if TYPE_CHECKING:
    from sizzle.api.design.site import Site

HEADERS: Final = {
    # Nothing but our own files, and no script or style inside a page: whatever a member or a clip
    # is called, it cannot be run.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; media-src 'self' blob:; connect-src 'self'; frame-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_NOTICE: Final = "notice"
_NOTICE_SECONDS: Final = 60
_MAX_NOTICE: Final = 300  # characters
_WORTH_PACKING: Final = 20_000  # bytes


class Pages:
    """The pages of a feature.

    Args:
        site: that they belong to.
        package: with the templates and files of the feature.
        static: the prefix of the addresses of its files.
    """

    def __init__(self, site: Site, package: str, static: str) -> None:
        self.site = site
        self._package = package
        self._static_prefix = static
        self.static = StaticFiles(package, static) if static != "/design" else site.static

    @cached_property
    def _templates(self) -> Environment:
        own = [PackageLoader(self._package)] if self._package != "sizzle.api.design" else []
        found = Environment(
            loader=ChoiceLoader([*own, PackageLoader("sizzle.api.design")]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        found.filters.update(FILTERS)
        return found

    def router(self, prefix: str, *scopes: ApiScope) -> APIRouter:
        """A router of pages, whose errors are pages and whose forms are checked.

        Args:
            prefix: of its paths.
            scopes: of which a caller needs one; without any, each route declares its own access.
        """
        return APIRouter(
            prefix=prefix,
            route_class=self.route_class,
            include_in_schema=False,
            dependencies=[requires(*scopes)] if scopes else [],
        )

    @cached_property
    def route_class(self) -> type[APIRoute]:
        """The class of the routes of pages."""
        from sizzle.api.design.page_route import page_route_class

        return page_route_class(self)

    def static_routes(self) -> APIRouter:
        """The route of the files that the feature's pages load."""
        router = APIRouter(include_in_schema=False)
        path = f"{self._static_prefix}/{{name}}"
        router.add_api_route(
            path, self.static.respond, methods=["GET", "HEAD"], dependencies=[PUBLIC]
        )
        return router

    def page(
        self,
        request: Request,
        template: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,  # noqa: ANN401 - what the template shows
    ) -> HTMLResponse:
        """A page from its template. Whatever it is given is escaped.

        Args:
            request: that it answers.
            template: its name.
            status: of the response.
            headers: of the response, beside those of all pages.
            values: what the template shows, beside what all templates have: `viewer`, `area`,
                `areas`, `path`, `form_token`, `press_id`, `notice`, `people` and `file`.
        """
        scope, tokens = request.scope, self.site.form_tokens
        notice = unquote(read_cookie(scope, _NOTICE))[:_MAX_NOTICE]
        shared = {
            "viewer": viewer_of(scope),
            "people": self.site.people,
            "areas": self.site.areas,
            "area": self.site.area(request.url.path),
            "path": request.url.path,
            "form_token": tokens.token(scope),
            "press_id": secrets.token_hex(16),
            "notice": notice,
            "file": self._file,
        }
        html = self._templates.get_template(template).render({**shared, **values})
        response = HTMLResponse(html, status, {**HEADERS, **(headers or {})})
        tokens.keep(scope, response)
        if notice:
            remove_cookie(response, scope, _NOTICE)
        return _packed(request, response)

    def see(self, request: Request, path: str, notice: str = "") -> RedirectResponse:
        """Send the browser to a page of this service, so that reloading it sends nothing again.

        Args:
            request: that was done.
            path: of the page, from the root.
            notice: what the page shows at its top, once.
        """
        assert path.startswith("/"), path
        assert not path.startswith("//"), path
        response = RedirectResponse(path, 303)
        if notice:
            text = quote(notice[:_MAX_NOTICE])
            set_cookie(response, request.scope, _NOTICE, text, _NOTICE_SECONDS)
        return response

    def error(
        self, request: Request, status: int, title: str, what: str, fix: str = ""
    ) -> Response:
        """A page that says what is wrong."""
        return self.page(
            request, "design/error.html", status, title=title, what=what, fix=fix, code=status
        )

    def _file(self, name: str) -> str:
        """The address of a file of the feature, or of all pages."""
        if name.startswith("design/"):
            return self.site.static.address(name.removeprefix("design/"))
        return self.static.address(name)


def _packed(request: Request, response: HTMLResponse) -> HTMLResponse:
    """A large page compressed: tables shrink to a fifteenth."""
    body = bytes(response.body)
    if len(body) > _WORTH_PACKING and accepts_gzip(request.headers.get("accept-encoding", "")):
        response.body = gzip.compress(body, compresslevel=4)
        response.headers["Content-Length"] = str(len(response.body))
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
    return response

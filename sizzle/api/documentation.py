"""The description of the API, for people at /docs and for programs at /openapi.json.

It is public: it holds nothing but what the source does. The page and its scripts are served from
here, so that it works without the internet and tells nobody who reads it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import FileResponse, JSONResponse, Response

from sizzle.api.auth.route_access import PUBLIC, security_of
from sizzle.api.http.problems import PROBLEM_SCHEMA
from sizzle.errors import NotFoundError

_OPENAPI: Final = "/openapi.json"
_METHODS: Final = ["GET", "HEAD"]
_FILES: Final = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
_A_DAY: Final = {"Cache-Control": "public, max-age=86400"}
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def documentation_routes(app: FastAPI) -> APIRouter:
    """The routes that describe all routes of an application."""
    router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])

    @router.api_route(_OPENAPI, methods=_METHODS)
    async def openapi() -> Response:
        return JSONResponse(description_of(app))

    @router.api_route("/docs", methods=_METHODS)
    async def swagger_ui() -> Response:
        return _page(
            get_swagger_ui_html(
                openapi_url="openapi.json",
                title=app.title,
                swagger_js_url="docs/swagger-ui-bundle.js",
                swagger_css_url="docs/swagger-ui.css",
                swagger_favicon_url="docs/favicon.png",
                # It would send the description to a validator of others.
                swagger_ui_parameters={"validatorUrl": None},
            )
        )

    @router.api_route("/docs/{name}", methods=_METHODS)
    def documentation_file(name: str) -> Response:
        if name not in _FILES:
            raise NotFoundError(f"There is no {name[:80]!r} here.", fix="open /docs.")
        return FileResponse(_folder() / name, headers=_A_DAY)

    return router


def operation_id(route: APIRoute) -> str:
    """The name of a route for generated clients: `createReel`. Names of routes are unique."""
    first, *others = route.name.split("_")
    return first + "".join(word.capitalize() for word in others)


def description_of(app: FastAPI) -> dict[str, Any]:
    """OpenAPI's description of all routes, with their scopes and the schema of problems."""
    description = app.openapi()
    components = description.setdefault("components", {})
    components.setdefault("schemas", {}).update(PROBLEM_SCHEMA)
    schemes = components.setdefault("securitySchemes", {})
    for route in iter_route_contexts(app.routes):
        operations = description["paths"].get(route.path, {})
        described, alternatives = security_of(route)
        schemes.update(described)
        for method in route.methods or ():
            if method.lower() in operations and alternatives:
                operations[method.lower()]["security"] = alternatives
    return description


@cache
def _folder() -> Path:
    """Of the files of Swagger UI, in a package that is not imported."""
    spec = find_spec("fastapi_offline")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "static"


def _page(page: Response) -> Response:
    """A page that may load nothing from elsewhere, and run its one script and those from here."""
    scripts = _SCRIPT.findall(bytes(page.body).decode())
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return page

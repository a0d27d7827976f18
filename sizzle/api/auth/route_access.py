"""Who may use a route: declared where the route is, and closed where nothing is declared.

A route or its router names one of these among its dependencies:

    APIRouter(prefix="/v1", dependencies=[requires(ApiScope.READ)])
    router.get("/livez", dependencies=[PUBLIC])

Middleware that answers ahead of FastAPI is a shortcut for a route that FastAPI has as well, and so
is bound by that route's declaration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import Pattern
from typing import Any, Final

from fastapi import Depends, params
from fastapi.openapi.models import HTTPBearer
from fastapi.routing import RouteContext, iter_route_contexts
from fastapi.security.base import SecurityBase
from starlette.routing import BaseRoute

from sizzle.api.auth.api_keys import ApiScope


class RouteAccess:
    """A declaration.

    It is checked by `AccessMiddleware`, before anything of the request is read; as a dependency it
    does nothing.

    Args:
        scope: what a caller's key needs; None where everybody may call, without a key.
    """

    def __init__(self, scope: ApiScope | None) -> None:
        self.scope = scope

    async def __call__(self) -> None:
        """Nothing is left to check."""


class _KeyAccess(RouteAccess, SecurityBase):
    """One that needs a key, which OpenAPI then describes."""

    def __init__(self, scope: ApiScope) -> None:
        super().__init__(scope)
        self.scheme_name = "ApiKey"
        self.model = HTTPBearer(description="A key of `sizzle keys create`.")


def requires(scope: ApiScope) -> Any:  # noqa: ANN401 - as FastAPI's own Depends
    """Declare that a route needs a key with this scope."""
    return Depends(_KeyAccess(scope))


PUBLIC: Final[Any] = Depends(RouteAccess(None))
"""Declares that everybody may call a route, without a key."""


class RouteAccessError(Exception):
    """A route whose access is not declared, or declared twice: a mistake in the program."""


class RouteTable:
    """Finds the declaration that holds for a request, as FastAPI will find the route.

    Args:
        routes: of an application, in the order in which it matches them.

    Raises:
        RouteAccessError: a route declares nothing, or more than one access.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._entries: list[tuple[Pattern[str], frozenset[str], RouteAccess]] = []
        contexts = list(iter_route_contexts(routes))
        for route in contexts:
            methods = frozenset(route.methods or ())
            self._entries.append((route.path_regex, methods, _declared(route)))
        # Most requests are for paths without parameters: those are looked up, not matched.
        self._fixed = {
            (method, path): self._matched(method, path)
            for path in _fixed_paths(contexts)
            for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        }

    def access(self, method: str, path: str) -> RouteAccess | None:
        """The declaration for a request, or None where no route would answer it."""
        try:
            return self._fixed[method, path]
        except KeyError:
            return self._matched(method, path)

    def _matched(self, method: str, path: str) -> RouteAccess | None:
        for pattern, methods, access in self._entries:
            if method in methods and pattern.match(path):
                return access
        return None


def _fixed_paths(routes: Iterable[RouteContext]) -> list[str]:
    return [route.path for route in routes if route.path and "{" not in route.path]


def _declared(route: RouteContext) -> RouteAccess:
    dependencies: Sequence[params.Depends] = getattr(route, "dependencies", ())
    found = [each.dependency for each in dependencies if isinstance(each.dependency, RouteAccess)]
    if len(found) != 1:
        methods = ", ".join(sorted(route.methods or ()))
        raise RouteAccessError(
            f"The route {methods} {route.path} declares {len(found)} accesses. Give it, or its "
            "router, exactly one dependency of `requires(ApiScope....)` or `PUBLIC`."
        )
    return found[0]

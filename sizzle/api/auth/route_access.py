"""Who may use a route: declared at the route, and closed without a declaration.

A route or its router names one of these among its dependencies:

    APIRouter(prefix="/v1", dependencies=[requires(ApiScope.READ)])
    router.get("/livez", dependencies=[PUBLIC])

Middleware that answers requests by itself is a shortcut for a route that FastAPI has too, so that
the route's declaration holds for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from re import Pattern
from typing import Any, Final

from fastapi import Depends, params
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import BaseRoute

from sizzle.api.auth.api_keys import ApiScope

_KEY, _SIGNATURE = "ApiKey", "AwsSignature"
_SCHEMES: Final = {
    _KEY: {"type": "http", "scheme": "bearer", "description": "A key of `sizzle keys create`."},
    _SIGNATURE: {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "AWS Signature Version 4, with a key of `sizzle keys create --aws`.",
    },
}

_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class RouteAccess:
    """A route's declaration of who may use it.

    `AccessMiddleware` checks it before the body of a request is read. As a FastAPI dependency it
    does nothing: it only belongs to the route, which `security_of` describes.

    Args:
        scopes: of which the caller's key must have one; empty if no key is needed.
        or_token: whether the route checks a token of callers whose key does not allow the request.
        or_signature: whether requests may be signed as clients of AWS do.
    """

    def __init__(
        self, *scopes: ApiScope, or_token: bool = False, or_signature: bool = False
    ) -> None:
        self.scopes = scopes
        self.or_token = or_token
        self.or_signature = or_signature

    async def __call__(self) -> None:
        """Do nothing."""


def requires(*scopes: ApiScope) -> Any:  # noqa: ANN401 - as FastAPI's own Depends
    """Declare that a route needs a key with one of these scopes."""
    return Depends(RouteAccess(*scopes))


def requires_key_or_token(scope: ApiScope) -> Any:  # noqa: ANN401 - as FastAPI's own Depends
    """Declare that a route needs a key with this scope, or else checks a token by itself.

    Where the key does not allow a request, `KEY_REFUSAL` in its ASGI scope says why.
    """
    return Depends(RouteAccess(scope, or_token=True))


def requires_key_or_signature(scope: ApiScope) -> Any:  # noqa: ANN401 - as FastAPI's own Depends
    """Declare that a route needs a key with this scope, sent as it is or used to sign the request.

    The whole body is read before the route is entered, as the signature holds for it.
    """
    return Depends(RouteAccess(scope, or_signature=True))


PUBLIC: Final[Any] = Depends(RouteAccess())
"""Declares that a route needs no key."""


class RouteAccessError(Exception):
    """A route that declares no access, or more than one: a programming error."""


class RouteTable:
    """Finds the declaration for a request, as FastAPI finds the route.

    Args:
        routes: of an application, in their order.

    Raises:
        RouteAccessError: a route declares nothing, or more than one access.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._entries: list[tuple[Pattern[str], frozenset[str], RouteAccess]] = []
        contexts = list(iter_route_contexts(routes))
        for route in contexts:
            methods = frozenset(route.methods or ())
            self._entries.append((route.path_regex, methods, _declared(route)))
        # Most requests are for paths without parameters: those are looked up, not matched again.
        self._fixed_paths = _fixed_paths(contexts)
        self._fixed: dict[tuple[str, str], RouteAccess | None] = {}

    def access(self, method: str, path: str) -> RouteAccess | None:
        """The declaration for a request, or None where no route would answer it."""
        try:
            return self._fixed[method, path]
        except KeyError:
            access = self._matched(method, path)
            if path in self._fixed_paths and method in _METHODS:
                self._fixed[method, path] = access
            return access

    def _matched(self, method: str, path: str) -> RouteAccess | None:
        for pattern, methods, access in self._entries:
            if method in methods and pattern.match(path):
                return access
        return None


def security_of(route: RouteContext) -> tuple[dict[str, Any], list[dict[str, list[str]]]]:
    """How OpenAPI describes who may use a route: schemes by name, and the alternatives.

    The names beside a key are scopes: a key needs one of them.
    """
    access = _declared(route)
    if not access.scopes:
        return {}, []
    alternatives = [{_KEY: [scope.value]} for scope in access.scopes]
    names = [_KEY]
    if access.or_token:
        alternatives.append({})
    if access.or_signature:
        names.append(_SIGNATURE)
        alternatives.append({_SIGNATURE: []})
    return {name: _SCHEMES[name] for name in names}, alternatives


def _fixed_paths(routes: Iterable[RouteContext]) -> set[str]:
    return {route.path for route in routes if route.path and "{" not in route.path}


def _declared(route: RouteContext) -> RouteAccess:
    dependencies: Sequence[params.Depends] = getattr(route, "dependencies", ())
    found = [
        depends.dependency
        for depends in dependencies
        if isinstance(depends.dependency, RouteAccess)
    ]
    if len(found) != 1:
        methods = ", ".join(sorted(route.methods or ()))
        raise RouteAccessError(
            f"The route {methods} {route.path} declares {len(found)} accesses. Give it, or its "
            "router, exactly one dependency of `requires(ApiScope....)` or `PUBLIC`."
        )
    return found[0]

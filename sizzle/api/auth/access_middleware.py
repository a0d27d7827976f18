"""Authenticates callers by key, bearer token or session, and checks the scope of the route.

Before any key exists, only this machine is answered. Once a key was created, or an OpenID Connect
provider is configured, all routes but those that are declared public need a key. So does a path
that no route answers: without a key, nobody can find out which paths exist.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send

from sizzle.api.auth.api_keys import ApiKey, ApiKeys, ApiScope
from sizzle.api.auth.browser_sessions import SESSION, BrowserSessions
from sizzle.api.auth.caller import CALLER, KEY_REFUSAL, LIMITER, STRANGER
from sizzle.api.auth.loopback import LocalOnlyError, is_this_machine
from sizzle.api.auth.oidc import Oidc
from sizzle.api.auth.rate_limit import RateLimiter, RateLimitError
from sizzle.api.auth.route_access import RouteAccess, RouteTable
from sizzle.api.auth.signed_requests import SignedRequests, is_signed
from sizzle.api.http.problems import problem_response
from sizzle.database import DatabaseUnavailableError
from sizzle.errors import SizzleError
from sizzle.reloading import Reloadable

_BROWSER_PAGES = ("/editor", "/player")
_SIGNATURE = "/~"


class UnauthorizedError(SizzleError):
    """No key, or one that is unknown or revoked."""

    status: ClassVar[int] = 401
    slug: ClassVar[str] = "unauthorized"
    title: ClassVar[str] = "Authentication required"


class InsufficientScopeError(SizzleError):
    """A caller who is known, but lacks the scope of the route."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "insufficient-scope"
    title: ClassVar[str] = "Insufficient scope"

    def __init__(self, caller: ApiKey, needed: Sequence[ApiScope], is_person: bool) -> None:
        who = f"The account {caller.name}" if is_person else "The key"
        fix = "have it given, with `sizzle users roles`." if is_person else "use a key that has it."
        super().__init__(f"{who} does not have the scope {' or '.join(needed)}.", fix=fix)
        self.caller = caller


class AccessMiddleware:
    """Passes on the requests that their route's declaration allows, and refuses all others.

    Args:
        app: the application.
        routes: the declarations of its routes.
        keys: the API keys.
        rate: requests a second of a key without a rate of its own.
        share: this process's part of each rate: 1 over the number of workers.
        oidc: checks bearer tokens, if a provider is configured.
        signed: whether signed addresses are answered.
        signatures: checks requests that are signed as clients of AWS do, where routes allow them.
        browsers: finds those who have signed in, where people can.
        refusal_page: answers a browser's request for a page that is refused for a reason.
    """

    def __init__(
        self,
        app: ASGIApp,
        routes: RouteTable,
        keys: Reloadable[ApiKeys],
        *,
        rate: float = 1000,
        share: float = 1.0,
        oidc: Oidc | None = None,
        signed: bool = False,
        signatures: SignedRequests | None = None,
        browsers: BrowserSessions | None = None,
        refusal_page: Callable[[SizzleError], ASGIApp] | None = None,
    ) -> None:
        self._app = app
        self._routes = routes
        self._keys = keys
        self._limiter = RateLimiter(rate, share)
        self._oidc = oidc
        self._keys_required = oidc is not None
        self._signed = signed
        self._signatures = signatures
        self._browsers = browsers
        self._refusal_page = refusal_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 401, 403 or 429."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        access = self._routes.access(scope["method"], self._route_path(scope["path"]))
        if access is None or access.scopes:
            try:
                receive = await self._authorize(scope, receive, access)
            except SizzleError as error:
                if access is not None and access.or_token and not isinstance(error, RateLimitError):
                    scope[KEY_REFUSAL] = error
                    return await self._app(scope, receive, send)
                return await self._refusal(error, scope)(scope, receive, send)
        return await self._app(scope, receive, send)

    def _refusal(self, error: SizzleError, scope: Scope) -> ASGIApp:
        """A page for browsers that ask for one, else a problem."""
        if self._refusal_page is not None and _wants_page(scope):
            if isinstance(error, InsufficientScopeError):
                scope[CALLER] = error.caller  # whom the page shows
            else:
                scope[STRANGER] = True
            return self._refusal_page(error)
        return problem_response(error, scope["path"], _headers(error, scope["path"]))

    def _route_path(self, path: str) -> str:
        """The path that will be routed: of a signed address, what follows the signature."""
        if self._signed and path.startswith(_SIGNATURE):
            return "/" + path[1:].partition("/")[2]
        return path

    async def _authorize(
        self, scope: Scope, receive: Receive, access: RouteAccess | None
    ) -> Receive:
        """Find the caller. Any key is enough where no scope is needed.

        Returns:
            What gives the request's body.
        """
        keys = self._keys.current
        if not (keys.required or self._keys_required):
            _require_this_machine(scope)
            return receive
        self._keys_required = True  # for as long as the process runs, whatever is removed
        if self._signatures is not None and access and access.or_signature and is_signed(scope):
            caller, receive = await self._signatures.check(keys, scope, receive)
        else:
            caller = await self._caller(keys, scope)
        self._allow(caller, access.scopes if access else (), SESSION in scope)
        scope[CALLER] = caller
        scope[LIMITER] = self._limiter
        return receive

    def _allow(self, caller: ApiKey, needed: Sequence[ApiScope], is_person: bool) -> None:
        if needed and not any(map(caller.allows, needed)):
            raise InsufficientScopeError(caller, needed, is_person)
        self._limiter.check(caller)

    async def _caller(self, keys: ApiKeys, scope: Scope) -> ApiKey:
        credential = _credential(scope)
        if not credential and self._browsers is not None and _has_cookie(scope):
            person = await asyncio.to_thread(self._browsers.caller, scope, keys)
            if person is not None:
                return person
        if not credential:
            raise UnauthorizedError(
                "The request has no API key.",
                fix="send `Authorization: Bearer <key>`; `sizzle keys create` makes one.",
            )
        caller = keys.find(credential)
        if caller is None and self._oidc is not None:
            caller = self._oidc.cached(credential)
            if caller is None:
                caller = await asyncio.to_thread(self._oidc.check, credential)
        if caller is None and keys.unreadable:
            raise DatabaseUnavailableError(
                f"The API keys cannot be read: {keys.unreadable}", fix="try again in a moment."
            )
        if caller is None:
            raise UnauthorizedError(
                "Unknown API key.",
                fix="use one that is not revoked; `sizzle keys list` shows them.",
            )
        return caller


def _has_cookie(scope: Scope) -> bool:
    return any(name == b"cookie" for name, _ in scope["headers"])


def _wants_page(scope: Scope) -> bool:
    """Whether a browser asks for a page, or sends a form: programs and scripts do not say so."""
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def _credential(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return str(value[7:].strip().decode("latin-1"))
        if name == b"authorization" and value[:6].lower() == b"basic ":
            return _password(value[6:])
        if name == b"x-api-key":
            return str(value.strip().decode("latin-1"))
    return ""


def _password(value: bytes) -> str:
    """The password of Basic authentication: browsers' users enter their key there."""
    try:
        return b64decode(value, validate=True).decode("utf-8").partition(":")[2]
    except ValueError:
        return ""


def _require_this_machine(scope: Scope) -> None:
    if not is_this_machine(scope):
        raise LocalOnlyError(
            "No API key exists yet, so only direct requests from the service's own machine, by its "
            "own user, are answered.",
            fix="create a key there: `sizzle keys create NAME --scope reels:read`.",
        )


def _headers(error: SizzleError, path: str) -> Mapping[str, str] | None:
    if isinstance(error, UnauthorizedError):
        # Browsers ask for a name and a password, and send them from then on.
        scheme = 'Basic realm="Dynamic Sizzles: enter your key as the password", charset="UTF-8"'
        return {"www-authenticate": scheme if path.startswith(_BROWSER_PAGES) else "Bearer"}
    return None

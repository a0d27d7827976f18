"""The cookies of pages: their names, and how long browsers keep them.

By https their names begin with `__Host-`, so that no other host can set them. Without it, they are
used on this machine alone: a port's cookies are named after it, as browsers send those of all ports
of a host to each.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from sizzle.api.auth.loopback import names_this_machine

SESSION_COOKIE: Final = "session"
"""Holds the token of a session."""

FORM_COOKIE: Final = "form"
"""Holds what form tokens are bound to as long as there is no session."""


def host_of(scope: Scope) -> str:
    """A request's `Host`, empty without one."""
    for name, value in scope["headers"]:
        if name == b"host":
            return str(value.decode("latin-1"))
    return ""


def is_private(scope: Scope) -> bool:
    """Whether nobody on the way can read a request: by https, or within this machine."""
    return scope.get("scheme") == "https" or names_this_machine(host_of(scope))


def cookie_name(scope: Scope, kind: str) -> str:
    """The name of a cookie of this kind, as this request's browser has it."""
    if scope.get("scheme") == "https":
        return f"__Host-sizzle-{kind}"
    port = host_of(scope).rpartition(":")[2]
    return f"sizzle-{kind}-{port if port.isdigit() else 80}"


def read_cookie(scope: Scope, kind: str) -> str:
    """A cookie's value; empty where the request has none."""
    name = cookie_name(scope, kind)
    for header, value in scope["headers"]:
        # Most requests have no cookies, and are not parsed.
        if header == b"cookie" and name.encode() in value:
            found = _parsed(value.decode("latin-1")).get(name)
            if found is not None:
                return found.value
    return ""


def set_cookie(
    response: Response, scope: Scope, kind: str, value: str, seconds: int | None = None
) -> None:
    """Have a browser keep a cookie for some seconds, or until it is closed."""
    response.set_cookie(
        cookie_name(scope, kind),
        value,
        max_age=seconds,
        path="/",
        secure=scope.get("scheme") == "https",
        httponly=True,
        samesite="lax",
    )


def remove_cookie(response: Response, scope: Scope, kind: str) -> None:
    """Have a browser remove a cookie."""
    set_cookie(response, scope, kind, "", 0)


def _parsed(header: str) -> SimpleCookie:
    cookies = SimpleCookie()
    for part in header.split(";"):
        try:
            cookies.load(part.strip())
        except CookieError:
            continue  # another program's on this host
    return cookies

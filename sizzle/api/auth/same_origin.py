"""Protects the editors' routes from requests that other sites' pages make."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import Scope

from sizzle.api.auth.loopback import LocalOnlyError, is_this_machine
from sizzle.errors import SizzleError

CallerDependency = Callable[..., object]
"""A FastAPI dependency that raises unless the caller may read and write assets. A string that it
returns identifies the caller, whose Idempotency-Keys are apart from those of others."""


class ForeignPageError(SizzleError):
    """A request that another site's page makes its visitor's browser send."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "foreign-page"
    title: ClassVar[str] = "Requests from pages of other sites are not allowed"


async def this_machine(request: Request) -> str:
    """Refuse requests that do not come directly from this machine.

    Raises:
        LocalOnlyError: it comes from elsewhere, or through a proxy.
    """
    if not is_this_machine(request.scope):
        raise LocalOnlyError(
            "Only direct requests from the service's own machine are allowed.",
            fix="send it from there, not through a proxy.",
        )
    return ""


async def same_origin(request: Request) -> None:
    """Refuse requests that pages of other sites make.

    Such a page can make its visitor's browser send a form here, with the visitor's credentials.
    Browsers say where a request comes from, and no page can change that. No browser adds a bearer
    token by itself, and a page of another site may not: programs that send one are let in wherever
    they come from, as Premiere's panels do, with `Origin: file://`.

    Raises:
        ForeignPageError: another site's page made it.
    """
    if request.headers.get("authorization", "")[:7].lower() == "bearer ":
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if not (site == "none" or (site is None and origin is None) or is_same_origin(request.scope)):
        raise ForeignPageError(
            "A page of another site made this request.",
            fix="open the service's own page, or send the request from a program.",
        )


def is_same_origin(scope: Scope) -> bool:
    """Whether a browser says that a page of this service made a request.

    One that says nothing is none: all browsers name the origin of requests that change something.
    """
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host")
    return site is not None

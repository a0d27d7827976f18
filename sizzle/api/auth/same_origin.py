"""Who may use the editors' endpoints and pages, and where their requests come from."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from sizzle.api.auth.loopback import is_this_machine

Allow = Callable[..., object]
"""A FastAPI dependency that lets a caller read and write assets, or raises. If it gives a text,
that is who the caller is, and whose Idempotency-Keys are theirs."""


async def this_machine(request: Request) -> str:
    """Let in only who is on this machine, and did not come through a proxy on it.

    Raises:
        HTTPException: 403, for anybody else.
    """
    if not is_this_machine(request.scope):
        raise HTTPException(403, "Only direct requests from the service's own machine are allowed.")
    return ""


async def same_origin(request: Request) -> None:
    """Let no other site's page write.

    A page of any site can make its visitor's browser send a form here, with whatever rights that
    has. Browsers say where a request comes from, and let no page change that.

    Raises:
        HTTPException: 403, for a request that another site's page made.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not ours:
        raise HTTPException(403, "Requests from pages of other sites are not allowed.")

"""Writes come from our own pages or from programs, never from other sites' pages.

A page of any site can make its visitor's browser send a form here, with whatever rights that has.
Browsers say where a request comes from, and let no page change that.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException, Request


async def same_origin(request: Request) -> None:
    """Raise HTTPException, 403, for a request that another site's page made."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        origin = request.headers.get("origin")
        ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not ours:
        raise HTTPException(403, "Another site's page may not write here.")

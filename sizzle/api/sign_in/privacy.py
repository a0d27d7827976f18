"""Refuses sign-ins that others could read."""

from __future__ import annotations

from typing import ClassVar

from starlette.requests import Request

from sizzle.api.auth.cookies import is_private
from sizzle.errors import SizzleError


class NotPrivateError(SizzleError):
    """Somebody signs in where others could read along."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "https-needed"
    title: ClassVar[str] = "Signing in needs https"


def check_private(request: Request) -> None:
    """Refuse a request that others could read. Raises NotPrivateError."""
    if not is_private(request.scope):
        raise NotPrivateError(
            "Signing in needs https here: a password would be readable on its way.",
            fix="open the page by https. Where a proxy ends it, name the proxy with "
            "SIZZLE_TRUSTED_PROXIES, and have it send X-Forwarded-Proto.",
        )

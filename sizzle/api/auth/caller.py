"""Who makes a request, as the access middleware found out."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from sizzle.api.auth.api_keys import ApiKey
from sizzle.api.auth.rate_limit import RateLimiter

CALLER: Final = "sizzle.caller"
"""In a request's ASGI scope: the caller's `ApiKey`; absent where none is needed."""

LOCAL: Final = "local"
"""Who makes requests of the open mode, as records have it."""

STRANGER: Final = "sizzle.stranger"
"""In the ASGI scope of a request that was refused, as nobody knows who makes it: True."""

KEY_REFUSAL: Final = "sizzle.key_refusal"
"""In the ASGI scope of a request that a token may allow: why its key does not."""

SIGNED: Final = "sizzle.signed"
"""In the ASGI scope of a request whose AWS signature was checked: True."""

GRANT: Final = "sizzle.grant"
"""In the ASGI scope of a request with temporary credentials: the `EndpointGrant` that limits it."""


LIMITER: Final = "sizzle.limiter"
"""In the ASGI scope of a request with a key: the `RateLimiter` that has let it in."""


def charge(request: Request, requests: int) -> None:
    """Count a request for as many more, once it is known what it asks for."""
    limiter: RateLimiter | None = request.scope.get(LIMITER)
    if limiter is not None:
        limiter.charge(request.scope[CALLER], requests)


def author_of(request: Request) -> str:
    """Who makes a request, as records have it; `LOCAL` in the open mode."""
    caller = request.scope.get(CALLER)
    return caller.key_id if isinstance(caller, ApiKey) else LOCAL


async def caller_id(request: Request) -> str:
    """The id of the caller's key; empty where no key is needed. A FastAPI dependency."""
    caller = request.scope.get(CALLER)
    return caller.key_id if isinstance(caller, ApiKey) else ""

"""Who makes a request, as the access middleware found out."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from sizzle.api.auth.api_keys import ApiKey

CALLER: Final = "sizzle.caller"
"""In a request's ASGI scope: the caller's `ApiKey`; absent where none is needed."""

KEY_REFUSAL: Final = "sizzle.key_refusal"
"""In the ASGI scope of a request that a token may allow: why its key does not."""

SIGNED: Final = "sizzle.signed"
"""In the ASGI scope of a request whose AWS signature was checked: True."""

GRANT: Final = "sizzle.grant"
"""In the ASGI scope of a request with temporary credentials: the `EndpointGrant` that limits it."""


CHARGE: Final = "sizzle.charge"
"""In the ASGI scope of a request with a key: takes the number of requests that it is worth beyond
itself, for which the key's next requests wait."""


def charge(request: Request, requests: int) -> None:
    """Count a request for as many more, once it is known what it asks for."""
    charged = request.scope.get(CHARGE)
    if charged is not None:
        charged(requests)


async def caller_id(request: Request) -> str:
    """The id of the caller's key; empty where no key is needed. A FastAPI dependency."""
    caller = request.scope.get(CALLER)
    return caller.key_id if isinstance(caller, ApiKey) else ""

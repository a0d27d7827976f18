"""Who is on the service's own machine, and really meant to ask it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from starlette.types import Scope

_FORWARDED: Final = frozenset((b"forwarded", b"x-forwarded-for", b"x-real-ip"))


def is_this_machine(scope: Scope) -> bool:
    """Whether a request was made on this machine, by a program that named it.

    A proxy on it asks for others. So does a browser whose page comes from elsewhere: the name of
    that page's site may be made to lead to this machine, but it stays the name that is asked for.
    """
    client, host = scope.get("client"), b""
    for name, value in scope["headers"]:
        if name in _FORWARDED:
            return False
        if name == b"host":
            host = value
    return client is not None and _is_loopback(client[0]) and _names_loopback(host)


@lru_cache(4096)
def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(64)
def _names_loopback(host: bytes) -> bool:
    """Whether a Host header names this machine; an HTTP/1.0 client sends none."""
    name, _, port = host.decode("latin-1").rpartition(":")
    if not port.isdigit():
        name = host.decode("latin-1")
    name = name.removeprefix("[").removesuffix("]").lower()
    return name in ("", "localhost") or name.endswith(".localhost") or _is_loopback(name)

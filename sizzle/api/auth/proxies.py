"""Trusted proxies, and the clients that they name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, Self

from starlette.types import ASGIApp, Receive, Scope, Send

PROXIED: Final = "sizzle.proxied"
"""In the ASGI scope of a request that came through a trusted proxy."""


class TrustedProxies:
    """Proxies whose `X-Forwarded-For` is trusted.

    Args:
        networks: of their addresses.
    """

    def __init__(self, networks: Iterable[IPv4Network | IPv6Network]) -> None:
        self._networks = tuple(networks)
        self._is_trusted = lru_cache(4096)(self._is_in_a_network)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read addresses and networks, separated by commas. Raises ValueError."""
        return cls(ip_network(network.strip()) for network in text.split(",") if network.strip())

    def __bool__(self) -> bool:
        return bool(self._networks)

    def trusts(self, address: str) -> bool:
        """Whether a proxy at this address is trusted."""
        return self._is_trusted(address)

    def client(self, proxy: str, forwarded_for: str) -> str:
        """The client of a trusted proxy: the last address in the header that is not trusted.

        That client sent all addresses before it, and may have made them up. Without a header, or
        with one that ends in something else than an address, it is the proxy itself.
        """
        client = proxy
        for part in reversed(forwarded_for.split(",")):
            address = part.strip()
            if not _is_address(address):
                break
            client = address
            if not self.trusts(address):
                break
        return client

    def _is_in_a_network(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


class TrustedProxyMiddleware:
    """Replaces the address and scheme of a trusted proxy by those of its client.

    Args:
        app: the application.
        proxies: the trusted ones.
    """

    def __init__(self, app: ASGIApp, proxies: TrustedProxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        peer = scope.get("client")
        if scope["type"] == "http" and peer and self._proxies.trusts(peer[0]):
            forwarded_for = ",".join(
                value.decode("latin-1")
                for name, value in scope["headers"]
                if name == b"x-forwarded-for"
            )
            client = self._proxies.client(peer[0], forwarded_for)
            scope = {**scope, "client": (client, 0), PROXIED: True, "scheme": _scheme(scope)}
        await self._app(scope, receive, send)


def _scheme(scope: Scope) -> str:
    """What the client of a trusted proxy uses, as the nearest proxy has it."""
    for name, value in scope["headers"]:
        if name == b"x-forwarded-proto":
            last = value.rpartition(b",")[2].strip().lower()
            return "https" if last == b"https" else "http"
    return str(scope.get("scheme", "http"))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

"""Whether a request comes directly from a program on the service's own machine."""

from __future__ import annotations

import os
import sys
import time
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from starlette.types import Scope

from sizzle.api.auth.proxies import PROXIED

_FORWARDED: Final = frozenset(
    (
        *(b"forwarded", b"via", b"x-real-ip"),
        *(b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"),
    )
)
_TABLES: Final = {4: Path("/proc/net/tcp"), 6: Path("/proc/net/tcp6")}
_REMEMBERED: Final = 2.0  # seconds that a connection's user is: reading a table costs 50 us
_MAX_REMEMBERED: Final = 1000
_BYTE_ORDER: Final = (
    -1 if sys.byteorder == "little" else 1
)  # bytes of a word, as hexadecimal digits show it

Address = tuple[str, int]


def is_this_machine(scope: Scope) -> bool:
    """Whether a request was made on this machine, by a program that named it, and not for others.

    Others may come through a proxy on this machine. One that is well set up says so in a header;
    one that does not is known by its user, where the system tells it: direct requests are answered
    to the service's own user and to root. A browser may be sent here by a page from elsewhere: the
    name of that page's site may lead to this machine, but it stays the name that is asked for.
    """
    client, host = scope.get("client"), b""
    for name, value in scope["headers"]:
        if name in _FORWARDED:
            return False
        if name == b"host":
            host = value
    return (
        client is not None
        and PROXIED not in scope
        and _is_loopback(client[0])
        and _names_loopback(host)
        and _is_our_user(client, scope.get("server"))
    )


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


_users: dict[tuple[str, int, str, int], tuple[float, int | None]] = {}


def _is_our_user(client: Address, server: Address | None) -> bool:
    """Whether the client's end of a loopback connection is ours or root's, as far as is known."""
    if server is None:
        return True
    now, connection = time.monotonic(), (*client, *server)
    looked, user = _users.get(connection, (-_REMEMBERED, None))
    if now - looked >= _REMEMBERED:
        if len(_users) >= _MAX_REMEMBERED:
            _users.clear()
        user = _user_of(client, server)
        _users[connection] = now, user
    return user is None or user in (0, os.geteuid())


def _user_of(client: Address, server: Address) -> int | None:
    """The user id of the process at the client's end, None where the system does not tell it."""
    try:
        ends = [_in_table(client), _in_table(server)]
        lines = _TABLES[ip_address(client[0]).version].read_text().splitlines()
    except (OSError, ValueError):  # not Linux
        return None
    for line in lines:
        fields = line.split()
        if fields[1:3] == ends:
            return int(fields[7])
    return None


def _in_table(address: Address) -> str:
    """An address as the kernel writes it: 32-bit words in this machine's byte order, and a port."""
    packed = ip_address(address[0]).packed
    words = [packed[at : at + 4][::_BYTE_ORDER] for at in range(0, len(packed), 4)]
    return f"{b''.join(words).hex().upper()}:{address[1]:04X}"

"""Whether a request comes directly from a program on the service's own machine."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar, Final

from starlette.types import Scope

from sizzle.api.auth.proxies import PROXIED
from sizzle.errors import SizzleError

_FORWARDED: Final = frozenset(
    (
        *(b"forwarded", b"via", b"x-real-ip"),
        *(b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto"),
    )
)
_TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_MAX_AGE: Final = 2.0  # seconds; short, as a port may soon be another program's
# The kernel prints words of addresses as numbers, whose first byte is the last on most machines.
_BYTE_ORDER: Final = -1 if sys.byteorder == "little" else 1

Address = tuple[str, int]


class LocalOnlyError(SizzleError):
    """A caller from elsewhere, while no key exists."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "local-only"
    title: ClassVar[str] = "Only local requests are allowed"


def is_this_machine(scope: Scope) -> bool:
    """Whether a program on this machine made a request for itself, and meant this machine.

    A proxy on this machine makes requests for others. It is recognized by its headers; if it sends
    none, by its user, which on Linux must be the service's own or root. A website can make a local
    browser send requests here, if its name resolves to this machine: `Host` then is that name.
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


def _names_loopback(host: bytes) -> bool:
    """Whether a Host header names this machine; an HTTP/1.0 client sends none."""
    return names_this_machine(host.decode("latin-1"))


@lru_cache(64)
def names_this_machine(host: str) -> bool:
    """Whether a host, with or without a port, is this machine to everyone; so is an empty one."""
    name, _, port = host.rpartition(":")
    if not port.isdigit():
        name = host
    name = name.removeprefix("[").removesuffix("]").lower()
    return name in ("", "localhost") or name.endswith(".localhost") or _is_loopback(name)


class _SocketUsers:
    """The user ids of all TCP sockets of this machine, as the kernel lists them."""

    def __init__(self) -> None:
        self._read = -_MAX_AGE
        self._users: dict[tuple[str, str], int] = {}

    def user(self, client: Address, server: Address) -> int | None:
        """The owner of the socket at the client's end, None if the system does not list it."""
        try:
            ends = _in_table(*client), _in_table(*server)
        except (ValueError, TypeError):  # a Unix socket has no such addresses
            return None
        now = time.monotonic()
        if ends not in self._users or now - self._read >= _MAX_AGE:
            self._read, self._users = now, _read_users()
        return self._users.get(ends)


_sockets = _SocketUsers()


def _is_our_user(client: Address, server: Address | None) -> bool:
    """Whether our user or root owns the client's end of a loopback connection, or nobody knows."""
    user = None if server is None else _sockets.user(client, server)
    return user is None or user in (0, os.geteuid())


def _read_users() -> dict[tuple[str, str], int]:
    users = {}
    for table in _TABLES:
        with suppress(OSError):  # not Linux, or no IPv6
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                users[fields[1], fields[2]] = int(fields[7])
    return users


@lru_cache(4096)
def _in_table(host: str, port: int) -> str:
    """An address as the kernel's table has it."""
    packed = ip_address(host).packed
    words = [packed[at : at + 4][::_BYTE_ORDER] for at in range(0, len(packed), 4)]
    return f"{b''.join(words).hex().upper()}:{port:04X}"

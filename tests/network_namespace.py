"""A second machine to test with: a network namespace of its own, joined to ours by a cable."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest

from tests.programs import find_program

# Of a network for each process, as several may run these tests on one machine.
_NETWORK, _BLOCK = os.getpid() % 256, os.getpid() // 256 % 64 * 4


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace, and the addresses of both ends of the cable."""

    name: str
    here: str
    there: str

    def command(self, *command: str) -> list[str]:
        """A command that runs another one in there."""
        return [find_program("ip"), "netns", "exec", self.name, *command]


@contextmanager
def network_namespace(number: int = 0) -> Iterator[Namespace]:
    """A namespace; where none can be made, the test is skipped, and that is said.

    Args:
        number: of several that one test has, from 0.
    """
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root may make network namespaces")
    ip = find_program("ip")
    net = f"10.{231 + number}.{_NETWORK}"
    space = Namespace(
        f"sizzle-{os.getpid()}-{number}", *(f"{net}.{_BLOCK + host}" for host in (1, 2))
    )
    made = subprocess.run([ip, "netns", "add", space.name], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"NOT TESTED: no network namespace can be made: {made.stderr.decode()}")
    near, far = f"sz{os.getpid()}a{number}", f"sz{os.getpid()}b{number}"
    try:
        for command in (
            f"link add {near} type veth peer name {far} netns {space.name}",
            f"addr add {space.here}/30 dev {near}",
            f"link set {near} up",
            f"-n {space.name} addr add {space.there}/30 dev {far}",
            f"-n {space.name} link set {far} up",
        ):
            subprocess.run([ip, *command.split()], check=True)
        yield space
    finally:
        subprocess.run([ip, "link", "del", near], check=False)
        subprocess.run([ip, "netns", "del", space.name], check=True)


@contextmanager
def forwarded(host: str, path: str) -> Iterator[int]:
    """A port of this machine from which all connections lead to a local socket."""
    with socket.create_server((host, 0)) as listening:
        threading.Thread(target=_accept, args=(listening, path), daemon=True).start()
        yield int(listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)


def _accept(listening: socket.socket, path: str) -> None:
    with suppress(OSError):  # at the end it is closed
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_forward, args=(client, path), daemon=True).start()


def _forward(client: socket.socket, path: str) -> None:
    with client, socket.socket(socket.AF_UNIX) as server:
        with suppress(OSError):  # it does not run at the moment
            server.connect(path)
        back = threading.Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        _copy(client, server)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

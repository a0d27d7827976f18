"""What a service manager is told, over its real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from socket import AF_UNIX, SOCK_DGRAM, socket

import pytest

from sizzle.api.server.systemd import ServiceManager


class Told:
    """A manager's socket, and what comes there."""

    def __init__(self, address: str) -> None:
        self.socket = socket(AF_UNIX, SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(0.01)

    def all(self) -> list[str]:
        """What has come since the last call."""
        found = []
        try:
            while True:
                found.append(self.socket.recv(1000).decode())
        except TimeoutError:
            return found


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Told]]:
    """The value of `NOTIFY_SOCKET`, a path or a name without a file; and what comes there."""
    path = str(tmp_path / "notify")
    named, address = (path, path) if request.param == "path" else (f"@{path}", f"\0{path}")
    told = Told(address)
    yield named, told
    told.socket.close()


def test_a_manager_is_told_once_that_the_service_is_ready(manager: tuple[str, Told]) -> None:
    """And each time how it is, and that it ends."""
    named, told = manager
    service = ServiceManager({"NOTIFY_SOCKET": named})
    service.ready("1 of 2 workers serve")
    service.ready("2 of 2 workers serve")
    service.alive()  # no watchdog waits for it
    service.stopping()
    assert told.all() == [
        "READY=1\nSTATUS=1 of 2 workers serve",
        "STATUS=2 of 2 workers serve",
        "STOPPING=1",
    ]


def test_a_watchdog_is_told_twice_within_its_time(tmp_path: Path) -> None:
    """However often the service passes by; one that is another process's is not."""
    now = [0.0]
    told = Told(str(tmp_path / "notify"))
    given = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "10000000"}
    service = ServiceManager(given, lambda: now[0])
    others = ServiceManager({**given, "WATCHDOG_PID": "1"}, lambda: now[0])
    for tenths in range(101):
        now[0] = tenths / 10
        service.alive()
        others.alive()
    assert told.all() == ["WATCHDOG=1"] * 3
    told.socket.close()


@pytest.mark.parametrize("socket_name", [None, "", "/nowhere/notify"])
def test_without_a_manager_nobody_is_told(
    socket_name: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Serving goes on, also where the socket is gone, which is logged once."""
    environment = {} if socket_name is None else {"NOTIFY_SOCKET": socket_name}
    service = ServiceManager({**environment, "WATCHDOG_USEC": "soon"})
    service.ready("serving")
    service.alive()
    service.stopping()
    assert len(caplog.messages) == (1 if socket_name else 0)

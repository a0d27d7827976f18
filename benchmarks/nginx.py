"""An nginx of our own, which tells how much CPU it and its workers have used."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sizzle.packager

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx, and where it listens on this machine."""

    pid: int
    port: int

    def cpu(self) -> float:
        """Seconds that its processes have run, as the kernel counts them to the nanosecond."""
        process = Path(f"/proc/{self.pid}")
        workers = (process / "task" / process.name / "children").read_text(encoding="ascii")
        pids = [process.name, *workers.split()]
        return sum(_ran(pid) for pid in pids)


def program() -> str:
    """Where nginx is. Raises FileNotFoundError: nowhere."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        raise FileNotFoundError("nginx is not installed (on Debian: apt-get install nginx)")
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running(configuration: str, folder: Path, port: int) -> Iterator[Nginx]:
    """Run nginx with a configuration that has it listen on a port."""
    file = folder / "nginx.conf"
    file.write_text(configuration, encoding="utf-8")
    command = [program(), "-c", str(file), "-e", "stderr"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield Nginx(server.pid, port)
        finally:
            server.terminate()


@contextmanager
def in_front_of(origin: str, folder: Path) -> Iterator[Nginx]:
    """The configuration that ships, as a cache in front of a service at `host:port`."""
    port = free_port()
    text = Path(sizzle.packager.__file__).with_name("nginx.conf").read_text(encoding="utf-8")
    for placeholder, value in {
        "@listen@": f"127.0.0.1:{port}",
        "@origin@": origin,
        "@cache@": str(folder),
    }.items():
        text = text.replace(placeholder, value)
    # As root its workers would become a user that cannot read a temporary folder.
    with running(f"daemon off;\nuser root;\n{text}", folder, port) as nginx:
        yield nginx


def _ran(pid: str) -> float:
    said = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii")
    return int(said.split()[0]) / 1e9


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("nginx did not start")

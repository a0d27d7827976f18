"""Workers that die are replaced, whenever they die; failures to start are reported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import AF_UNIX, SOCK_DGRAM, socket

import pytest

ROOT = Path(__file__).parents[3]
NOTICED = 1.0  # seconds within which another process must be there
PATIENCE = 60.0


class Supervised:
    """A service with two workers, in a process of its own."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.manager = socket(AF_UNIX, SOCK_DGRAM)
        self.manager.bind(str(folder / "notify"))
        self.manager.setblocking(False)
        with self.log.open("wb") as log:
            self.parent = subprocess.Popen(
                [sys.executable, "-m", "tests.api.server.supervised", str(folder), str(workers)],
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env=os.environ | {"NOTIFY_SOCKET": str(folder / "notify")},
            )
        assert self.parent.stdout is not None
        self.port = int(self.parent.stdout.readline())

    def told(self) -> list[str]:
        """What the service manager has been told since the last call."""
        found = []
        with suppress(BlockingIOError):
            while True:
                found.append(self.manager.recv(1000).decode())
        return found

    def workers(self) -> set[int]:
        """The processes of the workers, ready or not."""
        pid = self.parent.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return {child for child in map(int, children) if is_worker(child)}

    def answered_by(self, path: str = "/") -> int:
        """The worker that answers a request, 0 if the connection is lost."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            return int(connection.getresponse().read())
        except (OSError, HTTPException):  # a worker was killed while it had the connection
            return 0
        finally:
            connection.close()

    def wait_until_served_by(self, worker: int) -> None:
        """Until this worker has answered a request."""
        until(lambda: self.answered_by() == worker, f"worker {worker} never answered")

    def kill(self, worker: int) -> tuple[int, float]:
        """Kill a worker. Returns the one that replaces it, and the seconds until it was started."""
        before = self.workers()
        began = time.monotonic()
        os.kill(worker, signal.SIGKILL)
        until(lambda: bool(self.workers() - before), "no other worker was started")
        (replacement,) = self.workers() - before
        return replacement, time.monotonic() - began

    def close(self) -> None:
        """End the service."""
        self.parent.terminate()
        self.parent.wait(PATIENCE)
        assert self.parent.stdout is not None
        self.parent.stdout.close()
        self.last_told = self.told()
        self.manager.close()


def is_worker(pid: int) -> bool:
    """Whether a process is a worker that runs, and not the resource tracker."""
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def until(condition: Callable[[], bool], complaint: str) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.005)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    """A service whose workers both serve."""
    made = Supervised(tmp_path)
    until(lambda: len(made.workers()) == 2, "two workers never ran")
    for worker in made.workers():
        made.wait_until_served_by(worker)
    yield made
    made.close()


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.full)])
def test_a_killed_worker_is_replaced_within_a_second(kills: int, supervised: Supervised) -> None:
    """So many times while it serves, and as often while it starts; the other one serves on."""
    times = []
    for number in range(kills):
        victim = sorted(supervised.workers())[number % 2]
        starting, noticed = supervised.kill(victim)
        replacement, noticed_while_starting = supervised.kill(starting)
        times += [noticed, noticed_while_starting]
        assert supervised.answered_by()
        supervised.wait_until_served_by(replacement)
    sys.stdout.write(f"{len(times)} kills: {sorted(times)[len(times) // 2]:.3f} {max(times):.3f} s")
    assert len(times) == 2 * kills
    assert max(times) < NOTICED


def test_all_workers_killed_at_once_are_replaced(supervised: Supervised) -> None:
    """The service recovers by itself; the service manager is told how many serve."""
    assert supervised.told()[0].startswith("READY=1\nSTATUS=")
    killed = supervised.workers()
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    until(lambda: len(supervised.workers() - killed) == 2, "they were not replaced")
    for worker in supervised.workers():
        supervised.wait_until_served_by(worker)
    told = supervised.told()
    assert told[0] in ("STATUS=0 of 2 workers serve", "STATUS=1 of 2 workers serve")
    assert told[-1] == "STATUS=2 of 2 workers serve"


def test_workers_that_cannot_start_at_the_beginning_end_the_service(tmp_path: Path) -> None:
    """Their message and one of the service are printed."""
    (tmp_path / "broken").touch()
    supervised = Supervised(tmp_path)
    assert supervised.parent.wait(PATIENCE) == 2
    supervised.close()
    said = supervised.log.read_text()
    assert "error: the folder is broken" in said
    assert "A worker could not start." in said


def test_workers_that_cannot_start_later_do_not(supervised: Supervised) -> None:
    """They are started again after growing delays, which are logged; the others serve on."""
    victim = min(supervised.workers())
    (supervised.folder / "broken").touch()
    os.kill(victim, signal.SIGKILL)
    until(lambda: "3 in a row; the next starts in 0.5 s" in supervised.log.read_text(), "not said")
    assert supervised.answered_by()
    assert f"Worker {victim} ended (SIGKILL); starting another." in supervised.log.read_text()
    (supervised.folder / "broken").unlink()
    until(lambda: len(supervised.workers()) == 2, "the second worker is not back")
    for worker in supervised.workers():
        supervised.wait_until_served_by(worker)


def test_workers_that_crash_again_and_again_are_delayed(supervised: Supervised) -> None:
    """As long as each crashes soon after it began to serve; the log says so."""
    said = "(exit code 7) soon after it served, 3 in a row; the next starts in 0.5 s"

    def crash() -> bool:
        supervised.answered_by("/crash")
        return said in supervised.log.read_text()

    until(crash, "not said")
    until(lambda: supervised.answered_by() != 0, "no worker is back")


def test_a_signal_ends_workers_that_are_still_starting(tmp_path: Path) -> None:
    """At once, as they have no requests to finish."""
    (tmp_path / "slow").touch()
    supervised = Supervised(tmp_path)
    until(lambda: len(supervised.workers()) == 2, "two workers never ran")
    workers = supervised.workers()
    supervised.close()
    assert supervised.parent.returncode == 0
    assert supervised.last_told == ["STOPPING=1"]
    assert not any(map(is_worker, workers))


def test_workers_end_with_a_parent_that_is_killed(supervised: Supervised) -> None:
    """No worker stays without a supervisor."""
    workers = supervised.workers()
    supervised.parent.kill()
    until(lambda: not any(map(is_worker, workers)), "workers outlive their parent")

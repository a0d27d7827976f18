"""Several workers: while catalog and model are replaced, and while workers are killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from sizzle.catalog import Catalog
from sizzle.cli.options import open_event_log
from tests.api.changes_under_load import run
from tests.api.server_process import prepare, service

ROOT = Path(__file__).parent.parent.parent
WRITES = 40

pytestmark = pytest.mark.full


def test_no_answer_mixes_two_versions_or_models(tmp_path: Path) -> None:
    """A minute of what `python -m benchmarks.service_changes` does for longer: no error.

    Each event that was answered meanwhile is in the log once.
    """
    outcome = run(tmp_path, 60)
    assert outcome.errors == []
    assert outcome.mixed == []
    assert outcome.answers > 100
    assert (len(outcome.versions), len(outcome.models), len(outcome.workers)) == (2, 2, 2)
    log = open_event_log(None, tmp_path / "state")
    kept = [each.event.event_id for each in log.read_all()]
    log.close()
    assert sorted(kept) == sorted(outcome.recorded)
    assert len(kept) == outcome.answers


def test_what_is_being_answered_at_the_end_is_answered(tmp_path: Path) -> None:
    """A request whose body has not arrived completely when SIGTERM does."""
    prepare(tmp_path)
    body = json.dumps({"member_id": "x", "asset_id": "nowhere"}).encode()
    head = b"POST /v1/reels HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    with (
        service(tmp_path, workers=1) as server,
        socket.create_connection(("127.0.0.1", server.port), 60) as connection,
    ):
        connection.sendall(head + b"content-length: %d\r\n\r\n" % len(body) + body[:5])
        time.sleep(0.5)
        os.kill(server.pid, signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(body[5:])
        assert connection.recv(65_536).startswith(b"HTTP/1.1 404")


@dataclass(frozen=True)
class Fleet:
    """Two workers that publish."""

    port: int
    pid: int

    def workers(self) -> list[int]:
        """The processes of the workers."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [pid for pid in map(int, children) if _is_worker(pid)]

    def write(self, number: int) -> dict[str, Any]:
        """Publish a version; repeat the request until it is answered."""
        headers = {"content-type": "application/json", "idempotency-key": f"write-{number}"}
        body = json.dumps({"bed": number + 2000})
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("POST", "/v1/publications", body, headers)
                response = connection.getresponse()
                answer = response.read()
                if response.status == 200:
                    said: dict[str, Any] = json.loads(answer)
                    return said
            except (OSError, HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        raise AssertionError(f"write {number} was never answered")


def _is_worker(pid: int) -> bool:
    return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Two running workers and their parent."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.api.publishing_workers", str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        yield Fleet(int(process.stdout.readline()), process.pid)
    finally:
        process.stdout.close()
        process.terminate()
        process.wait(60)


def kill_some(fleet: Fleet, clients: list[threading.Thread]) -> set[int]:
    """Kill five workers, one after the other, while clients send requests."""
    killed: set[int] = set()
    while len(killed) < 5 and any(client.is_alive() for client in clients):
        time.sleep(0.7)
        for worker in fleet.workers()[:1]:
            os.kill(worker, signal.SIGKILL)
            killed.add(worker)
    return killed


def test_a_killed_worker_loses_no_accepted_write(fleet: Fleet, tmp_path: Path) -> None:
    """Writes of four clients, while workers are killed with -9 among them.

    What was answered is in the catalog at the version that the answer says, and is answered the
    same again, be it by a worker that was not there at the time.
    """
    answers: dict[int, dict[str, Any]] = {0: fleet.write(0)}

    def send(first: int) -> None:
        for number in range(first, WRITES, 4):
            answers[number] = fleet.write(number)

    clients = [threading.Thread(target=send, args=(first,)) for first in range(1, 5)]
    for client in clients:
        client.start()
    killed = kill_some(fleet, clients)
    for client in clients:
        client.join()
    assert killed
    assert sorted(answers) == list(range(WRITES))
    catalog = Catalog.open(tmp_path / "catalog")
    versions = {version.version for version in catalog.versions()}
    for number, answer in answers.items():
        assert answer["version"] in versions
        assert catalog.index_of_version(answer["demo"]).asset.bed().duration == number + 2000
        assert fleet.write(number) == answer

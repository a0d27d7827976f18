"""Each alert that ships fires when what it warns of happens to a real service, and only then."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from sizzle.catalog import Catalog
from tests.api.server_process import Server, prepare, service
from tests.deploy.real_prometheus import ALERTS, PATIENCE, prometheus, rules_of, shortened
from tests.programs import find_program
from tests.reel.sample_reels import TITLE_IDS, index_of

pytestmark = pytest.mark.full

_CLIENTS: Final = 600  # who wait at the same time
_DEVICE: Final = {"dynamic_sizzles": True}
ALWAYS: Final = {"SizzleMemory"}
"""What fires all along, as its limit is lowered to what any worker takes."""


class Watched:
    """A service that Prometheus watches.

    Args:
        folder: its installation.
        server: its process.
        address: of Prometheus.
    """

    def __init__(self, folder: Path, server: Server, address: str) -> None:
        self.folder = folder
        self.server = server
        self._address = address

    def firing(self) -> set[str]:
        """The alerts that fire."""
        return {name for name, rule in rules_of(self._address).items() if rule["state"] == "firing"}

    def until(self, name: str, *, fires: bool = True) -> None:
        """Wait until an alert fires, or no longer does."""
        deadline = time.monotonic() + PATIENCE
        while (name in self.firing()) != fires:
            assert time.monotonic() < deadline, (name, rules_of(self._address)[name])
            time.sleep(0.3)

    def post(self, path: str, body: object) -> int:
        """The status of an answer."""
        headers = {"content-type": "application/json"}
        address = f"http://127.0.0.1:{self.server.port}{path}"
        try:
            with urlopen(
                Request(address, json.dumps(body).encode(), headers), timeout=60
            ) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    @contextmanager
    def going_on(self, act: Callable[[], object], pause: float = 0.1) -> Iterator[None]:
        """Do something again and again while the block runs."""
        over = threading.Event()

        def repeat() -> None:
            while not over.wait(pause):
                act()

        thread = threading.Thread(target=repeat)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The service with one worker, about which nothing is wrong."""
    folder = tmp_path_factory.mktemp("watched")
    prepare(folder)
    (folder / "prometheus").mkdir()
    environment = {"SIZZLE_LOG_REQUESTS": "false", "SIZZLE_QUEUE_MEMBERS": "5000"}
    with (
        service(folder, workers=1, **environment) as server,
        prometheus(folder / "prometheus", server.port) as address,
    ):
        watched = Watched(folder, server, address)
        watched.until("SizzleMemory")
        yield watched


def test_promtool_takes_the_alerts() -> None:
    """As they ship, and as they are here."""
    for text in (ALERTS.read_text(), shortened()):
        done = subprocess.run(
            [find_program("promtool"), "check", "rules", "/dev/stdin"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "10 rules found" in done.stdout, done.stderr


def test_nothing_fires_while_nothing_is_wrong(watched: Watched) -> None:
    """With requests for reels of a known member, and all expressions evaluated."""
    body = {"member_id": "member-ada", "asset_id": "demo", "device": _DEVICE}
    with watched.going_on(lambda: watched.post("/v1/reels", body)):
        time.sleep(15)
        # A machine that does other work too may well be slow.
        assert watched.firing() - {"SizzleSlow"} == ALWAYS


def test_a_model_that_cannot_be_read(watched: Watched) -> None:
    """Unhealthy, until it is mended."""
    model = watched.folder / "ranker.pt"
    good = model.read_bytes()
    model.write_bytes(b"damaged")
    watched.until("SizzleUnhealthy")
    model.write_bytes(good)
    watched.until("SizzleUnhealthy", fires=False)


def test_a_version_that_cannot_be_read(watched: Watched) -> None:
    """It is announced, and not in use."""
    manifests = watched.folder / "catalog" / "manifests"
    before = set(manifests.iterdir())
    Catalog.open(watched.folder / "catalog").publish(index_of(TITLE_IDS[1:]))
    [manifest] = set(manifests.iterdir()) - before
    good = manifest.read_bytes()
    manifest.chmod(0o644)
    manifest.write_bytes(good[: len(good) // 2])
    watched.until("SizzleVersionsDiffer")
    manifest.write_bytes(good)
    watched.until("SizzleVersionsDiffer", fires=False)


def test_a_catalog_that_cannot_be_reached(watched: Watched) -> None:
    """Its folder is gone for a while."""
    folder = watched.folder / "catalog"
    folder.rename(watched.folder / "away")
    watched.until("SizzleCatalogNotFollowed")
    (watched.folder / "away").rename(folder)
    watched.until("SizzleCatalogNotFollowed", fires=False)


def test_events_that_are_refused(watched: Watched) -> None:
    """One of an hour that has not come yet."""
    event = {"id": "e", "type": "x", "member_id": "a", "time": "2999-01-01T00:00:00Z"}
    with watched.going_on(lambda: watched.post("/v1/events", {"events": [event]})):
        watched.until("SizzleEventsRefused")


def test_requests_that_fail(watched: Watched) -> None:
    """Batches that are too long for the queue are answered 503."""
    numbers = itertools.count()

    def ask() -> None:
        members = [f"b{next(numbers)}" for _ in range(1000)]
        body = {"member_ids": members, "asset_id": "demo", "device": _DEVICE}
        with suppress(OSError):  # a minute is over
            watched.post("/v1/reels:batch", body)

    with ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(watched.going_on(ask))
        watched.until("SizzleErrors")


def test_more_members_than_can_be_ranked(watched: Watched) -> None:
    """They wait, for long, and nobody knows them."""
    with flooded(watched.server.port):
        for name in ("SizzleQueueLong", "SizzleSlow", "SizzleColdStarts"):
            watched.until(name)


@contextmanager
def flooded(port: int) -> Iterator[None]:
    """Have many clients ask for reels of strangers; at the end, all of them have hung up."""
    over = threading.Event()
    numbers = itertools.count()

    async def ask() -> None:
        while not over.is_set():
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                try:
                    while not over.is_set():
                        writer.write(_reel_request(f"stranger-{next(numbers)}"))
                        head = await reader.readuntil(b"\r\n\r\n")
                        length = head.lower().partition(b"content-length: ")[2].split(b"\r")[0]
                        await reader.readexactly(int(length))
                finally:
                    writer.close()
                    await writer.wait_closed()

    async def ask_all() -> None:
        await asyncio.gather(*(ask() for _ in range(_CLIENTS)))

    thread = threading.Thread(target=lambda: asyncio.run(ask_all()), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)


def _reel_request(member_id: str) -> bytes:
    body = {"member_id": member_id, "asset_id": "demo", "device": _DEVICE}
    data = json.dumps(body).encode()
    head = (
        b"POST /v1/reels HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n" % len(data)
    )
    return head + data


def test_a_service_that_does_not_answer(watched: Watched) -> None:
    """It stands still, and goes on."""
    for pid in (watched.server.pid, *watched.server.workers()):
        os.kill(pid, signal.SIGSTOP)
    watched.until("SizzleDown")
    for pid in (watched.server.pid, *watched.server.workers()):
        os.kill(pid, signal.SIGCONT)
    watched.until("SizzleDown", fires=False)

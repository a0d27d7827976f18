"""What operators do to a service that is in use, as `sizzle serve` runs it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sizzle.catalog import Catalog
from sizzle.clips import ClipIndex
from tests.api.ingests.ingest_app import LAYOUT, export
from tests.api.ingests.upload_form import CONTENT_TYPE, upload_form
from tests.api.server_process import Server, prepare, service
from tests.command_line import SIZZLE
from tests.reel.sample_reels import TITLE_IDS, index_of

pytestmark = pytest.mark.full

_UPLOADS = 60  # so many that the last one waits for a minute
_PIECE = 200  # bytes
_TRAILER = 24 * 2**20  # bytes: more than sockets hold
_WANTED = {
    "member_id": "member-ada",
    "asset_id": "demo",
    "device": {"dynamic_sizzles": True},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation, with a long trailer."""
    folder = tmp_path_factory.mktemp("operated")
    prepare(folder)
    (folder / "trailer.mp4").write_bytes(os.urandom(_TRAILER))
    made = index_of(TITLE_IDS)
    asset = replace(made.asset, trailer=str(folder / "trailer.mp4"))
    Catalog.open(folder / "catalog").publish(ClipIndex(asset, made.titles, made.clips))
    return folder


def sizzle(folder: Path, *arguments: str) -> str:
    """What a command prints."""
    environment = {**os.environ, "SIZZLE_STATE": str(folder / "state")}
    done = subprocess.run(
        [*SIZZLE, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def ask(server: Server, seed: int, key: str = "") -> tuple[int, dict[str, Any]]:
    """The status and the body of the answer to a request for a reel, over a new connection."""
    headers = {"content-type": "application/json", "connection": "close"}
    if key:
        headers["authorization"] = f"Bearer {key}"
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request("POST", "/v1/reels", json.dumps({**_WANTED, "seed": seed}), headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


def test_a_download_that_goes_on_outlives_sigterm(folder: Path) -> None:
    """It is sent whole, while new connections are refused; then the service ends by itself."""
    with (
        service(folder, workers=2) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as download,
    ):
        download.sendall(b"GET /v1/assets/demo/trailer HTTP/1.1\r\nHost: localhost\r\n\r\n")
        received = download.recv(65_536)
        os.kill(server.pid, signal.SIGTERM)
        time.sleep(0.5)
        with pytest.raises(ConnectionError):
            ask(server, 1)
        head, _, body = received.partition(b"\r\n\r\n")
        pieces = [body]
        while piece := download.recv(1 << 20):
            pieces.append(piece)
    assert head.startswith(b"HTTP/1.1 200")
    assert b"".join(pieces) == (folder / "trailer.mp4").read_bytes()


def test_clients_that_hold_streams_of_events_disturb_nobody(folder: Path, tmp_path: Path) -> None:
    """A thousand of an upload that waits: reels are answered beside them, and memory is bounded."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    uploads = {"SIZZLE_INGESTS": str(tmp_path / "ingests"), "SIZZLE_MEDIA": str(tmp_path)}
    with service(folder, 2, **uploads) as server, ExitStack() as held:
        address = [_upload(server, export()) for _ in range(_UPLOADS)][-1]
        before = _memory(server)
        streams = []
        for _ in range(1000):
            stream = socket.create_connection(("127.0.0.1", server.port), timeout=60)
            streams.append(held.enter_context(stream))
            stream.sendall(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answers = [ask(server, seed)[0] for seed in range(50)]
        grown = _memory(server) - before
        began = [stream.recv(100).startswith(b"HTTP/1.1 200") for stream in streams]
    assert answers == [200] * 50
    assert all(began)
    assert grown < 1000 * 100_000


def test_two_uploads_at_once_are_two_jobs(folder: Path, tmp_path: Path) -> None:
    """Their bytes come in turn, over two connections; each is checked with its own timeline."""
    uploads = {"SIZZLE_INGESTS": str(tmp_path / "ingests"), "SIZZLE_MEDIA": str(tmp_path)}
    with service(folder, 2, **uploads) as server, ExitStack() as stack:
        sent = [upload_form({"asset_id": f"asset-{titles}"}, export(titles)) for titles in (2, 3)]
        clients = []
        for body in sent:
            client = socket.create_connection(("127.0.0.1", server.port), timeout=60)
            clients.append(stack.enter_context(client))
            head = f"POST /v1/ingests HTTP/1.1\r\nhost: localhost\r\ncontent-type: {CONTENT_TYPE}"
            end = f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
            client.sendall(f"{head}\r\n{end}".encode())
        for begin in range(0, max(map(len, sent)), _PIECE):
            for client, body in zip(clients, sent, strict=True):
                client.sendall(body[begin : begin + _PIECE])
                time.sleep(0.001)
        answers = [b"".join(iter(partial(client.recv, 65_536), b"")) for client in clients]
        jobs = [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in answers]
        done = [_done(server, job["id"]) for job in jobs]
    assert [(job["asset_id"], job["state"], job["titles"]) for job in done] == [
        ("asset-2", "checked", 2),
        ("asset-3", "checked", 3),
    ]


def test_old_versions_are_removed_under_load(folder: Path) -> None:
    """`sizzle catalog gc` beside publishing and requests: every request gets a reel."""
    stop = threading.Event()
    indexes = [index_of(TITLE_IDS), index_of(TITLE_IDS[::-1])]
    removed = []

    def change() -> None:
        catalog = Catalog.open(folder / "catalog")
        while not stop.is_set():
            for index in indexes:
                catalog.publish(index)
            removed.append(sizzle(folder, "catalog", "gc", "--keep", "1"))

    with service(folder, workers=2, SIZZLE_REFRESH_SECONDS="0.2") as server:
        thread = threading.Thread(target=change)
        thread.start()
        try:
            until = time.monotonic() + 40
            answers: list[tuple[int, dict[str, Any]]] = []
            while time.monotonic() < until:
                answers.append(ask(server, len(answers)))
        finally:
            stop.set()
            thread.join()
    assert len(removed) >= 2
    assert {status for status, _ in answers} == {200}
    assert len({answer["asset_version"] for _, answer in answers}) >= 2


@pytest.fixture
def keyed(folder: Path, tmp_path: Path) -> tuple[Path, str, str]:
    """An installation with one key: its id and the key."""
    copy = tmp_path / "keyed"
    shutil.copytree(folder, copy)
    arguments = ("keys", "create", "phones", "--scope", "reels:read", "--json")
    printed = json.loads(sizzle(copy, *arguments))
    return copy, printed["key_id"], printed["key"]


def test_a_revoked_key_ends_for_all_workers(keyed: tuple[Path, str, str]) -> None:
    """Requests that are being answered are answered; soon after, no worker takes it any more."""
    folder, key_id, key = keyed
    with service(folder, workers=2, SIZZLE_REFRESH_SECONDS="0.5") as server:
        assert ask(server, 0, key)[0] == 200
        statuses: list[int] = []
        over = threading.Event()

        def keep_asking() -> None:
            while not over.is_set():
                statuses.append(ask(server, len(statuses), key)[0])

        clients = [threading.Thread(target=keep_asking) for _ in range(4)]
        for client in clients:
            client.start()
        time.sleep(1)
        sizzle(folder, "keys", "revoke", key_id)
        time.sleep(5)
        over.set()
        for client in clients:
            client.join()
        after = [ask(server, seed, key)[0] for seed in range(20)]
    # Who keeps coming with a key that does not hold is slowed down.
    assert set(statuses) - {429} == {200, 401}
    assert set(after) <= {401, 429}


def test_how_long_a_refusal_takes_says_nothing_of_keys(keyed: tuple[Path, str, str]) -> None:
    """A key that begins as the right one does is refused as soon as any other."""
    folder, _, key = keyed
    alike, other = key[:-1] + ("a" if key[-1] != "a" else "b"), "x" * len(key)
    taken: dict[str, list[float]] = {alike: [], other: []}
    with (
        service(folder, workers=1) as server,
        closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection,
    ):
        for _ in range(3000):
            for guess, times in taken.items():
                began = time.perf_counter()
                connection.request(
                    "GET", "/v1/assets", headers={"authorization": f"Bearer {guess}"}
                )
                response = connection.getresponse()
                response.read()
                times.append(time.perf_counter() - began)
                assert response.status == 401
    first, second = (statistics.median(times) for times in taken.values())
    spread = statistics.quantiles(taken[other], n=20)
    assert abs(first - second) < spread[-1] - spread[0]
    assert abs(first - second) < 0.05 * second


def _upload(server: Server, timeline: bytes) -> str:
    """The address that tells how an upload goes on."""
    files = {"timeline": ("export.xml", timeline), "layout": ("layout.toml", LAYOUT.encode())}
    answer = httpx2.post(
        f"http://127.0.0.1:{server.port}/v1/ingests",
        data={"asset_id": "uploaded"},
        files=files,
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    return f"/v1/ingests/{answer.json()['id']}/events"


def _done(server: Server, job_id: str) -> dict[str, Any]:
    """A job once it has ended."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        job = httpx2.get(f"http://127.0.0.1:{server.port}/v1/ingests/{job_id}", timeout=60).json()
        if job["state"] not in ("queued", "running"):
            return dict(job)
        time.sleep(0.2)
    raise TimeoutError(job_id)


def _memory(server: Server) -> int:
    """Bytes in memory of all workers."""
    kilobytes = [
        int(line.split()[1])
        for pid in server.workers()
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS:")
    ]
    return 1024 * sum(kilobytes)

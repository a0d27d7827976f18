"""Health, metrics, logs, reloading and idempotency of the service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKeys
from sizzle.api.auth.route_access import PUBLIC
from sizzle.api.health import Health
from sizzle.api.http.json_log import RequestLog
from sizzle.api.http.metrics import exposition
from sizzle.api.http.worker_files import forget_process, worker_folder
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.middleware.request_metrics import RequestMetrics
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.cadence import Cadences
from sizzle.catalog import Catalog
from sizzle.reloading import FileReloader, Reloadable
from tests.api.sample_service import ASK, Alphabetical, catalog_in
from tests.databases import sqlite_in
from tests.reel.sample_reels import TITLE_IDS, index_of
from tests.small_disk import filled, small_disk


def test_it_is_ready_once_a_version_is_open_and_verified(tmp_path: Path) -> None:
    """/readyz is 503 before and 200 afterwards; /livez is 200 all the time."""
    catalog = Catalog.open(tmp_path / "catalog")
    reader = catalog.reader()
    health = Health(reader, {})
    client = TestClient(create_app(reader, Alphabetical(), options=ServiceOptions(health=health)))

    def ready() -> tuple[int, Any]:
        answer = client.get("/readyz")
        return answer.status_code, answer.json()["reasons"]

    assert ready() == (503, ["The catalog has no announced version."])
    catalog.publish(index_of(TITLE_IDS))
    assert reader.refresh()
    assert ready() == (503, ["The catalog's version is being verified."])
    health.refresh()
    assert ready() == (200, [])
    assert client.get("/livez").json() == {"status": "alive"}


def test_a_damaged_version_is_said_by_name_everywhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By /readyz, the metrics and the log, until a sound version is there.

    Even if the damaged bit belongs to a title that no request has read yet.
    """
    catalog = Catalog.open(tmp_path / "catalog")
    catalog.publish(index_of(TITLE_IDS))
    (segment,) = (path for path in (tmp_path / "catalog").rglob("*") if _is_segment(path))
    data = bytearray(segment.read_bytes())
    data[-1] ^= 1
    segment.chmod(0o644)
    segment.write_bytes(data)
    reader = catalog.reader()
    health = Health(reader, {})
    with caplog.at_level("ERROR"):
        health.refresh()
        health.refresh()
    client = TestClient(create_app(reader, Alphabetical(), options=ServiceOptions(health=health)))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    (reason,) = answer.json()["reasons"]
    assert reason.startswith("Asset demo of catalog version 1 is damaged: ")
    assert 'sizzle_healthy{kind="catalog"} 0.0' in client.get("/metrics").text
    assert len([line for line in caplog.messages if "asset demo" in line]) == 1
    catalog.publish(index_of(TITLE_IDS, bed=3000))
    health.refresh()
    assert client.get("/readyz").status_code == 200
    assert 'sizzle_healthy{kind="catalog"} 1.0' in client.get("/metrics").text


def _is_segment(path: Path) -> bool:
    return path.is_file() and path.read_bytes()[:8] == b"SZLSEG01"


def test_metrics_say_what_happened(tmp_path: Path) -> None:
    """Requests by route and status, never by made-up paths; the catalog and the ranker."""
    catalog = catalog_in(tmp_path)
    reader = catalog.reader()
    health = Health(reader, {"model": Reloadable(0)})
    health.refresh()
    client = TestClient(create_app(reader, Alphabetical(), options=ServiceOptions(health=health)))
    client.post("/v1/reels", json=ASK)
    client.get("/v1/assets/demo/clips/title-1-clip-1")
    client.get("/made/up/by/a/client")
    said = client.get("/metrics").text
    assert 'sizzle_requests_total{method="POST",route="/v1/reels",status="200"}' in said
    assert 'route="/v1/assets/{asset_id}/clips/{key}"' in said
    assert "made/up" not in said
    assert f"sizzle_catalog_version {reader.status().version}.0" in said
    assert 'sizzle_healthy{kind="model"} 1.0' in said
    assert "sizzle_ranking_seconds_count" in said
    assert "sizzle_cold_starts_total" in said
    assert 'sizzle_ranking_queue_members{lane="batch"} 0.0' in said
    assert "sizzle_worker_resident_bytes" in said


def test_each_request_has_an_id_and_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The client's id if it can be logged as it is, else a new one."""
    requests = RequestMetrics(RequestLog())
    options = ServiceOptions(request_metrics=requests)
    app = create_app(catalog_in(tmp_path).reader(), Alphabetical(), options=options)
    client = TestClient(app)
    ours = [client.get("/v1/assets").headers["x-request-id"] for _ in range(2)]
    assert ours[0] != ours[1]
    given = client.get("/v1/nowhere", headers={"x-request-id": "abc-1"})
    assert given.headers["x-request-id"] == "abc-1"
    forged = client.get("/v1/assets", headers={"x-request-id": '"}{"level":"x'})
    assert "{" not in forged.headers["x-request-id"]
    client.get("/v1/members/mallory/intents")
    client.get("/v1/apps/shop/users/mallory")
    requests.flush()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["request_id"] for line in lines][:3] == [*ours, "abc-1"]
    assert [line["status"] for line in lines][:4] == [200, 200, 404, 200]
    assert lines[0]["path"] == "/v1/assets"
    assert "mallory" not in str(lines)


class BrokenKeys(ApiKeys):
    """API keys whose every use raises an exception."""

    @property
    def required(self) -> bool:
        """Raise."""
        raise RuntimeError("a secret of ours")


def test_an_error_in_middleware_is_answered(tmp_path: Path) -> None:
    """As a problem with a request id; only the log has the cause."""
    options = ServiceOptions(keys=Reloadable(BrokenKeys({})))
    app = create_app(catalog_in(tmp_path).reader(), Alphabetical(), options=options)
    client = TestClient(app, raise_server_exceptions=False)
    answer = client.get("/v1/assets")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:sizzle:problem:internal")
    assert answer.headers["x-request-id"]
    assert "secret" not in answer.text


def test_a_newer_model_takes_over(tmp_path: Path) -> None:
    """Responses name the model that made them; a file that is not a model changes nothing."""
    path = tmp_path / "model"
    path.write_text("model-1")

    def load() -> Rankings:
        if "model" not in path.read_text():
            raise ValueError("no model")
        return Rankings(Alphabetical(path.read_text()))

    live = FileReloader([path], load)
    client = TestClient(create_app(catalog_in(tmp_path).reader(), live))

    def version() -> str:
        return str(client.post("/v1/reels", json=ASK).json()["model_version"])

    assert version() == "model-1"
    path.write_text("model-22")
    assert version() == "model-1"
    assert live.refresh()
    assert version() == "model-22"
    path.write_text("garbage")
    assert not live.refresh()
    assert version() == "model-22"
    path.write_text("model-333")
    assert live.refresh()
    assert version() == "model-333"


def test_newer_cadences_take_over(tmp_path: Path) -> None:
    """A cadence's name then stands for its new plan."""
    path = tmp_path / "cadences.toml"
    path.write_text('[cadences]\nmine = ["A:40 B:40"]\n')
    live = FileReloader([path], lambda: Cadences.parse(path.read_text()))
    client = TestClient(create_app(catalog_in(tmp_path).reader(), Alphabetical(), cadences=live))
    ask = {**ASK, "cadence": "mine"}
    assert len(client.post("/v1/reels", json=ask).json()["cuts"]) == 2
    path.write_text('[cadences]\nmine = ["A:40 B:40 C:40"]\n')
    assert live.refresh()
    assert len(client.post("/v1/reels", json=ask).json()["cuts"]) == 3


class Ledger:
    """An application that writes, with the idempotency middleware."""

    def __init__(self, folder: Path) -> None:
        self.written: list[str] = []
        self.fails = False
        store = IdempotencyStore(sqlite_in(folder / "state"))
        options = ServiceOptions(idempotency=store)
        self.app: FastAPI = create_app(catalog_in(folder).reader(), Alphabetical(), options=options)

        @self.app.post("/v1/ledger", dependencies=[PUBLIC])
        async def write(body: dict[str, str]) -> Response:
            if self.fails:
                return Response(status_code=503)
            self.written.append(body["what"])
            return Response(f"write {len(self.written)}", 202, {"location": "/v1/ledger/1"})

        self.client = TestClient(self.app)

    def send(self, what: str, key: str) -> Any:  # noqa: ANN401 - httpx
        """Send a write."""
        return self.client.post("/v1/ledger", json={"what": what}, headers={"idempotency-key": key})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A new ledger."""
    return Ledger(tmp_path)  # type: ignore[return-value]


def test_a_repeated_write_is_made_once(ledger: Ledger) -> None:
    """The second request gets the first response."""
    first, again = ledger.send("a", "key-1"), ledger.send("a", "key-1")
    assert ledger.written == ["a"]
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    ledger.send("a", "key-2")
    assert ledger.written == ["a", "a"]


def test_a_key_is_good_for_one_write(ledger: Ledger) -> None:
    """Another body with the same key is refused, and so is an invalid key."""
    ledger.send("a", "key-1")
    assert ledger.send("b", "key-1").status_code == 422
    assert ledger.send("b", "k" * 256).status_code == 400
    assert ledger.written == ["a"]


def test_a_write_that_failed_may_be_sent_again(ledger: Ledger) -> None:
    """The second request is made, as the first changed nothing."""
    ledger.fails = True
    assert ledger.send("a", "key-1").status_code == 503
    ledger.fails = False
    assert ledger.send("a", "key-1").status_code == 202
    assert ledger.written == ["a"]


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    """507, and nothing is done; once there is room, the same request is made once."""
    (tmp_path / "state").mkdir()
    with small_disk(tmp_path / "state", "4m") as disk:
        ledger = Ledger(tmp_path)
        ledger.send("a", "key-1")
        with filled(disk):
            refused = ledger.send("b" * 20_000, "key-2")
            assert refused.status_code == 507
            assert refused.json()["fix"]
            assert ledger.written == ["a"]
        assert ledger.send("b", "key-2").status_code == 202
        assert ledger.written == ["a", "b"]


def test_a_request_in_progress_is_refused_but_not_that_of_a_dead_worker(tmp_path: Path) -> None:
    """While a worker runs, its request is in progress; once it is killed, another can make it."""
    store = IdempotencyStore(sqlite_in(tmp_path))
    program = (
        "import sys; from pathlib import Path;"
        "from sizzle.api.middleware.idempotency_store import IdempotencyStore;"
        "from tests.databases import sqlite_in;"
        f"IdempotencyStore(sqlite_in(Path({str(tmp_path)!r}))).begin('w');"
        "print('begun', flush=True); sys.stdin.read()"
    )
    worker = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"begun\n"
        with pytest.raises(Exception, match="in progress"):
            store.begin("w")
        worker.kill()
    assert store.begin("w") is None


COUNT = """
import os
from sizzle.api.http import metrics
metrics.REQUESTS.labels('GET', '/x', 200).inc()
metrics.SECONDS.labels('/x').observe(0.5)
if "told" in os.environ:
    metrics.state_gauges().version.set(7)
print(os.getpid())
print(metrics.exposition().decode())
"""
"""A worker that answers a request, and then for the metrics of all."""


def counting(folder: Path, *told: str) -> tuple[int, str]:
    """Run a worker to its end. Returns its process id, and the metrics."""
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        **dict.fromkeys(told, "1"),
    }
    ran = subprocess.run(
        [sys.executable, "-c", COUNT], env=environment, capture_output=True, check=True, text=True
    )
    pid, _, metrics = ran.stdout.partition("\n")
    return int(pid), metrics


def test_metrics_are_those_of_all_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Those of dead ones too, whose files are swept; a torn file costs no other's metrics.

    A worker that has not loaded anything yet says nothing of what it has loaded.
    """
    counted = 'sizzle_requests_total{method="GET",route="/x",status="200"}'
    observed = 'sizzle_request_seconds_count{route="/x"}'
    first, _ = counting(tmp_path, "told")
    second, said = counting(tmp_path)
    assert f"{counted} 2.0" in said
    assert "sizzle_catalog_version 7.0" in said  # not the least of 7 and nothing
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for pid in (first, second, 4_000_000):
        forget_process(pid)
    assert sorted(path.name for path in tmp_path.glob("*.db")) == [
        "counter_ended.db",
        "histogram_ended.db",
    ]
    (tmp_path / "counter_77.db").write_bytes(b"\xff\xff\0\0\0\0\0\0torn")
    (tmp_path / "gauge_livemin_78.db").write_bytes(b"")
    said = exposition().decode()
    assert f"{counted} 2.0" in said
    assert f"{observed} 2.0" in said
    assert "sizzle_catalog_version" not in said
    assert "counter_77.db" in caplog.text


def test_folders_of_metrics_that_killed_services_left_are_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of services that still run are left alone."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "sizzle-workers-left"
    left.mkdir()
    (left / "in-use").touch()
    with worker_folder() as ours, worker_folder() as others:
        assert sorted(tmp_path.iterdir()) == sorted([ours, others])
    assert list(tmp_path.iterdir()) == []

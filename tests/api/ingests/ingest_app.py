"""An editor's exports, small and quick to check, and a service to upload them to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from fixtures.bed import write_bed
from fixtures.timeline import demo_timeline
from fixtures.titles import DEMO_TITLES, demo_clips
from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.ingest_service import IngestService
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.cadence import Cadences
from sizzle.catalog import Catalog
from sizzle.ingest.premiere_xml import premiere_xml
from sizzle.ingest_jobs.job_store import JobStore
from sizzle.ingest_jobs.limits import JobLimits
from sizzle.layout import FrameSize
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from tests.api.alphabetical_reels import composing
from tests.api.sample_service import KEY, Alphabetical
from tests.databases import sqlite_in
from tests.player_stub.synthetic import write_asset

TITLES = DEMO_TITLES[:2]
CLIPS = demo_clips(TITLES, (40, 40))
SIZE = (320, 180)
LAYOUT = """\
name = "short"
rate = "23.976"
start_timecode = "01:00:00:00"
clips = ["2x40"]
"""
CADENCE = "A:40 B:40"
CADENCES = Reloadable(
    Cadences.parse('[cadences]\nbackwards = ["B:40 A:40"]\n[sets.pair]\nbackwards = 1\n')
)

_PATIENCE = 60  # seconds for a job, on however slow a machine


def export(titles: int = 2) -> bytes:
    """The timeline whose export is `mega.mp4`; with other than two titles it is not."""
    chosen = DEMO_TITLES[:titles]
    clips = demo_clips(chosen, (40, 40))
    return premiere_xml(demo_timeline(chosen, clips), FrameSize(*SIZE)).encode()


def make_media(folder: Path) -> Path:
    """A media folder: `mega.mp4`, `bed.wav`, and what nobody may reach through it."""
    media = folder / "media"
    media.mkdir()
    write_asset(media / "mega.mp4", CLIPS, size=SIZE)
    write_bed(media / "bed.wav", 200)
    (folder / "secret.txt").write_text("swordfish")
    (media / "link.mp4").symlink_to(folder / "secret.txt")
    (media / "playlist.mp4").write_text(f"ffconcat version 1.0\nfile {media}/mega.mp4\n")
    return media


@dataclass(frozen=True)
class Ingests:
    """A service and what it works on."""

    service: IngestService
    app: FastAPI
    client: TestClient

    def upload(
        self,
        timeline: bytes,
        *,
        headers: dict[str, str] | None = None,
        layout: str | None = LAYOUT,
        titles: str | None = None,
        markers: bytes | None = None,
        name: str = "export.xml",
        **fields: Any,  # noqa: ANN401 - what the form has
    ) -> Response:
        """Upload a timeline as a form."""
        files = {"timeline": (name, timeline)}
        if layout is not None:
            files["layout"] = ("layout.toml", layout.encode())
        if titles is not None:
            files["titles"] = ("titles.csv", titles.encode())
        if markers is not None:
            files["markers"] = ("markers.csv", markers)
        return self.client.post(
            "/v1/ingests", data={"asset_id": "demo", **fields}, files=files, headers=headers
        )

    def ingest(self, timeline: bytes, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
        """Upload a timeline, and wait until it is done."""
        answer = self.upload(timeline, **fields)
        assert answer.status_code == 202, answer.text
        return self.done(answer.json()["id"])

    def done(self, job_id: str) -> dict[str, Any]:
        """An ingest once it is done."""
        jobs = self.service.jobs  # to ask over HTTP as often costs more than the job
        until(lambda: jobs.named(job_id).state not in ("queued", "running"))
        answer: dict[str, Any] = self.client.get(f"/v1/ingests/{job_id}").json()
        return answer


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens elsewhere."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.03)


def client_of(app: FastAPI, host: str = "127.0.0.1") -> TestClient:
    """A client on some machine, by default the service's own."""
    address = "http://127.0.0.1:8000"
    return TestClient(app, address, client=(host, 50_000), raise_server_exceptions=False)


@contextmanager
def open_ingests(
    folder: Path, media: Path | None = None, limits: JobLimits | None = None
) -> Iterator[Ingests]:
    """A service over a folder; opened again, it goes on where it was."""
    catalog = Catalog.open(folder / "catalog")
    database = sqlite_in(folder)
    jobs = JobStore.open(folder / "ingests", database, limits=limits)
    service = IngestService(jobs, catalog, composing(CADENCES.current), media, CADENCES)
    options = ServiceOptions(idempotency=IdempotencyStore(database))
    app = create_app(
        catalog,
        Alphabetical(),
        ingests=service,
        cadences=CADENCES,
        ids=ReelIds(KEY),
        options=options,
    )
    with client_of(app) as client:
        yield Ingests(service, app, client)
    database.close()

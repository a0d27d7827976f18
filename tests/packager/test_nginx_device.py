"""A device in another network namespace plays a reel through the nginx configuration that ships."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import URL

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.events import EventService
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events import EventTokens
from sizzle.links.signing import Signing
from sizzle.packager import Packages
from sizzle.reel.ids import ReelIds
from sizzle.reel.replay import ReplayedReels
from sizzle.reloading import Reloadable
from tests.api.one_asset import OneAsset
from tests.api.sample_service import KEY, Alphabetical
from tests.network_namespace import network_namespace
from tests.packager import device_program, packaged_asset
from tests.packager.nginx_proxy import as_root, nginx
from tests.packager.packaged_asset import Made

ASK: Final = {
    "member_id": "ada",
    "asset_id": "demo",
    "cadence": "A:80 B:40 C:40 | A:40 B:40",
    "device": {"dynamic_sizzles": True, "plays": ["hls"]},
}
EVENTS: Final = [
    {"id": "1", "type": "reel_started", "time": "2026-11-30T18:00:00Z"},
    {"id": "2", "type": "reel_completed", "time": "2026-11-30T18:00:07Z"},
    {"id": "3", "type": "reel_left", "time": "2026-11-30T18:00:08Z", "member_id": "ben"},
]


class Service:
    """A service with a key, signed addresses, and a log of events."""

    def __init__(self, made: Made, folder: Path) -> None:
        self.log = EventLog(Database(URL.create("sqlite", database=str(folder / "db"))), b"k" * 32)
        self.log.upgrade()
        keys = KeyStore(KeyFile(folder))
        self.key = keys.create("a back end", [ApiScope.READ])[1]
        self.catalog, self.ids = OneAsset(made.index), ReelIds(KEY)
        self.app = create_app(
            self.catalog,
            Alphabetical(),
            Packages(made.root),
            events=EventService(self.log, EventTokens(KEY), time.time),
            ids=self.ids,
            signing=Signing(KEY, time.time),
            options=ServiceOptions(keys=Reloadable(keys.read())),
        )

    def reel(self, port: int) -> Any:  # noqa: ANN401 - any JSON
        """A reel, as the back end asks for it."""
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.key}"}
        address = f"http://127.0.0.1:{port}/v1/reels"
        with urlopen(Request(address, json.dumps(ASK).encode(), headers), timeout=30) as response:
            return json.load(response)


@pytest.fixture
def service(made: Made, tmp_path: Path) -> Iterator[Service]:
    """A service."""
    made_service = Service(made, tmp_path)
    yield made_service
    made_service.log.close()


def test_a_device_without_a_key_plays_and_tells(
    service: Service, made: Made, tmp_path: Path
) -> None:
    """It shows the reel's frames, a second time from the cache; its own events alone are kept."""
    with ExitStack() as stack:
        space = stack.enter_context(network_namespace())
        origin = stack.enter_context(packaged_asset.serving(service.app))
        port = stack.enter_context(nginx(origin.removeprefix("http://"), as_root))
        reel = service.reel(port)
        wanted = {
            "base": f"http://{space.here}:{port}",
            "stream": reel["playback"]["hls"],
            "token": reel["event_token"],
            "film": str(tmp_path / "film.mp4"),
            "events": [{"reel_id": reel["reel_id"], **event} for event in EVENTS],
            "reel": ASK,
        }
        program = (sys.executable, device_program.__file__, json.dumps(wanted))
        first, second = (
            json.loads(subprocess.check_output(space.command(*program))) for _ in range(2)
        )
    frames = ReplayedReels(service.ids, service.catalog).get(reel["reel_id"]).source_frames()
    assert packaged_asset.shown_by_pyav(wanted["film"])[0] == frames
    assert set(first["statuses"]) == set(second["statuses"]) == {200}
    assert set(second["cached"]) == {"HIT"}
    assert len(second["cached"]) > len(frames) // 40
    assert [status for status, _ in first["recorded"]] == [202, 202, 401]
    assert _results(first) == [
        ["accepted", "accepted", "refused"],
        ["duplicate", "duplicate", "refused"],
    ]
    assert first["without_token"] == first["reel_without_key"] == 401
    assert first["unsigned"] == 403
    recorded = [logged.event for logged in service.log.read()]
    assert [(event.member_id, event.reel_id) for event in recorded] == [
        ("ada", reel["reel_id"])
    ] * 2


def _results(report: Any) -> list[list[str]]:  # noqa: ANN401 - any JSON
    """What came of the events that were sent with the device's own token."""
    return [[result["status"] for result in body["results"]] for _, body in report["recorded"][:2]]

"""What docs/devices.md shows device developers works as it is written there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from tests.api.sample_service import KEY, Alphabetical, catalog_in
from tests.browser import serving
from tests.node_project import Node
from tests.programs import find_program, give_up

PAGE = (Path(__file__).parent.parent / "docs" / "devices.md").read_text(encoding="utf-8")
_PATIENCE = 30  # seconds for one block
_STORAGE = """
const kept = {};
globalThis.localStorage = Object.defineProperties(kept, {
  setItem: { value: (key, value) => { kept[key] = value; } },
  getItem: { value: (key) => kept[key] ?? null },
  removeItem: { value: (key) => { delete kept[key]; } },
});
const KEY = process.env.KEY;
"""


@dataclass(frozen=True)
class DeviceService:
    """A service that needs keys, and what a device knows of it."""

    address: str
    key: str
    log: EventLog
    folder: Path

    def run(
        self, language: str, file: str, *command: str, before: str = "", lines: slice = slice(None)
    ) -> None:
        """Run the page's block in a language, or some of its lines, as a file of that name."""
        [block] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
        assert "http://127.0.0.1:8000" in block
        script = self.folder / file
        block = "".join(block.splitlines(keepends=True)[lines])
        script.write_text(before + block.replace("http://127.0.0.1:8000", self.address))
        done = subprocess.run(
            [*command, str(script)],
            cwd=self.folder,
            env={**os.environ, "KEY": self.key},
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def recorded(self, member_id: str) -> Counter[str]:
        """The types of a member's events."""
        return Counter(event.type for event in self.log.events_of(member_id))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeviceService]:
    """A service with the asset `demo`."""
    folder = tmp_path_factory.mktemp("devices")
    database = Database(URL.create("sqlite", database=str(folder / "sizzle.db")))
    log = EventLog(database, b"k" * 32)
    _, key = KeyStore(KeyFile(folder)).create("a device", [ApiScope.READ])
    app = create_app(
        catalog_in(folder).reader(),
        Alphabetical(),
        events=EventService(log, EventTokens(KEY), time.time),
        ids=ReelIds(KEY),
        options=ServiceOptions(keys=Reloadable(KeyStore(KeyFile(folder)).read())),
    )
    with serving(app) as address:
        yield DeviceService(address, key, log, folder)
    log.close()


def test_curl(service: DeviceService) -> None:
    """The commands record the reel's events, and again change nothing: the ids are the same."""
    find_program("curl")
    service.run("bash", "record.sh", "bash", "-eu")
    events = {"reel_started": 1, "reel_progress": 2, "reel_left": 1}
    assert service.recorded("member-ada") == events
    service.run("bash", "again.sh", "bash", "-eu", lines=slice(-1, None))
    assert service.recorded("member-ada") == events


def test_python(service: DeviceService) -> None:
    """The program records all cuts, and leaves nothing stored."""
    service.run("python", "record.py", sys.executable, "-S")
    events = {"reel_started": 1, "reel_progress": 15, "reel_completed": 1}
    assert service.recorded("member-ben") == events
    assert (service.folder / "events.jsonl").read_text() == ""


def test_javascript(service: DeviceService) -> None:
    """The script does so too, with the storage that browsers have."""
    node = Node.find()
    if node is None:
        give_up("NOT TESTED: no Node.js; put node and npm on PATH")
    service.run("javascript", "record.mjs", node.node, before=_STORAGE)
    assert service.recorded("member-cleo") == dict.fromkeys(
        ("reel_started", "reel_progress", "title_opened", "title_played"), 1
    )

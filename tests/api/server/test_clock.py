"""A machine's clock is put forward and back while the service runs, as bad time servers do."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from tests.api.ingests.ingest_app import LAYOUT, export
from tests.api.server_process import Server, prepare, service
from tests.programs import find_program, give_up

pytestmark = pytest.mark.full

OFFSETS: Final = ("+0", "+1h", "-1h", "+400d", "-400d", "+0")
"""One after the other, as libfaketime calls them."""

_SHIFTS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1)}
_PATIENCE: Final = 120.0  # seconds for a job
_numbers = itertools.count()


class Clock:
    """The wall clock of a service, but not the one that it measures durations by.

    Args:
        file: what libfaketime reads it from.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.put("+0")

    def put(self, offset: str) -> None:
        """Change it at once, for all processes."""
        self._file.write_text(offset)
        unit = _SHIFTS.get(offset[-1], timedelta())
        self.offset = unit * int(offset.rstrip("hd"))

    def now(self) -> str:
        """What it shows."""
        return (datetime.now(UTC) + self.offset).isoformat()

    def environment(self) -> dict[str, str]:
        """Has a process follow this clock."""
        find_program("faketime")
        found = sorted(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"))
        if not found:
            give_up("NOT TESTED: there is no libfaketime beside `faketime`")
        return {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Clock, Path]]:
    """Two workers on one clock."""
    folder = tmp_path_factory.mktemp("clock")
    prepare(folder)
    clock = Clock(folder / "clock")
    uploads = {"SIZZLE_INGESTS": str(folder / "ingests"), "SIZZLE_MEDIA": str(folder)}
    with service(folder, 2, **clock.environment(), **uploads) as server:
        yield server, clock, folder


def ask(server: Server, method: str, path: str, body: object = None) -> tuple[int, Any]:
    """The status and the JSON of an answer, from whichever worker."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"content-type": "application/json"}
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer


def record(server: Server, clock: Clock, reel: dict[str, Any]) -> str:
    """Have an event recorded by the token of a reel. Returns what came of it."""
    event = {"id": f"e{next(_numbers)}", "type": "reel_started", "reel_id": reel["reel_id"]}
    event["time"] = clock.now()
    status, answer = ask(
        server, "POST", "/v1/events", {"token": reel["event_token"], "events": [event]}
    )
    assert status == 202, answer
    return str(answer["results"][0]["status"])


def reel_of(server: Server, member: str) -> dict[str, Any]:
    """A member's reel."""
    body = {"member_id": member, "asset_id": "demo", "device": {"dynamic_sizzles": True}}
    status, reel = ask(server, "POST", "/v1/reels", body)
    assert status == 200, reel
    return dict(reel)


def upload(server: Server) -> str:
    """Upload a timeline. Returns the address of its job."""
    answer = httpx2.post(
        f"http://127.0.0.1:{server.port}/v1/ingests",
        data={"asset_id": f"uploaded-{next(_numbers)}"},
        files={"timeline": ("export.xml", export()), "layout": ("layout.toml", LAYOUT.encode())},
        timeout=60,
    )
    assert answer.status_code == 202, answer.text
    return f"/v1/ingests/{answer.json()['id']}"


def test_a_clock_that_jumps_disturbs_nothing(running: tuple[Server, Clock, Path]) -> None:
    """Reels, replays, events and uploads go on by each clock, also those begun by another one."""
    server, clock, folder = running
    first = reel_of(server, "member-ada")
    jobs = []
    for offset in OFFSETS:
        begun = upload(server)
        clock.put(offset)
        jobs += [begun, upload(server)]
        for member in ("member-ada", "member-ben", f"stranger-{offset}"):
            assert record(server, clock, reel_of(server, member)) == "accepted"
        status, again = ask(server, "GET", f"/v1/reels/{first['reel_id']}")
        assert (status, again["cuts"]) == (200, first["cuts"])
        time.sleep(3)  # all that is done now and then is done by this clock too
        assert ask(server, "GET", "/readyz")[1]["degraded"] == []
    deadline = time.monotonic() + _PATIENCE
    for address in jobs:
        while (job := ask(server, "GET", address)[1])["state"] != "checked":
            assert job["state"] in ("queued", "running"), job
            assert time.monotonic() < deadline, job
            time.sleep(0.2)
    assert "unexpected error" not in (folder / "serve.log").read_text()

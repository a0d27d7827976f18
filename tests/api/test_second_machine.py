"""What one machine is told is in the next reel of another, over PostgreSQL and a network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import make_url

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from tests.api.living_installation import ASK, played, prepare, until
from tests.command_line import SIZZLE
from tests.databases import empty_database
from tests.network_namespace import Namespace, forwarded, network_namespace
from tests.ports import free_port

pytestmark = pytest.mark.full


class Machine:
    """A service on a machine, with two workers.

    Args:
        host: its address.
        port: its port.
        key: of the back end that asks it.
    """

    def __init__(self, host: str, port: int, key: str) -> None:
        self._address = f"http://{host}:{port}"
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    def get(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """The answer to a GET, or None where nobody listens yet."""
        try:
            with urlopen(
                Request(self._address + path, headers=self._headers), timeout=30
            ) as answer:
                return json.load(answer)
        except OSError:
            return None

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401 - any JSON
        """The answer to a POST."""
        data = json.dumps(body).encode()
        request = Request(self._address + path, data, self._headers)
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def reel(self, member_id: str) -> Any:  # noqa: ANN401 - any JSON
        """A member's reel, but for the token."""
        reel = self.post("/v1/reels", {**ASK, "member_id": member_id})
        return {name: value for name, value in reel.items() if name != "event_token"}


@contextmanager
def machine(
    folder: Path, database: str, host: str, key: str, space: Namespace | None = None
) -> Iterator[Machine]:
    """A service whose state is its own; the catalog and the model it shares."""
    port = free_port()
    command = [*SIZZLE, "serve", "--host", host, "--port", str(port), "--workers", "2"]
    environment = {
        **os.environ,
        "SIZZLE_STATE": str(folder / "state"),
        "SIZZLE_DATABASE": database,
        "SIZZLE_SECRET": "a secret that all machines have in common",
    }
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            space.command(*command) if space else command,
            cwd=folder,
            env=environment,
            stderr=log,
        )
    try:
        made = Machine(host, port, key)
        until(lambda: made.get("/readyz") is not None)
        yield made
    finally:
        process.terminate()
        process.wait(60)


def test_an_event_posted_to_one_machine_counts_on_the_other(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Within a second, in each direction and every worker; the second has a network of its own."""
    url = make_url(str(empty_database("postgresql", tmp_path, tmp_path_factory)))
    folders = [tmp_path / name for name in ("one", "other")]
    prepare(folders[0])
    scopes = [ApiScope.READ, ApiScope.EVENTS_WRITE]
    _, key = KeyStore(KeyFile(folders[0] / "state")).create("a test", scopes, rate=1000)
    shutil.copytree(folders[0], folders[1])
    local = str(Path(str(url.query["host"])) / ".s.PGSQL.5432")
    with network_namespace() as space, forwarded(space.here, local) as port:
        far = url.set(host=space.here, port=port, query={})
        addresses = [each.render_as_string(hide_password=False) for each in (url, far)]
        with (
            machine(folders[0], addresses[0], "127.0.0.1", key) as one,
            machine(folders[1], addresses[1], space.there, key, space) as other,
        ):
            for number, (told, asked) in enumerate([(one, other), (other, one)] * 3):
                member = f"member-{number % 2}"
                before = [asked.reel(member) for _ in range(4)]  # in each worker's cache
                sent = {"events": [played(f"title-{number}", member, number)]}
                assert told.post("/v1/events", sent)["results"][0]["status"] == "accepted"
                time.sleep(1)  # however long the reels take then
                assert all(asked.reel(member) not in before for _ in range(6))

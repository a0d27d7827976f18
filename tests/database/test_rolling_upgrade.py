"""While machines are replaced one after the other, two versions serve on one database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import URL, select, text

from sizzle.database import Database
from sizzle.database.database import LATEST
from sizzle.database.schema import EVENTS
from tests.api.living_installation import played, prepare, until
from tests.command_line import SIZZLE
from tests.database.next_program import CONTRACTED, EXPANDED
from tests.ports import free_port

pytestmark = pytest.mark.full


class Service:
    """A running service of one version or the other."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        """The answer to a GET, or None where nobody answers yet."""
        with suppress(OSError), urlopen(self._address + path, timeout=30) as answer:
            return json.load(answer)
        return None

    def post(self, path: str, body: object) -> int:
        """The status of the answer to a POST."""
        headers = {"content-type": "application/json"}
        request = Request(self._address + path, json.dumps(body).encode(), headers)
        try:
            with urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    def record(self, name: str) -> None:
        """Have an event recorded, under this name."""
        event = {**played("aurora", "ada"), "id": name}
        assert self.post("/v1/events", {"events": [event]}) == 202


@contextmanager
def serving(folder: Path, program: Sequence[str], database: URL) -> Iterator[Service]:
    """A service of a version, over what all versions share."""
    port = free_port()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*program, "serve", "--port", str(port)],
            cwd=folder,
            env=environment(folder, database),
            stderr=log,
        )
    try:
        service = Service(port)
        until(lambda: service.get("/readyz") is not None or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()[-2000:]
        yield service
    finally:
        process.terminate()
        process.wait(60)


def environment(folder: Path, database: URL) -> dict[str, str]:
    """The settings of all machines."""
    return {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SIZZLE_STATE": str(folder / "state"),
        "SIZZLE_DATABASE": database.render_as_string(hide_password=False),
        "SIZZLE_LOG_REQUESTS": "false",
    }


def kept(database: Database) -> set[str]:
    """The events of both versions."""
    with database.reading() as connection:
        return set(connection.execute(select(EVENTS.c.event_id)).scalars())


def version(database: Database) -> str:
    """The version of the tables, whatever this program can live with."""
    with database.reading() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def test_the_former_version_and_the_new_one_serve_on_one_database(url: URL, tmp_path: Path) -> None:
    """Until the tables are contracted, by hand: then the former one says that it is too old."""
    prepare(tmp_path)
    database = Database(url)
    following = [sys.executable, "-m", "tests.database.next_program", str(tmp_path)]
    with serving(tmp_path, SIZZLE, url) as former:
        former.record("before")
        assert version(database) == LATEST
        with serving(tmp_path, following, url) as new:
            assert version(database) == EXPANDED
            former.record("of the former")
            new.record("of the new")
            with serving(tmp_path, SIZZLE, url) as restarted:
                restarted.record("of the former, started again")
                assert restarted.get("/readyz")["degraded"] == []
            assert kept(database) == {
                *("before", "of the former", "of the new"),
                "of the former, started again",
            }
            done = subprocess.run(
                [*following, "database", "upgrade"],
                cwd=tmp_path,
                env=environment(tmp_path, url),
                capture_output=True,
                check=False,
                text=True,
            )
            assert done.returncode == 0, done.stderr
            assert version(database) == CONTRACTED
            new.record("afterwards")
            until(lambda: CONTRACTED in str(former.get("/readyz")["degraded"]))
    refused = subprocess.run(
        [*SIZZLE, "serve", "--port", "0"],
        cwd=tmp_path,
        env=environment(tmp_path, url),
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert refused.returncode == 2
    assert f"this program knows {LATEST}" in refused.stderr
    database.close()

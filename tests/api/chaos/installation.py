"""The service as operators run it: two workers behind nginx, over files on a small disk."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import URL

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_rows import KeyRows
from sizzle.api.auth.key_store import KeyStore
from sizzle.database import Database
from tests.api.changes_under_load import TITLES, Truth
from tests.api.ingests.ingest_app import make_media
from tests.api.small_cluster import Client, until
from tests.command_line import SIZZLE
from tests.databases import OwnServer, own_server
from tests.packager.nginx_proxy import nginx
from tests.ports import free_port
from tests.reel.sample_reels import index_of
from tests.small_disk import small_disk

_WORKERS: Final = 2
_ROOT: Final = Path(__file__).parents[3]
_DISK: Final = "300m"


@dataclass
class Installation:
    """All that is there, while it runs.

    Attributes:
        folder: of models and histories.
        disk: a small one, with the catalog, uploads and the state.
        url: of the database.
        server: of PostgreSQL, if that is the database.
        port: the service's own.
        front: a client of nginx, if there is one, else of the service.
        truth: what is right in answers.
    """

    folder: Path
    disk: Path
    url: URL
    server: OwnServer | None
    port: int
    front: Client
    truth: Truth
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def direct(self) -> Client:
        """A client of the service itself."""
        return Client("127.0.0.1", self.port, self.front.key)

    @property
    def log(self) -> Path:
        """Where the service writes its log."""
        return self.folder / "serve.log"

    def start(self) -> None:
        """Start the service, and wait until it answers."""
        command = [*SIZZLE, "serve", "--port", str(self.port), "--workers", str(_WORKERS)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.variables(), stderr=log, start_new_session=True
            )
        until(self.direct.answers, lambda: self.log.read_text(errors="replace")[-3000:])

    def stop(self, number: signal.Signals) -> None:
        """End the service with a signal to all of its processes, as a power cut or a manager."""
        assert self.process is not None
        if number is signal.SIGKILL:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        self.process.wait(120)

    def workers(self) -> list[int]:
        """The processes of the workers."""
        assert self.process is not None
        pid = self.process.pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            return [
                int(child)
                for child in children
                if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
            ]
        except OSError:  # they end at this moment
            return []

    def variables(self) -> dict[str, str]:
        """The environment of all processes of the installation."""
        return {**os.environ, **self.environment, "PYTHONPATH": str(_ROOT)}

    def keys(self) -> KeyStore:
        """Where API keys are kept."""
        return key_store(self.disk / "state", self.url)

    def resident(self) -> int:
        """Bytes of memory of the workers together."""
        pages = sum(
            int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self.workers()
        )
        return pages * os.sysconf("SC_PAGE_SIZE")


def key_store(state: Path, url: URL) -> KeyStore:
    """Keys are rows in PostgreSQL, and a file beside SQLite."""
    if url.get_backend_name() == "sqlite":
        return KeyStore(KeyFile(state))
    return KeyStore(KeyRows(Database(url), state))


@contextmanager
def installed(folder: Path, kind: str) -> Iterator[Installation]:
    """An installation that runs, on SQLite or PostgreSQL."""
    with ExitStack() as stack:
        disk = folder / "disk"
        disk.mkdir()
        stack.enter_context(small_disk(disk, _DISK))
        url, server = _database(stack, disk, kind)
        database = Database(url)
        database.upgrade()
        database.close()
        store = key_store(disk / "state", url)
        key = store.create("chaos", [ApiScope.ADMIN], rate=1e6)[1]
        port = free_port()
        front = stack.enter_context(nginx(port, _quiet))
        indexes = [index_of(TITLES), index_of(TITLES[::-1])]
        truth = Truth(folder, indexes, disk / "catalog")
        environment = {
            "SIZZLE_CATALOG": str(disk / "catalog"),
            "SIZZLE_STATE": str(disk / "state"),
            "SIZZLE_INGESTS": str(disk / "ingests"),
            "SIZZLE_MEDIA": str(make_media(folder)),
            "SIZZLE_DATABASE": url.render_as_string(hide_password=False),
            "SIZZLE_REFRESH_SECONDS": "0.5",
            "SIZZLE_TRUSTED_PROXIES": "127.0.0.1",
            "SIZZLE_SHUTDOWN_SECONDS": "5",
            "SIZZLE_LOG_REQUESTS": "false",
        }
        made = Installation(
            folder, disk, url, server, port, Client("127.0.0.1", front, key), truth, environment
        )
        made.start()
        stack.callback(made.stop, signal.SIGTERM)
        yield made


def _database(stack: ExitStack, disk: Path, kind: str) -> tuple[URL, OwnServer | None]:
    (disk / "state").mkdir()
    if kind == "sqlite":
        return URL.create("sqlite", database=str(disk / "state" / "sizzle.db")), None
    root = stack.enter_context(TemporaryDirectory(prefix="sizzle-chaos-"))
    Path(root).chmod(0o755)  # the server has a user of its own
    server = stack.enter_context(own_server(Path(root) / "postgresql"))
    return server.url, server


def _quiet(configuration: str) -> str:
    """Without a line for each request that a kill cuts off."""
    return f"user root;\n{configuration}".replace("error_log stderr warn", "error_log stderr crit")

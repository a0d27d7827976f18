"""What befalls the service: kills, publications, migrations, and storage that fails."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import cycle
from typing import Final

from sqlalchemy import text

from sizzle.catalog import Catalog
from sizzle.database import Database
from sizzle.database.database import LATEST
from sizzle.errors import SizzleError
from tests.api.changes_under_load import TITLES
from tests.api.chaos.installation import Installation
from tests.api.chaos.ledger import Ledger
from tests.command_line import SIZZLE
from tests.database.next_program import EXPANDED
from tests.reel.sample_reels import index_of
from tests.small_disk import filled

_PAUSES: Final = (0.5, 4.0)  # seconds between two troubles, at least and at most
_PUBLISH_EVERY: Final = 0.7  # seconds


class Troubles:
    """Befall an installation, in an order that is drawn.

    Args:
        installation: what they befall.
        ledger: where they are noted.
        seed: of the draws.
    """

    def __init__(self, installation: Installation, ledger: Ledger, seed: int) -> None:
        self._it = installation
        self._ledger = ledger
        self._chance = random.Random(seed)

    def befall(self, until: float) -> None:
        """One after the other until a time, while versions are published all along."""
        kinds: dict[str, tuple[int, Callable[[], None]]] = {
            "a worker is killed": (6, self._kill_worker),
            "a worker stands still": (2, self._halt_worker),
            "the service is killed": (1, self._kill_service),
            "the service is restarted": (1, self._restart),
            "the disk is full": (3, self._fill_disk),
            "the model is exchanged": (4, self._exchange_model),
            "the catalog is pinned": (2, self._pin),
            "the tables are migrated": (2, self._migrate),
            self._database_trouble: (2, self._fail_database),
        }
        names = list(kinds)
        weights = [weight for weight, _ in kinds.values()]
        with self._publishing():
            for name in names:  # each at least once
                self._one(name, kinds[name][1], until)
            while time.monotonic() < until:
                name = self._chance.choices(names, weights)[0]
                self._one(name, kinds[name][1], until)

    def _one(self, name: str, trouble: Callable[[], None], until: float) -> None:
        if time.monotonic() < until:
            with self._ledger.trouble(name):
                trouble()
            time.sleep(self._chance.uniform(*_PAUSES))

    @property
    def _database_trouble(self) -> str:
        return "the database is down" if self._it.server else "the database is locked"

    def _kill_worker(self) -> None:
        for pid in self._it.workers()[:1]:
            os.kill(pid, signal.SIGKILL)

    def _halt_worker(self) -> None:
        for pid in self._it.workers()[-1:]:
            os.kill(pid, signal.SIGSTOP)
            time.sleep(self._chance.uniform(0.5, 3))
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def _kill_service(self) -> None:
        self._it.stop(signal.SIGKILL)
        self._it.start()

    def _restart(self) -> None:
        self._it.stop(signal.SIGTERM)
        self._it.start()

    def _fill_disk(self) -> None:
        with filled(self._it.disk):
            time.sleep(self._chance.uniform(0.5, 4))

    def _exchange_model(self) -> None:
        folder = self._it.folder
        newer = folder / "newer.pt"
        shutil.copy(folder / self._chance.choice(("other.pt", "first.pt")), newer)
        newer.replace(folder / "ranker.pt")

    def _pin(self) -> None:
        try:
            catalog = Catalog.open(self._it.disk / "catalog")
            catalog.pin(self._chance.choice(catalog.versions()[-5:]).version)
            time.sleep(1)
        except (OSError, SizzleError):
            self._ledger.failed["pin"] += 1
        finally:
            self._unpin()

    def _unpin(self) -> None:
        while True:
            try:
                Catalog.open(self._it.disk / "catalog").unpin()
            except (OSError, SizzleError):
                time.sleep(0.2)
            else:
                return

    def _migrate(self) -> None:
        """A later version of the program starts beside this one and expands the tables.

        Afterwards its column is removed again, so that the next migration has something to do.
        """
        later = [sys.executable, "-m", "tests.database.next_program", str(self._it.folder)]
        with subprocess.Popen(
            [*later, "serve", "--port", "0"],
            cwd=self._it.folder,
            env=self._it.variables(),
            stderr=subprocess.DEVNULL,
        ) as program:
            deadline = time.monotonic() + 40
            while self._tables() != EXPANDED and time.monotonic() < deadline:
                time.sleep(0.1)
            program.terminate()
        if self._tables() != EXPANDED:
            self._ledger.failed["the tables are migrated"] += 1
            return
        subprocess.run(
            [*SIZZLE, "database", "upgrade"],
            cwd=self._it.folder,
            env=self._it.variables(),
            capture_output=True,
            check=False,
        )
        self._return_tables()

    def _tables(self) -> str:
        query = text("SELECT version_num FROM alembic_version")
        with (
            suppress(Exception),  # it is down or locked
            closing(Database(self._it.url)) as database,
            database.reading() as connection,
        ):
            return str(connection.execute(query).scalar())
        return ""

    def _return_tables(self) -> None:
        while self._tables() == EXPANDED:
            with (
                suppress(Exception),
                closing(Database(self._it.url)) as database,
                database.writing() as connection,
            ):
                connection.execute(text("ALTER TABLE events DROP COLUMN next"))
                former = text(f"UPDATE alembic_version SET version_num = '{LATEST}'")
                connection.execute(former)
            time.sleep(0.1)

    def _fail_database(self) -> None:
        """PostgreSQL stops; SQLite is locked, for longer than anybody waits for that."""
        seconds = self._chance.uniform(1, 8)
        if self._it.server:
            with self._it.server.stopped():
                time.sleep(seconds)
            return
        with closing(sqlite3.connect(str(self._it.url.database), timeout=30)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.rollback()

    @contextmanager
    def _publishing(self) -> Iterator[None]:
        """Publish one index and the other, in turn."""
        over = threading.Event()

        def publish() -> None:
            indexes = cycle([index_of(TITLES), index_of(TITLES[::-1])])
            for index in indexes:
                try:
                    Catalog.open(self._it.disk / "catalog").publish(index)
                    self._ledger.troubles["a version is published"] += 1
                except (OSError, SizzleError):
                    self._ledger.failed["a version is published"] += 1
                if over.wait(_PUBLISH_EVERY):
                    return

        thread = threading.Thread(target=publish)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
